import { SeededRandom } from '@mnsbus/core';
import type { Fault } from '@mnsbus/emulator';
import { describe, expect, it } from 'vitest';
import { directRpc } from './imm/rpc-transport.js';
import { credentialsSource } from './credentials/credentials-source.js';
import { asMnsbusError } from './mns/mns-error.js';
import { mountDirect } from './test-support/mounts.js';
import { QUEUE, countMessages, createQueue, eventText, send } from './test-support/resources.js';
import { CONVERTED, room } from './test-support/room.js';

/** How a send under a fault ends for the bridge, and how many messages are in the queue then. */
async function sendUnder(fault: Fault): Promise<{ error: unknown; stored: number; tookMs: number }> {
  const made = mountDirect();
  const { emulator, clock, until } = made;
  await until(createQueue(made, QUEUE));
  const handle = emulator.faults.add({ ...fault, times: 1 });
  const startMs = clock.now();
  const error = await until(send(made, 'hello').then(() => undefined, asMnsbusError));
  const tookMs = clock.now() - startMs;
  expect(handle.appliedCount).toBe(1);
  return { error, stored: (await until(countMessages(made))).active, tookMs };
}

describe('a fault of requests, to the bridge without a network', () => {
  it.each([
    [{ kind: 'reset-before-effect' }, 'MNS_UNREACHABLE', 'socket hang up', 0],
    [{ kind: 'reset-after-effect' }, 'MNS_UNREACHABLE', 'socket hang up', 1],
    [{ kind: 'truncate-reply' }, 'MNS_UNREACHABLE', 'aborted', 1],
    [{ kind: 'corrupt-reply' }, 'MNS_UNREACHABLE', '', 1],
    [{ kind: 'server-error', status: 502 }, 'MNS_UNREACHABLE', '502', 0],
    [{ kind: 'server-error' }, 'MNS_ERROR', 'InternalError', 0],
    [{ kind: 'throttle' }, 'MNS_ERROR', 'QpsLimitExceeded', 0],
    [{ kind: 'refuse', code: 'TooManyRequests' }, 'MNS_ERROR', 'TooManyRequests', 0],
    [{ kind: 'skew-clock', skewMs: 1_000_000 }, 'MNS_ERROR', 'TimeExpired', 0],
    [{ kind: 'expire-credentials' }, 'MNS_ERROR', 'InvalidSecurityToken', 0],
  ] satisfies [Fault, string, string, number][])('%j ends in %s', async (fault, code, text, stored) => {
    const ended = await sendUnder({ ...fault, match: { service: 'mns', operation: 'SendMessage', queueName: QUEUE } });
    expect(ended.error).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(ended.stored).toBe(stored);
  });

  it('is carried out later when delayed, and the fault adds up', async () => {
    expect(await sendUnder({ kind: 'delay', delayMs: 1500 })).toEqual({ error: undefined, stored: 1, tookMs: 1500 });
  });

  it('may be several at once: late, and then its answer is lost', async () => {
    const made = mountDirect();
    const { emulator, clock, until } = made;
    await until(createQueue(made, QUEUE));
    for (const fault of [
      { kind: 'delay', delayMs: 200 },
      { kind: 'delay', delayMs: 300 },
      { kind: 'reset-after-effect' },
    ] satisfies Fault[]) {
      emulator.faults.add({ ...fault, match: { operation: 'SendMessage' } });
    }
    const startMs = clock.now();
    await expect(until(send(made, 'hello'))).rejects.toThrow('socket hang up');
    expect([clock.now() - startMs, (await until(countMessages(made))).active]).toEqual([500, 1]);
    expect(emulator.journal.entries('fault').map(({ fault }) => fault)).toEqual([
      'delay',
      'delay',
      'reset-after-effect',
    ]);
    emulator.journal.expect({ kind: 'request', operation: 'SendMessage', tookMs: 500, broken: 'no-answer' }, 1);
  });

  it('lets go of what it delays when the emulator closes', async () => {
    const made = mountDirect();
    const { emulator, clock } = made;
    emulator.faults.add({ kind: 'delay', delayMs: 60_000 });
    const ended = send(made, 'hello').then(() => undefined, asMnsbusError);
    await clock.advanceBy(1000);
    emulator.close();
    await clock.advanceBy(0);
    expect(await ended).toMatchObject({ mnsCode: 'QueueNotExist' });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    [{ kind: 'reset-after-effect' }, { code: 'IMM_UNREACHABLE' }],
    [{ kind: 'truncate-reply' }, { code: 'IMM_UNREACHABLE' }],
    [{ kind: 'corrupt-reply' }, { code: 'IMM_UNREACHABLE' }],
    [{ kind: 'server-error', status: 503 }, { code: 'IMM_UNREACHABLE' }],
    [{ kind: 'throttle' }, { code: 'IMM_ERROR', immCode: 'Throttling.User' }],
  ] satisfies [Fault, object][])('of IMM is an error of its own kind: %j', async (fault, error) => {
    const { emulator, clock, until, connection } = mountDirect();
    const random = new SeededRandom('imm');
    const credentials = credentialsSource('imm', connection, { clock, random, report: () => {} });
    const parts = {
      endpoint: 'http://imm.test',
      apiVersion: '2017-09-06',
      credentials,
      clock,
      random,
      readTimeoutMs: 1000,
    };
    const rpc = directRpc(parts, emulator.handle);
    emulator.faults.add({ ...fault, match: { service: 'imm', operation: 'PutProject', project: 'p' } });
    await expect(until(rpc.call('PutProject', { Project: 'p' }))).rejects.toMatchObject(error);
  });
});

/**
 * Every kind of message fault, and of request fault but expired credentials, which end the polling of a bus with permanent keys:
 * now and then, for the first ten minutes.
 */
const STORM: readonly Fault[] = [
  ...(['reset-before-effect', 'reset-after-effect', 'truncate-reply', 'corrupt-reply', 'wrong-md5'] as const).map(
    (kind): Fault => ({ kind, probability: 0.02, forMs: 600_000, match: { queueName: QUEUE } }),
  ),
  { kind: 'throttle', probability: 0.05, forMs: 600_000 },
  { kind: 'server-error', status: 502, probability: 0.03, forMs: 600_000 },
  { kind: 'delay', delayMs: 700, probability: 0.1, forMs: 600_000 },
  { kind: 'skew-clock', skewMs: 2_000_000, probability: 0.02, forMs: 600_000 },
  { kind: 'duplicate-message', probability: 0.1, forMs: 600_000 },
  { kind: 'reorder-message', behindMs: 2000, probability: 0.1, forMs: 600_000 },
  { kind: 'delay-message', delayMs: 9000, probability: 0.1, forMs: 600_000 },
  { kind: 'early-visibility', earlyMs: 29_000, probability: 0.1, forMs: 600_000 },
];

async function storm(
  seed: string,
): Promise<{ handled: Set<string>; acknowledged: Set<string>; left: object; journal: string; kinds: Set<string> }> {
  const made = await room({ queueName: QUEUE, maxDeliveries: 1_000_000, seed, retryDelay: { capSeconds: 30 } });
  const { bus, clock, until, emulator } = made;
  const handled = new Set<string>();
  bus.on(CONVERTED, async ({ data }) => {
    await new Promise<void>((resolve) => void clock.after(300, resolve));
    handled.add(data.taskId);
  });
  await until(bus.start());
  for (const fault of STORM) emulator.faults.add(fault);
  const acknowledged = new Set<string>();
  for (let count = 0; count < 150; count += 1) {
    const taskId = `t${count}`;
    await until(
      send(made, eventText(taskId)).then(
        () => acknowledged.add(taskId),
        () => {},
      ),
    );
    await clock.advanceBy(4000);
  }
  await clock.advanceBy(600_000);
  const journal = emulator.journal.entries();
  const left = await until(countMessages(made));
  await until(bus.close());
  const kinds = new Set(emulator.journal.entries('fault').map(({ fault }) => fault));
  return { handled, acknowledged, left, journal: JSON.stringify(journal), kinds };
}

describe('a bridge in a storm of faults', () => {
  it(
    'handles every message that was acknowledged, and is the same storm again from the same seed',
    { timeout: 60_000 },
    async () => {
      const first = await storm('storm');
      expect([...first.acknowledged].filter((taskId) => !first.handled.has(taskId))).toEqual([]);
      expect(first.acknowledged.size).toBeGreaterThan(100);
      expect(first.left).toEqual({ active: 0, inactive: 0 });
      expect(first.kinds.size).toBe(STORM.length);
      expect((await storm('storm')).journal).toBe(first.journal);
      expect((await storm('another')).journal).not.toBe(first.journal);
    },
  );
});
