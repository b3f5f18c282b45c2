import { md5Hex } from '@mnsbus/core';
import type { ReplyItem } from './contract-target.js';
import { type Answer, type ContractWorld, list } from './contract-world.js';
import type { Invariant } from './invariant.js';
import type { KnownMessage } from './model/known-message.js';
import { isPossiblyPast, type Span } from './model/span.js';
import { receiveMessages } from './requests.js';

/** The code of an empty receive or peek. */
const EMPTY: ReadonlySet<string> = new Set(['MessageNotExist']);

/** Judges the reply to a receive of up to `count` messages against what is known, and notes what was received. */
export async function judgeReceive(world: ContractWorld, { reply, during }: Answer, count: number): Promise<void> {
  const expected = world.queue.active(during);
  const isEmpty = reply.code !== undefined;
  world.require('I20', !isEmpty || EMPTY.has(reply.code), () => `a receive was answered with ${reply.code}`);
  const items = isEmpty ? [] : reply.items;
  world.require('I2', items.length <= count, () => `asked for ${count} messages, got ${items.length}`);
  const received = items.map((item) => judgeDelivery(world, item, during));
  if (!world.target.capabilities.deterministic) return;
  const missing = expected.filter((message) => !received.includes(message));
  judgePriorities(world, received, missing);
  if (items.length < Math.min(count, expected.length)) await explainShortage(world, missing, count);
}

function judgePriorities(
  world: ContractWorld,
  received: readonly (KnownMessage | undefined)[],
  left: readonly KnownMessage[],
): void {
  for (const message of received) {
    const better = left.find(({ priority }) => priority < (message?.priority ?? 0));
    world.require(
      'I15',
      better === undefined,
      () => `${message?.id} of priority ${message?.priority} came before ${better?.id} of ${better?.priority}`,
    );
  }
}

/** Judges one delivered message, and notes it; `undefined` when nobody has sent it. */
function judgeDelivery(world: ContractWorld, item: ReplyItem, during: Span): KnownMessage | undefined {
  const message = judgeContent(world, item);
  if (message === undefined) return undefined;
  judgeTime(world, message, during);
  const handle = item['ReceiptHandle'] ?? '';
  world.require(
    'I6',
    handle !== '' && world.queue.owner(handle) === undefined,
    () => `the handle ${handle} is not new`,
  );
  world.queue.received(message, handle, during);
  judgeCounts(world, message, item);
  const first = Number(item['FirstDequeueTime']);
  const next = Number(item['NextVisibleTime']);
  world.require(
    'I12',
    Number(item['EnqueueTime']) <= first && first <= next,
    () => `enqueued ${item['EnqueueTime']}, first dequeued ${first}, next visible ${next} are out of order`,
  );
  const { earliest, latest } = message.due;
  // Without virtual time, the service's clock and ours are two; how long the lease is, neither of them hides.
  world.require(
    'I12',
    !world.target.capabilities.virtualTime || (next >= earliest && next <= latest),
    () => `${message.id} is next visible at ${next}, expected from ${earliest} to ${latest}`,
  );
  return message;
}

/** What is the same in a receive and a peek: the message is one that was sent, as it was sent. */
export function judgeContent(world: ContractWorld, item: ReplyItem): KnownMessage | undefined {
  const id = item['MessageId'] ?? '';
  const message = world.queue.message(id);
  world.require('I2', message !== undefined, () => `${id} was delivered, but never sent`);
  if (message === undefined) return undefined;
  // A text that needs care on the wire is a promise of its own.
  const broken: Invariant = /^[\w ]*$/.test(message.body) ? 'I2' : 'I22';
  const body = item['MessageBody'] ?? '';
  world.require(
    broken,
    body === message.body,
    () => `sent ${JSON.stringify(message.body)}, delivered ${JSON.stringify(body)}`,
  );
  const md5 = md5Hex(message.body);
  world.require(
    'I2',
    item['MessageBodyMD5'] === md5,
    () => `the MD5 of ${id} is ${item['MessageBodyMD5']}, not ${md5}`,
  );
  world.require(
    'I15',
    item['Priority'] === String(message.priority),
    () => `${id} was sent with priority ${message.priority}, and came with ${item['Priority']}`,
  );
  return message;
}

function judgeTime(world: ContractWorld, message: KnownMessage, during: Span): void {
  const { id } = message;
  world.require('I4', !message.isDeleted, () => `${id} was deleted, and was delivered again`);
  world.require('I13', message.isDeleted || message.mayExist(during), () => `${id} was delivered after its retention`);
  const isDue = isPossiblyPast(message.due, { ...during, latest: during.latest + world.slackMs });
  const early = (): string => `${id} is due at ${message.due.earliest}, and was delivered by ${during.latest}`;
  world.require(message.waitsFor === 'delay' ? 'I10' : 'I11', message.isDeleted || isDue, early);
}

function judgeCounts(world: ContractWorld, message: KnownMessage, item: ReplyItem): void {
  const { id, dequeueCount } = message;
  const first = Number(item['FirstDequeueTime']);
  world.require(
    'I9',
    item['DequeueCount'] === String(dequeueCount),
    () => `delivery ${dequeueCount} of ${id} came with DequeueCount ${item['DequeueCount']}`,
  );
  world.require(
    'I9',
    message.firstDequeuedAtMs === undefined || message.firstDequeuedAtMs === first,
    () => `FirstDequeueTime of ${id} went from ${message.firstDequeuedAtMs} to ${first}`,
  );
  message.firstDequeuedAtMs = first;
}

/** Later is late (I10), never is lost (I3). */
async function explainShortage(world: ContractWorld, missing: readonly KnownMessage[], count: number): Promise<void> {
  if (!world.isChecked('I3') && !world.isChecked('I10')) return;
  const before = new Map(missing.map((message) => [message, message.dequeueCount]));
  const came = (): readonly KnownMessage[] =>
    missing.filter((message) => message.dequeueCount > (before.get(message) ?? 0));
  for (const pauseMs of [0, 1000, 5000]) {
    await world.sleep(pauseMs);
    for (const item of (await world.call(receiveMessages(world.queue.name, { count: 16 }))).reply.items) {
      if (item['MessageId'] !== undefined) judgeDelivery(world, item, world.now);
    }
  }
  const ids = list(missing.map(({ id }) => id));
  const what = `a receive of ${count} found less than it asked for, although there was ${ids}`;
  world.require('I3', came().length > 0, () => `${what}, which never came`);
  world.require('I10', came().length === 0, () => `${what}, which came later`);
}
