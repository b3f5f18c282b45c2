import type { BridgePlan, MessagePlan, Scenario } from '../scenario-plan.js';
import { PLAIN } from '../scenario.js';
import type { Edit } from './patched-build.js';

/** A fault that the bridge once had, put back into a copy of it, and the check that has to catch it. */
export interface BridgeDefect {
  readonly invariant: string;
  readonly defect: string;
  readonly edits: readonly Edit[];
  /** What a run needs for the defect to show. */
  readonly scenario?: Partial<Scenario>;
  readonly bridge?: Partial<BridgePlan>;
}

/** One message after another, of one kind. */
export function messages(count: number, everyMs: number, body: MessagePlan['body'] = 'event'): readonly MessagePlan[] {
  return Array.from({ length: count }, (_, index) => ({
    atMs: 3000 + everyMs * index,
    taskId: `sent-${index}`,
    queueName: 'events-0',
    priority: 8,
    delaySeconds: 0,
    body,
  }));
}

/** Nothing but some messages whose work takes long: no outage, no task. */
export function longWork(workMs: number, changes: Partial<Scenario> = {}): Partial<Scenario> {
  return {
    replicas: 1,
    tasks: [],
    outages: [],
    messages: messages(4, 500),
    temper: { ...PLAIN.temper, workMs },
    safetyMs: 120_000,
    ...changes,
  };
}
