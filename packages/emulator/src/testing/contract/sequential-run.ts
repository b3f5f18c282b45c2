import * as fc from 'fast-check';
import { answered } from './answered.js';
import type { ContractTarget } from './contract-target.js';
import { ContractWorld } from './contract-world.js';
import { pollCommands } from './commands/poll-commands.js';
import { queueCommands } from './commands/queue-commands.js';
import { receiveCommands } from './commands/receive-commands.js';
import { sendCommands } from './commands/send-commands.js';
import { settleCommands } from './commands/settle-commands.js';
import type { ContractCommand } from './commands/step.js';
import { topicCommands } from './commands/topic-commands.js';
import { wireCommands } from './commands/wire-commands.js';
import { follow } from './follow.js';
import { judgeReceive } from './judge-deliveries.js';
import type { Invariant } from './invariant.js';
import { KnownQueue, type QueueRules } from './model/known-queue.js';
import { createQueue, deleteMessage, deleteQueue, receiveMessages } from './requests.js';

/** How a run's queue is made. */
export const queueRules: fc.Arbitrary<QueueRules> = fc.record({
  delaySeconds: fc.constantFrom(0, 0, 2),
  visibilitySeconds: fc.constantFrom(1, 2, 5, 30),
  retentionSeconds: fc.constantFrom(345_600, 60),
});

/** Steps of every kind, up to `maxCommands` of them; `replayPath` is that of a violation. */
export function contractCommands(
  maxCommands: number,
  replayPath: string | undefined,
): fc.Arbitrary<Iterable<ContractCommand>> {
  const all = [
    ...sendCommands,
    ...receiveCommands,
    ...settleCommands,
    ...queueCommands,
    ...pollCommands,
    ...topicCommands,
    ...wireCommands,
  ];
  return fc.commands(all, { maxCommands, size: 'max', ...(replayPath === undefined ? {} : { replayPath }) });
}

/** Runs steps one after the other against a queue of their own, then drains it: all that was sent must come out. */
export async function runSteps(
  target: ContractTarget,
  { rules, suffix, checked }: { rules: QueueRules; suffix: string; checked: ReadonlySet<Invariant> },
  steps: Iterable<ContractCommand>,
): Promise<void> {
  const name = `${target.prefix}${suffix}`;
  const world = new ContractWorld(target, new KnownQueue(name, rules), suffix, checked);
  const { delaySeconds, visibilitySeconds, retentionSeconds } = rules;
  try {
    await world.call(
      createQueue(name, {
        DelaySeconds: delaySeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageRetentionPeriod: retentionSeconds,
      }),
    );
    await fc.asyncModelRun(() => ({ model: world, real: target }), steps);
    await drain(world);
  } finally {
    await answered(target, target.call(deleteQueue(name)));
  }
}

/** Longest that a drain waits for leases and delays to end, in milliseconds. */
const DRAIN_MS = 200_000;

/** So often that little of a lease is over when its answer is seen. */
function looks(waitMs: number): readonly number[] {
  return Array.from({ length: 21 }, (_, index) => (waitMs * index) / 20);
}

/** Receives and deletes until nothing is left: what does not come is lost, and what comes after its delete was not deleted. */
async function drain(world: ContractWorld): Promise<void> {
  const { virtualTime, slow, deterministic } = world.target.capabilities;
  const { queue } = world;
  const givesUpAtMs = world.target.now() + DRAIN_MS;
  // Where a receive asks one node of several, only several answers say that there is nothing: of those recorded, 2 of 15 missed
  // what was there (spec mns §4.5), and eight in a row do so once in ten million times.
  const enough = deterministic ? 1 : 8;
  const waitSeconds = deterministic ? 0 : 1;
  let empty = 0;
  let emptySince = world.now;
  while (empty < enough) {
    if (empty === 0) emptySince = world.now;
    const pending = world.begin(receiveMessages(queue.name, { count: 16, waitSeconds }));
    const answer = await follow(world, pending, [...looks(waitSeconds * 1000), waitSeconds * 1000 + 60_000]);
    await judgeReceive(world, answer, 16);
    for (const item of answer.reply.items) {
      const handle = item['ReceiptHandle'] ?? '';
      const owner = queue.owner(handle);
      const { reply } = await world.call(deleteMessage(queue.name, handle));
      world.require('I7', reply.code === undefined, () => `delete with the fresh handle ${handle}: ${reply.code}`);
      if (owner !== undefined) owner.isDeleted = true;
    }
    empty = answer.reply.items.length > 0 ? 0 : empty + 1;
    if (empty < enough) continue;
    const nextMs = queue.nextDueMs(world.now);
    const canWait = (virtualTime || slow) && nextMs !== undefined && nextMs <= givesUpAtMs;
    const hasNew = queue.active(world.now).length > queue.active(emptySince).length;
    if (!canWait && !hasNew) break;
    if (canWait && !hasNew) await world.sleep(Math.max(1, nextMs - world.target.now()));
    empty = 0;
  }
  const { now } = world;
  const lost = queue.active(emptySince).filter((message) => message.mustExist(now));
  world.require('I3', lost.length === 0, () => `drained, yet ${lost.map(({ id }) => id).join(', ')} never came`);
  if (!virtualTime) return;
  // The leases under which they were deleted are over by then.
  await world.sleep(queue.rules.visibilitySeconds * 1000);
  await judgeReceive(world, await world.call(receiveMessages(queue.name, { count: 16 })), 16);
}
