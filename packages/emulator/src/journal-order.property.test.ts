import { fc, it as prop } from '@fast-check/vitest';
import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { createEmulator, type Emulator } from './emulator.js';
import { signedRequest } from './mns/test-support/mns-fixture.js';
import type { JournalEntry } from './runtime/journal-entry.js';
import { outOfOrder } from './runtime/test-support/journal-order.js';
import { STEP_KEY, opening, step, type Step } from './test-support/emulator-steps.js';
import { emulatorWorld, textIn } from './test-support/emulator-world.js';

/** Receives that nobody waits for here, as a consumer that polls while others go on. */
const waiting: Promise<unknown>[] = [];

const ofClient = (text: string, method: string, target: string, body = ''): Step => ({
  text,
  run: async ([subject]) => {
    if (subject === undefined) return [];
    const { emulator, clock } = subject;
    const reply = emulator.handle(signedRequest(clock.now(), method, target, body, { key: STEP_KEY }));
    if (!target.includes('waitseconds')) await reply;
    else waiting.push(reply);
    return [];
  },
});

const ofOperator = (text: string, act: (emulator: Emulator) => unknown): Step => ({
  text,
  run: async ([subject]) => {
    try {
      if (subject !== undefined) act(subject.emulator);
    } catch {
      // What cannot be done leaves no entry.
    }
    return [];
  },
});

const messages = (...bodies: readonly string[]): string =>
  `<Messages>${bodies.map((body) => `<Message><MessageBody>${body}</MessageBody></Message>`).join('')}</Messages>`;

const more: fc.Arbitrary<Step> = fc.oneof(
  ...[1, 16].map((count) =>
    fc.constant(ofClient(`poll ${count}`, 'GET', `/queues/orders/messages?numOfMessages=${count}&waitseconds=20`)),
  ),
  fc.constant(ofClient('poll one', 'GET', '/queues/orders/messages?waitseconds=5')),
  fc.constant(
    ofClient(
      'small messages from now on',
      'PUT',
      '/queues/orders?metaoverride=true',
      '<Queue><MaximumMessageSize>1024</MaximumMessageSize></Queue>',
    ),
  ),
  fc.constant(ofClient('send several', 'POST', '/queues/orders/messages', messages('a', 'b'.repeat(2000), 'c'))),
  fc.constant(ofOperator('publish', ({ operator }) => operator.publish({ topicName: 'events', body: 'x' }))),
  fc.constant(ofOperator('send', ({ operator }) => operator.send({ queueName: 'orders', body: 'x' }))),
  fc.constant(ofOperator('release', ({ operator }) => operator.redrive({ queueName: 'orders' }))),
  fc.constant(ofOperator('move', ({ operator }) => operator.redrive({ queueName: 'orders', toQueueName: 'bills' }))),
  fc.constant(ofOperator('purge', ({ operator }) => operator.purge({ queueName: 'bills' }))),
  fc.constant(
    ofOperator('fail all', ({ tasks }) => {
      for (const { taskId } of tasks.list()) tasks.fail(taskId, { code: 'X' });
    }),
  ),
);

const shown = fc
  .oneof({ weight: 3, arbitrary: step }, { weight: 1, arbitrary: more })
  .map((one) => Object.assign(one, { [fc.toStringMethod]: () => one.text }));

describe('the journal', () => {
  prop.prop([fc.array(shown, { maxLength: 80 }), fc.boolean()], { numRuns: 100 })(
    'tells causes before what they bring about, whatever clients, operators, time and faults do',
    async (steps, isFaulty) => {
      const clock = new VirtualClock();
      const emulator = createEmulator({
        seed: 'order',
        region: 'cn-hangzhou',
        clock,
        imm: { durationMs: { kind: 'uniform', leastMs: 0, mostMs: 9000 }, events: { duplicateProbability: 0.3 } },
        faults: isFaulty
          ? [
              { kind: 'duplicate-message', probability: 0.2 },
              { kind: 'repeat-delivery', probability: 0.2 },
              { kind: 'late-delivery', probability: 0.2, delayMs: 500 },
              { kind: 'early-visibility', probability: 0.2, earlyMs: 1000 },
              { kind: 'reset-after-effect', probability: 0.1 },
              { kind: 'fail-task', probability: 0.2, code: 'X' },
            ]
          : [],
      });
      const memory = { handles: [], taskIds: [] };
      for (const one of [...opening, ...steps]) await one.run([{ emulator, clock }], memory);
      emulator.close();
      await Promise.all(waiting.splice(0));
      const entries = emulator.journal.entries();
      expect(outOfOrder(entries)).toEqual([]);
      expect(entries.every(({ atMs }, index) => atMs >= (entries[index - 1]?.atMs ?? 0))).toBe(true);
    },
    120_000,
  );

  it('tells a delivery to a receive that waits from its beginning to its end', async () => {
    const { emulator, clock, call } = emulatorWorld({
      resources: {
        queues: [{ name: 'q' }],
        topics: [{ name: 't', subscriptions: [{ name: 's', queue: 'q' }] }],
      },
    });
    const received = emulator.handle(signedRequest(clock.now(), 'GET', '/queues/q/messages?waitseconds=30', ''));
    await call('POST', '/topics/t/messages', '<Message><MessageBody>m</MessageBody></Message>');
    await received;
    const told = (entries: readonly JournalEntry[]): readonly string[] =>
      entries.map((entry) => ('operation' in entry ? entry.operation : entry.kind));
    expect(told(emulator.journal.entries())).toEqual([
      'PublishMessage',
      'sent',
      'delivered',
      'ReceiveMessage',
      'received',
    ]);
    emulator.operator.send({ queueName: 'q', body: 'x' });
    expect(told(emulator.journal.after(5))).toEqual(['send', 'sent']);
  });

  it('tells which items of a batch have failed, and by which code', async () => {
    const { emulator, call } = emulatorWorld({ resources: { queues: [{ name: 'q', maximumMessageBytes: 1024 }] } });
    await call('POST', '/queues/q/messages', messages('a', 'b'.repeat(2000), 'c'.repeat(1025), 'd'));
    const first = await call('GET', '/queues/q/messages');
    const handle = textIn(first, 'ReceiptHandle');
    const handles = ['bad', handle, handle].map((one) => `<ReceiptHandle>${one}</ReceiptHandle>`).join('');
    await call('DELETE', '/queues/q/messages', `<ReceiptHandles>${handles}</ReceiptHandles>`);
    expect(emulator.journal.requests({ operation: 'BatchSendMessage' })).toMatchObject([
      {
        status: 500,
        code: expect.any(String),
        failures: [
          { index: 1, code: expect.any(String) },
          { index: 2, code: expect.any(String) },
        ],
      },
    ]);
    expect(emulator.journal.requests({ operation: 'BatchDeleteMessage' })).toMatchObject([
      {
        status: 404,
        code: 'ReceiptHandleError',
        failures: [
          { index: 0, code: 'ReceiptHandleError' },
          { index: 2, code: 'MessageNotExist' },
        ],
      },
    ]);
    // The handle that came twice has deleted once.
    expect(emulator.journal.entries('deleted')).toHaveLength(1);
    expect(emulator.journal.entries('sent')).toHaveLength(2);
    expect(emulator.journal.print()).not.toContain(handle);
    await call('POST', '/queues/q/messages', messages('a', 'b'));
    expect(emulator.journal.requests({ operation: 'BatchSendMessage' })[1]).not.toHaveProperty(
      'failures',
      expect.anything(),
    );
  });
});
