import * as fc from 'fast-check';
import { createQueue, getQueueAttributes, setQueueAttributes, type QueueSettings } from '../requests.js';
import { type ContractCommand, mayTake, step } from './step.js';

const setAttributes = fc
  .record({ DelaySeconds: fc.constantFrom(0, 0, 2), VisibilityTimeout: fc.constantFrom(1, 2, 5, 30) })
  .map((settings) =>
    step(`set ${JSON.stringify(settings)}`, async (world) => {
      const { reply } = await world.call(setQueueAttributes(world.queue.name, settings));
      world.require('I20', reply.code === undefined, () => `good attributes were refused with ${reply.code}`);
      if (reply.code !== undefined) return;
      const { retentionSeconds } = world.queue.rules;
      const { DelaySeconds: delaySeconds, VisibilityTimeout: visibilitySeconds } = settings;
      world.queue.rules = { delaySeconds, visibilitySeconds, retentionSeconds };
      const told = (await world.call(getQueueAttributes(world.queue.name))).reply.items[0] ?? {};
      world.require(
        'I1',
        told['DelaySeconds'] === String(delaySeconds) && told['VisibilityTimeout'] === String(visibilitySeconds),
        () => `the queue was told ${JSON.stringify(settings)}, and says ${JSON.stringify(told)}`,
      );
    }),
  );

/** Each with one value out of range (spec mns §3.1). */
const badSettings: fc.Arbitrary<QueueSettings> = fc.constantFrom<QueueSettings>(
  { DelaySeconds: 604_801 },
  { MaximumMessageSize: 1023 },
  { MaximumMessageSize: 65_537 },
  { MessageRetentionPeriod: 59 },
  { VisibilityTimeout: 0 },
  { VisibilityTimeout: 43_201 },
  { PollingWaitSeconds: 31 },
);

const setRefused = badSettings.map((settings) =>
  step(`set refused ${JSON.stringify(settings)}`, async (world) => {
    await world.refuse('I20', setQueueAttributes(world.queue.name, settings), new Set(['InvalidArgument']));
  }),
);

const setNowhere = fc.constant(
  step('set attributes of a missing queue', async (world) => {
    const request = setQueueAttributes(world.freshName('missing'), { VisibilityTimeout: 5 });
    await world.refuse('I20', request, new Set(['QueueNotExist']));
  }),
);

const createAgain = fc.constant(
  step('create the queue again, with other attributes', async (world) => {
    // Three minutes and a second: no run creates its queue so.
    const request = createQueue(world.queue.name, { VisibilityTimeout: 181 });
    await world.refuse('I20', request, new Set(['QueueAlreadyExist']));
  }),
);

const createRefused = badSettings.map((settings) =>
  step(`create refused ${JSON.stringify(settings)}`, async (world) => {
    const name = world.freshName('refused');
    await world.refuse('I20', createQueue(name, settings), new Set(['InvalidArgument']));
    await world.refuse('I20', getQueueAttributes(name), new Set(['QueueNotExist']));
  }),
);

const sleep = fc.constantFrom(1, 40, 999, 1000, 1001, 2000, 5000, 30_000, 59_999, 60_000).map((ms) =>
  step(
    `sleep ${ms} ms`,
    (world) => world.sleep(ms),
    (world) => mayTake(world, ms),
  ),
);

/** What concerns the queue as a whole, and time. */
export const queueCommands: readonly fc.Arbitrary<ContractCommand>[] = [
  setAttributes,
  setRefused,
  setNowhere,
  createAgain,
  createRefused,
  sleep,
  sleep,
  sleep,
];
