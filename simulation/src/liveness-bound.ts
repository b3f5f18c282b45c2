import type { LifeEntry } from './life-fact.js';
import type { Scenario } from './scenario-plan.js';

/** How long nothing may have come in before a backlog counts as all there is, in milliseconds: longer than an event is late. */
export const QUIET_MS = 30_000;

/** The longest that a task may still run when faults are over, in milliseconds: as long as any, and as much slower as a fault makes it. */
const TASKS_MS = 120_000;

/** The longest that a message is put off which nobody listened to, in milliseconds, whatever `retryDelay` says. */
const UNHEARD_MS = 1_800_000;

/** How long a queue that the service has refused may wait to be asked again, in milliseconds. */
const REFUSED_MS = 600_000;

/**
 * How long an empty backlog may take after the last fault: tasks that still run, what topics and clients hold back, and then what
 * is held, hidden or put off at that moment, one after the other.
 */
export function boundMs({ bridge, queues, temper, safetyMs }: Scenario, lives: readonly LifeEntry[]): number {
  const visibilityMs = 1000 * Math.max(...queues.map((queue) => queue.visibilityTimeoutSeconds + queue.delaySeconds));
  const extendMs = 1000 * (bridge.extendBySeconds ?? 0);
  const changed = lives.flatMap((fact) =>
    fact.kind === 'configured'
      ? [1000 * (fact.change.lease?.maxSeconds ?? 0), 1000 * (fact.change.retryDelay?.capSeconds ?? 0)]
      : [],
  );
  const leaseMs = Math.max(visibilityMs, extendMs, bridge.leaseMaxSeconds * 1000, ...changed) + temper.workMs;
  // An event that nobody can handle takes all its deliveries, and one that hung may have been asked for again while it did.
  const deliveries = bridge.hasDeadLetterQueue ? bridge.maxDeliveries : 2;
  const refusedMs = lives.some(({ kind }) => kind === 'refused') ? REFUSED_MS : 0;
  return (
    TASKS_MS +
    QUIET_MS +
    60_000 +
    safetyMs +
    refusedMs +
    UNHEARD_MS +
    Math.max(2, deliveries) * (leaseMs + bridge.retryCapSeconds * 1000)
  );
}
