import { md5Hex } from '@mnsbus/core';
import * as fc from 'fast-check';
import type { ReplyItem } from '../contract-target.js';
import type { ContractWorld } from '../contract-world.js';
import type { Span } from '../model/span.js';
import { sendMessage, sendMessages, type Draft } from '../requests.js';
import { type ContractCommand, step } from './step.js';

/** Words, and text that clients, parsers and wires are known to spoil; never blanks alone, which some clients drop. */
const body: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z]{1,8}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ' kept ',
      'a\r\nb\rc\n',
      ']]>',
      '&amp;&#13;',
      '<b a="\'">',
      '{"k":"é漢😀"}',
      '\u00A0\u2028x',
    ),
  },
);

const goodDraft: fc.Arbitrary<Draft> = fc.record({
  body,
  priority: fc.constantFrom(undefined, 1, 8, 16),
  delaySeconds: fc.constantFrom(undefined, undefined, 0, 1, 3),
});

/** Each out of range in one way (spec mns §3.3). */
const badDraft: fc.Arbitrary<Draft> = fc.constantFrom(
  { body: '' },
  { body: 'x'.repeat(65_537) },
  { body: 'x', priority: 0 },
  { body: 'x', priority: 17 },
  { body: 'x', delaySeconds: -1 },
  { body: 'x', delaySeconds: 604_801 },
);

const isBad = ({ body: text, priority = 8, delaySeconds = 0 }: Draft): boolean =>
  text === '' || text.length > 65_536 || priority < 1 || priority > 16 || delaySeconds < 0 || delaySeconds > 604_800;

/** Notes an acknowledged send, and judges what the acknowledgement says. */
export function noteSent(world: ContractWorld, draft: Draft, item: ReplyItem, at: Span): void {
  const id = item['MessageId'] ?? '';
  world.require('I5', id !== '' && world.queue.message(id) === undefined, () => `the message id ${id} is not new`);
  const handle = item['ReceiptHandle'];
  world.require('I6', handle === undefined || world.queue.owner(handle) === undefined, () => `${handle} is not new`);
  if (id !== '') world.queue.sent(id, draft, at, handle);
}

/** Sends one good message, whatever the queue's own delay. */
export async function sendOne(world: ContractWorld, draft: Draft): Promise<void> {
  const { reply, during } = await world.call(sendMessage(world.queue.name, draft));
  const item = reply.items[0];
  world.require('I3', reply.code === undefined && item !== undefined, () => `a send was refused with ${reply.code}`);
  if (item === undefined || reply.code !== undefined) return;
  const md5 = md5Hex(draft.body);
  world.require(
    'I2',
    item['MessageBodyMD5'] === md5,
    () => `the MD5 is ${md5}, the reply says ${item['MessageBodyMD5']}`,
  );
  noteSent(world, draft, item, during);
}

const send = goodDraft.map((draft) => step(`send ${JSON.stringify(draft)}`, (world) => sendOne(world, draft)));

const sendRefused = badDraft.map((draft) =>
  step(`send refused ${show(draft)}`, async (world) => {
    await world.refuse('I20', sendMessage(world.queue.name, draft), new Set(['InvalidArgument']));
  }),
);

const sendNowhere = goodDraft.map((draft) =>
  step('send to a missing queue', async (world) => {
    await world.refuse('I20', sendMessage(world.freshName('missing'), draft), new Set(['QueueNotExist']));
  }),
);

// What XML cannot carry is refused, or comes back whole; what is worse is a message that was changed in silence.
const sendUnspeakable = fc.constantFrom('\u0001', 'a\u000Bb', '\uFFFE').map((text) =>
  step(`send ${JSON.stringify(text)}`, async (world) => {
    const { reply, during } = await world.call(sendMessage(world.queue.name, { body: text }));
    const item = reply.items[0];
    if (reply.code === undefined && item !== undefined) noteSent(world, { body: text }, item, during);
  }),
);

const sendBatch = fc
  .array(fc.oneof({ weight: 5, arbitrary: goodDraft }, { weight: 1, arbitrary: badDraft }), {
    minLength: 1,
    maxLength: 5,
  })
  .filter((drafts) => drafts.filter(({ body: text }) => text.length > 60_000).length === 0)
  .map((drafts) =>
    step(`send batch ${drafts.map(show).join(' ')}`, async (world) => {
      const { reply, during } = await world.call(sendMessages(world.queue.name, drafts));
      world.require(
        'I5',
        reply.code === undefined && reply.items.length === drafts.length,
        () =>
          `${drafts.length} messages were sent, the reply has ${reply.items.length} results, ${reply.code ?? 'no error'}`,
      );
      if (reply.code !== undefined) return;
      for (const [index, draft] of drafts.entries()) judgeResult(world, draft, reply.items[index] ?? {}, during);
    }),
  );

function judgeResult(world: ContractWorld, draft: Draft, item: ReplyItem, during: Span): void {
  const code = item['ErrorCode'];
  if (isBad(draft)) {
    world.require(
      'I5',
      code !== undefined,
      () => `${show(draft)} was to be refused, its place says ${JSON.stringify(item)}`,
    );
    world.require(
      'I20',
      code === undefined || code === 'InvalidArgument',
      () => `${show(draft)} was refused with ${code}`,
    );
    return;
  }
  const md5 = md5Hex(draft.body);
  world.require(
    'I5',
    code === undefined && item['MessageBodyMD5'] === md5,
    () => `the result in the place of ${show(draft)} is ${JSON.stringify(item)}`,
  );
  if (code === undefined) noteSent(world, draft, item, during);
}

const batchTooLarge = fc.constantFrom(0, 17).map((length) =>
  step(`send batch of ${length}`, async (world) => {
    const drafts = Array.from({ length }, (): Draft => ({ body: 'x' }));
    // An empty list is an argument out of range to some, and no valid document to others (spec mns §2.7).
    const codes = new Set(length === 0 ? ['InvalidArgument', 'MalformedXML'] : ['InvalidArgument']);
    await world.refuse('I20', sendMessages(world.queue.name, drafts), codes);
  }),
);

function show({ body: text, ...rest }: Draft): string {
  return JSON.stringify({ body: text.length > 20 ? `${text.length} characters` : text, ...rest });
}

/** Sends, alone and in batches, and sends that must be refused. */
export const sendCommands: readonly fc.Arbitrary<ContractCommand>[] = [
  send,
  send,
  sendBatch,
  sendRefused,
  sendNowhere,
  sendUnspeakable,
  batchTooLarge,
];
