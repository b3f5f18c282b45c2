import * as fc from 'fast-check';
import type { ContractWorld } from '../contract-world.js';
import { judgeContent, judgeReceive } from '../judge-deliveries.js';
import { getQueueAttributes, peekMessages, receiveMessages } from '../requests.js';
import { type ContractCommand, step } from './step.js';

/** Receives up to `count` (1 with the single form when it is `undefined`) without a wait. */
export async function receive(world: ContractWorld, count: number | undefined): Promise<void> {
  const request = receiveMessages(world.queue.name, { waitSeconds: 0, ...(count === undefined ? {} : { count }) });
  await judgeReceive(world, await world.call(request), count ?? 1);
}

const receiveSome = fc
  .constantFrom(undefined, 1, 2, 16)
  .map((count) => step(`receive ${count ?? 'one'}`, (world) => receive(world, count)));

const receiveRefused = fc
  .constantFrom({ count: 0 }, { count: 17 }, { waitSeconds: 31 }, { waitSeconds: -1 })
  .map((query) =>
    step(`receive refused ${JSON.stringify(query)}`, async (world) => {
      await world.refuse('I20', receiveMessages(world.queue.name, query), new Set(['InvalidArgument']));
    }),
  );

const receiveNowhere = fc.constantFrom(undefined, 3).map((count) =>
  step('receive from a missing queue', async (world) => {
    const request = receiveMessages(world.freshName('missing'), count === undefined ? {} : { count });
    await world.refuse('I20', request, new Set(['QueueNotExist']));
  }),
);

const peek = fc.constantFrom(1, 3, 16).map((count) =>
  step(`peek ${count}`, async (world) => {
    const request = peekMessages(world.queue.name, count);
    const first = await world.call(request);
    const expected = world.queue.active(first.during);
    const second = await world.call(request);
    for (const item of first.reply.items) {
      const message = judgeContent(world, item);
      if (message === undefined) continue;
      world.require('I4', !message.isDeleted, () => `${message.id} was deleted, and a peek shows it`);
      world.require(
        'I14',
        item['ReceiptHandle'] === undefined && item['DequeueCount'] === String(message.dequeueCount),
        () => `a peek shows ${message.id}, received ${message.dequeueCount} times, as ${JSON.stringify(item)}`,
      );
    }
    const { deterministic, virtualTime } = world.target.capabilities;
    if (!deterministic || !virtualTime) return;
    const texts = [first, second].map(({ reply }) => JSON.stringify(reply.items));
    world.require('I14', texts[0] === texts[1], () => `two peeks in a row show ${texts.join(' and ')}`);
    const shown = first.reply.items.length;
    const most = Math.min(count, expected.length);
    world.require(
      'I10',
      shown === most,
      () => `a peek of ${count} shows ${shown} of ${expected.length} active messages`,
    );
  }),
);

const peekNowhere = fc.constantFrom(1, 16).map((count) =>
  step('peek into a missing queue', async (world) => {
    await world.refuse('I20', peekMessages(world.freshName('missing'), count), new Set(['QueueNotExist']));
  }),
);

const count = fc.constant(
  step('count', async (world) => {
    const { reply, during } = await world.call(getQueueAttributes(world.queue.name));
    const item = reply.items[0] ?? {};
    const expired = world.queue.expiredCount(during);
    for (const [name, { least, most }] of Object.entries(world.queue.counts(during))) {
      const told = Number(item[name]);
      world.require('I1', Number.isInteger(told) && told >= 0, () => `${name} is ${item[name]}`);
      // Of the service the counts are approximate (spec mns §4.8).
      if (!world.target.capabilities.deterministic) continue;
      const reason = (): string => `${name} is ${told}, expected from ${least} to ${most}`;
      world.require('I13', !(told > most && told <= most + expired), () => `${reason()}; ${expired} have expired`);
      world.require('I1', told >= least && told <= most, reason);
    }
  }),
);

/** Receives, peeks and counts, each in order and where it must be refused. */
export const receiveCommands: readonly fc.Arbitrary<ContractCommand>[] = [
  receiveSome,
  receiveSome,
  receiveRefused,
  receiveNowhere,
  peek,
  peekNowhere,
  count,
];
