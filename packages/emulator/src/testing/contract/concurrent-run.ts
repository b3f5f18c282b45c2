import * as fc from 'fast-check';
import { checkHistory } from '../history/check-history.js';
import type { History, HistoryCall } from '../history/history.js';
import { answered } from './answered.js';
import { clientCommands, type ClientCommand, type ClientsWorld } from './commands/client-commands.js';
import type { ContractTarget } from './contract-target.js';
import { ContractViolation } from './contract-violation.js';
import { deleteEntry, receiveEntry } from './history-entries.js';
import { HistoryRecorder } from './history-recorder.js';
import type { Invariant } from './invariant.js';
import { createQueue, deleteMessages, deleteQueue, receiveMessages } from './requests.js';

/** What clients shall do in a run. */
export interface ConcurrentPlan {
  readonly visibilitySeconds: number;
  readonly commands: Iterable<ClientCommand>;
}

/** Plans of up to `maxSteps` steps; `replayPath` is that of a violation. */
export function concurrentPlans(maxSteps: number, replayPath: string | undefined): fc.Arbitrary<ConcurrentPlan> {
  const constraints = {
    maxCommands: maxSteps,
    size: 'max',
    ...(replayPath === undefined ? {} : { replayPath }),
  } as const;
  return fc.record({
    visibilitySeconds: fc.constantFrom(1, 2, 5),
    commands: fc.commands([...clientCommands], constraints),
  });
}

/** Longest lease that a plan asks for, and a little more. */
const LONGEST_LEASE_MS = 61_000;
const RETENTION_SECONDS = 345_600;

/** Runs clients side by side, in an order that the scheduler draws; drains the queue, and judges what they were told. */
export async function runClients(
  target: ContractTarget,
  {
    plan,
    scheduler,
    suffix,
    checked,
  }: {
    plan: ConcurrentPlan;
    scheduler: fc.Scheduler;
    suffix: string;
    checked: ReadonlySet<Invariant>;
  },
): Promise<void> {
  const queueName = `${target.prefix}${suffix}`;
  const { visibilitySeconds, commands } = plan;
  const recorder = new HistoryRecorder(target, (what) => scheduler.schedule(Promise.resolve(), what));
  let serial = 0;
  const world: ClientsWorld = {
    target,
    recorder,
    queueName,
    sleep: (ms) => target.sleep(ms),
    nextBody: () => `m${(serial += 1)}`,
    waiting: [],
  };
  const settings = { VisibilityTimeout: visibilitySeconds, MessageRetentionPeriod: RETENTION_SECONDS };
  try {
    await answered(target, target.call(createQueue(queueName, settings)));
    await fc.scheduledModelRun(scheduler, () => ({ model: world, real: target }), commands);
    await finish(world, scheduler);
    const drained = await drain(target, queueName);
    const calls = [...recorder.calls, ...drained.map((call) => shifted(call, recorder.calls.length))];
    judge(target, calls, checked);
  } finally {
    await answered(target, target.call(deleteQueue(queueName)));
  }
}

/** Lets every call return: replies wait for the scheduler, and receives for time. */
async function finish({ recorder, target }: ClientsWorld, scheduler: fc.Scheduler): Promise<void> {
  await scheduler.waitIdle();
  while (recorder.openCalls > 0) {
    await target.sleep(target.capabilities.virtualTime ? 1000 : 10);
    await scheduler.waitIdle();
  }
}

/** Receives and deletes until nothing has come for as long as the longest lease lasts. */
async function drain(target: ContractTarget, queueName: string): Promise<readonly HistoryCall[]> {
  const recorder = new HistoryRecorder(target);
  const seen = new Set<string>();
  let quietRounds = 0;
  while (quietRounds < 2) {
    let handles: readonly string[] = [];
    let isAgain = false;
    const receive = recorder.record('drain', receiveMessages(queueName, { count: 16, waitSeconds: 0 }), (call) => {
      const entry = receiveEntry(call, { count: 16, waitSeconds: 0 });
      handles = (entry.deliveries ?? []).map(({ handle }) => handle);
      // A message that comes back after its delete would do so for ever; it has said what there is to say.
      isAgain = (entry.deliveries ?? []).some(({ messageId }) => seen.has(messageId));
      for (const { messageId } of entry.deliveries ?? []) seen.add(messageId);
      return entry;
    });
    await answered(target, receive);
    if (isAgain) break;
    if (handles.length > 0) {
      const deleted = handles;
      const remove = deleteMessages(queueName, deleted);
      await answered(
        target,
        recorder.record('drain', remove, (call) => deleteEntry(call, deleted)),
      );
      quietRounds = 0;
    } else {
      quietRounds += 1;
      if (!isWaitable(target)) break;
      await target.sleep(LONGEST_LEASE_MS);
    }
  }
  return recorder.calls;
}

function isWaitable({ capabilities: { virtualTime, slow } }: ContractTarget): boolean {
  return virtualTime || slow;
}

/** A drain comes after everything else. */
function shifted(call: HistoryCall, calls: number): HistoryCall {
  // Four points to a call.
  const by = 4 * calls + 4;
  const { invoked, returned } = call;
  return {
    ...call,
    invoked: { ...invoked, order: invoked.order + by },
    ...(returned === undefined ? {} : { returned: { ...returned, order: returned.order + by } }),
    arrived: undefined,
    answered: undefined,
  };
}

function judge(target: ContractTarget, calls: readonly HistoryCall[], checked: ReadonlySet<Invariant>): void {
  const { deterministic, virtualTime } = target.capabilities;
  const history: History = {
    calls,
    retentionMs: RETENTION_SECONDS * 1000,
    isDrained: deterministic && isWaitable(target),
    isExact: deterministic,
    clockSkewMs: virtualTime ? 0 : 900_000,
  };
  const found = checkHistory(history).find(({ invariant }) => checked.has(invariant));
  if (found === undefined) return;
  throw new ContractViolation({ ...found, history: linesOf(calls) });
}

function linesOf(calls: readonly HistoryCall[]): readonly string[] {
  return calls.toSorted((a, b) => a.invoked.order - b.invoked.order).map((call) => JSON.stringify(call));
}
