import { fc, it } from '@fast-check/vitest';
import { md5Hex } from '@mnsbus/core';
import { describe, expect } from 'vitest';
import { ReferenceQueue } from '../test-support/reference-queue.js';
import { NO_PROPERTIES } from './message-properties.js';
import { MnsModel } from './mns-model.js';

const queueName = 'orders';

/** What the commands share beside the queue under test. */
interface World {
  readonly queue: ReferenceQueue;
  nowMs: number;
  /** Every handle ever issued, in order. */
  readonly handles: string[];
}

type Command = fc.Command<World, MnsModel>;

/** A step; after each, the two queues must agree in everything that can be seen. */
function step(text: string, run: (world: World, model: MnsModel) => void): Command {
  return {
    check: () => true,
    run: (world, model) => {
      run(world, model);
      compare(world, model);
    },
    toString: () => text,
  };
}

function compare({ queue, nowMs }: World, model: MnsModel): void {
  const view = model.apply({ type: 'getQueue', queueName }, nowMs);
  // I1 and I13: each stored message is in exactly one state, and none outlives its retention.
  expect(view).toMatchObject({ ok: true, value: { counts: queue.counts(nowMs) } });
  expect(model.nextDueMs(queueName)).toBe(queue.nextDueMs(nowMs));
  // I2, I9, I10, I14, I15: what a peek shows, in order, is what the list says, and looking changes nothing.
  const expected = queue
    .active(nowMs)
    .slice(0, 16)
    .map((message) => seen(message));
  for (const look of [1, 2]) {
    const peeked = model.apply({ type: 'peekMessages', queueName, count: 16 }, nowMs);
    expect({ look, peeked }).toEqual({ look, peeked: { ok: true, value: expected } });
  }
}

function seen(message: ReferenceQueue['messages'][number]): object {
  return {
    messageId: message.messageId,
    body: message.body,
    bodyMd5: md5Hex(message.body),
    priority: message.priority,
    enqueuedAtMs: message.sentAtMs,
    firstDequeuedAtMs: message.firstAtMs,
    dequeueCount: message.dequeueCount,
    ...NO_PROPERTIES,
  };
}

interface Draft {
  readonly body: string;
  readonly priority: number;
  readonly delaySeconds: number | undefined;
}

function draftOf({ body, priority, delaySeconds }: Draft) {
  return { body, priority, ...NO_PROPERTIES, ...(delaySeconds === undefined ? {} : { delaySeconds }) };
}

const isBad = ({ body, priority }: Draft): boolean => body === '' || priority > 16;

function noteSent(
  world: World,
  draft: Draft,
  sent: { messageId: string; bodyMd5: string; receiptHandle?: string },
): void {
  const { queue, nowMs } = world;
  expect(queue.messages.map(({ messageId }) => messageId)).not.toContain(sent.messageId); // I5
  expect(sent.bodyMd5).toBe(md5Hex(draft.body));
  const message = queue.send(sent.messageId, draft.body, draft.priority, draft.delaySeconds, nowMs);
  expect(sent.receiptHandle === undefined).toBe(message.dueAtMs === nowMs);
  if (sent.receiptHandle !== undefined) noteHandle(world, message, sent.receiptHandle, message.dueAtMs);
}

function noteHandle(world: World, message: ReferenceQueue['messages'][number], handle: string, endsAtMs: number): void {
  expect(world.handles).not.toContain(handle); // I6
  world.handles.push(handle);
  world.queue.issue(message, handle, endsAtMs);
}

const draft: fc.Arbitrary<Draft> = fc.record({
  body: fc.string({ unit: 'grapheme', maxLength: 8 }),
  priority: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(1, 8, 16) }, { weight: 1, arbitrary: fc.constant(17) }),
  delaySeconds: fc.constantFrom(undefined, undefined, 0, 1, 3, 61),
});

const send = draft.map((given) =>
  step(`send ${JSON.stringify(given)}`, (world, model) => {
    const result = model.apply({ type: 'sendMessage', queueName, message: draftOf(given) }, world.nowMs);
    expect(result.ok).toBe(!isBad(given));
    if (result.ok) noteSent(world, given, result.value);
  }),
);

const sendBatch = fc.array(draft, { minLength: 1, maxLength: 4 }).map((drafts) =>
  step(`sendBatch ${JSON.stringify(drafts)}`, (world, model) => {
    const result = model.apply({ type: 'sendMessages', queueName, messages: drafts.map(draftOf) }, world.nowMs);
    if (!result.ok) throw new Error('a batch of four small messages was refused');
    expect(result.value.map(({ ok }) => ok)).toEqual(drafts.map((given) => !isBad(given))); // I5: in order
    for (const [index, entry] of result.value.entries()) {
      const given = drafts[index];
      if (entry.ok && given !== undefined) noteSent(world, given, entry.value);
    }
  }),
);

const receive = fc.constantFrom(1, 2, 16).map((count) =>
  step(`receive ${count}`, (world, model) => {
    const { queue, nowMs } = world;
    const expected = queue.active(nowMs).slice(0, count);
    const result = model.apply({ type: 'receiveMessages', queueName, count }, nowMs);
    if (!result.ok) throw new Error('a receive was refused');
    const { messages } = result.value;
    expect(messages.map(({ messageId }) => messageId)).toEqual(expected.map(({ messageId }) => messageId));
    for (const [index, message] of expected.entries()) {
      const received = messages[index];
      if (received === undefined) throw new Error('fewer messages than were active');
      const { receiptHandle } = received;
      expect(world.handles).not.toContain(receiptHandle); // I6
      world.handles.push(receiptHandle);
      queue.receive(message, receiptHandle, nowMs);
      expect(received).toEqual({ ...seen(message), receiptHandle, nextVisibleAtMs: message.dueAtMs });
      // I12
      expect(received.enqueuedAtMs).toBeLessThanOrEqual(received.firstDequeuedAtMs);
      expect(received.firstDequeuedAtMs).toBeLessThanOrEqual(nowMs);
      expect(nowMs).toBeLessThan(received.nextVisibleAtMs);
    }
  }),
);

/** Picks from the newest handles more often than from the oldest; any text where there are none. */
const pick = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.nat());
const handleAt = ({ handles }: World, index: number): string =>
  handles[handles.length - 1 - (index % Math.max(1, handles.length))] ?? 'no-handle';

const deleteOne = pick.map((index) =>
  step(`delete -${index}`, (world, model) => {
    const receiptHandle = handleAt(world, index);
    const judgement = world.queue.judgeDelete(receiptHandle, world.nowMs);
    const result = model.apply({ type: 'deleteMessage', queueName, receiptHandle }, world.nowMs);
    expect(result.ok ? 'good' : result.failure.code).toBe(judgement); // I7
    const owner = world.queue.ownerOf(receiptHandle);
    if (judgement === 'good' && owner !== undefined) owner.isDeleted = true;
  }),
);

const deleteBatch = fc.array(pick, { minLength: 1, maxLength: 5 }).map((indexes) =>
  step(`deleteBatch -${indexes.join(' -')}`, (world, model) => {
    const receiptHandles = indexes.map((index) => handleAt(world, index));
    const failed: object[] = [];
    for (const receiptHandle of receiptHandles) {
      const code = world.queue.judgeDelete(receiptHandle, world.nowMs);
      const owner = world.queue.ownerOf(receiptHandle);
      if (code === 'good' && owner !== undefined) owner.isDeleted = true;
      else failed.push({ receiptHandle, failure: { code } });
    }
    const result = model.apply({ type: 'deleteMessages', queueName, receiptHandles }, world.nowMs);
    expect(result).toEqual({ ok: true, value: failed }); // I19
  }),
);

const change = fc.tuple(pick, fc.constantFrom(0, 1, 2, 5, 90)).map(([index, timeoutSeconds]) =>
  step(`change -${index} to ${timeoutSeconds} s`, (world, model) => {
    const { queue, nowMs } = world;
    const receiptHandle = handleAt(world, index);
    const judgement = timeoutSeconds === 0 ? 'InvalidArgument' : queue.judgeChange(receiptHandle, nowMs);
    const result = model.apply({ type: 'changeVisibility', queueName, receiptHandle, timeoutSeconds }, nowMs);
    expect(result.ok ? 'good' : result.failure.code).toBe(judgement);
    const owner = queue.ownerOf(receiptHandle);
    if (!result.ok || owner === undefined) return;
    owner.dueAtMs = nowMs + timeoutSeconds * 1000;
    expect(result.value.nextVisibleAtMs).toBe(owner.dueAtMs);
    noteHandle(world, owner, result.value.receiptHandle, owner.dueAtMs);
  }),
);

const wait = fc.constantFrom(0, 1, 999, 1000, 1001, 2000, 5000, 59_999, 60_000).map((ms) =>
  step(`wait ${ms} ms`, (world) => {
    world.nowMs += ms;
  }),
);

const setAttributes = fc
  .record({
    delaySeconds: fc.constantFrom(0, 0, 2),
    visibilityTimeoutSeconds: fc.constantFrom(1, 2, 5, 30),
    messageRetentionSeconds: fc.constantFrom(60, 61, 345_600),
  })
  .map((attributes) =>
    step(`set ${JSON.stringify(attributes)}`, ({ queue, nowMs }, model) => {
      expect(model.apply({ type: 'setQueueAttributes', queueName, attributes }, nowMs).ok).toBe(true);
      queue.delaySeconds = attributes.delaySeconds;
      queue.visibilitySeconds = attributes.visibilityTimeoutSeconds;
      queue.retentionSeconds = attributes.messageRetentionSeconds;
    }),
  );

function setup(): { model: World; real: MnsModel } {
  const nowMs = 1_767_225_600_000;
  const real = new MnsModel();
  real.apply({ type: 'createQueue', queueName, attributes: {} }, nowMs);
  return { model: { queue: new ReferenceQueue(), nowMs, handles: [] }, real };
}

const commands = fc.commands([send, sendBatch, receive, receive, deleteOne, deleteBatch, change, wait, setAttributes], {
  maxCommands: 80,
  size: 'max',
});

describe('a queue under any schedule', () => {
  it.prop([commands], { numRuns: 300 })('behaves as a plain list of messages does', (steps) => {
    fc.modelRun(setup, steps);
  });

  it.prop([commands, fc.constantFrom(1, 16)], { numRuns: 100 })(
    'loses nothing: drained, what was sent is deleted or expired (I3), and nothing deleted comes back (I4)',
    (steps, count) => {
      const world = setup();
      fc.modelRun(() => world, steps);
      const { queue } = world.model;
      const removed = new Set(queue.messages.filter(({ isDeleted }) => isDeleted).map(({ messageId }) => messageId));
      const drained: string[] = [];
      let { nowMs } = world.model;
      for (;;) {
        const result = world.real.apply({ type: 'receiveMessages', queueName, count }, nowMs);
        if (!result.ok) throw new Error('a receive was refused');
        for (const { messageId, receiptHandle } of result.value.messages) {
          drained.push(messageId);
          expect(world.real.apply({ type: 'deleteMessage', queueName, receiptHandle }, nowMs).ok).toBe(true);
        }
        if (result.value.messages.length > 0) continue;
        const next = world.real.nextDueMs(queueName);
        if (next === undefined) break;
        nowMs = next;
      }
      expect(drained.filter((messageId) => removed.has(messageId))).toEqual([]);
      expect(new Set(drained).size).toBe(drained.length);
      const gone = queue.messages.filter(
        ({ messageId, expiresAtMs }) => removed.has(messageId) || expiresAtMs <= nowMs,
      );
      const accounted = new Set([...drained, ...gone.map(({ messageId }) => messageId)]);
      // What is left can only be waiting for an instant after its own expiry.
      const left = queue.messages.filter(({ messageId }) => !accounted.has(messageId));
      expect(left.every(({ dueAtMs, expiresAtMs }) => dueAtMs >= expiresAtMs)).toBe(true);
    },
  );
});
