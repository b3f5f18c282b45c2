import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SeededRandom, type WireHandler, type WireResponse } from '@mnsbus/core';
import { expect, it } from 'vitest';
import { QUEUE, countMessages, eventText, send } from './test-support/resources.js';
import { CONVERTED, room } from './test-support/room.js';

const MINUTE_MS = 60_000;

type Fault = 'throttle' | 'broken' | 'refuse' | 'lose-answer' | 'hang' | 'gateway';

const errorReply = (status: number, code: string): WireResponse => ({
  status,
  headers: [['Content-Type', 'text/xml;charset=utf-8']],
  body: Buffer.from(
    `<?xml version="1.0"?><Error xmlns="http://mns.aliyuncs.com/doc/v1"><Code>${code}</Code><Message>no</Message><RequestId>R</RequestId><HostId>h</HostId></Error>`,
  ),
});

/** Breaks every tenth request of the bus on messages, in one of several ways, while `isOn`. */
function faulty(
  random: SeededRandom,
  applied: Map<Fault, number>,
  state: { isOn: boolean },
): (handle: WireHandler) => WireHandler {
  const faults: readonly Fault[] = ['throttle', 'broken', 'refuse', 'lose-answer', 'hang', 'gateway'];
  return (handle) => async (request) => {
    if (!state.isOn || !request.target.includes('/messages') || request.method === 'POST') return handle(request);
    if (random.integer(1, 10) > 1) return handle(request);
    const fault = faults[random.integer(0, faults.length - 1)] ?? 'refuse';
    applied.set(fault, (applied.get(fault) ?? 0) + 1);
    switch (fault) {
      case 'throttle':
        return errorReply(429, 'QpsLimitExceeded');
      case 'broken':
        return errorReply(500, 'InternalError');
      case 'refuse':
        throw new Error('connect ECONNREFUSED');
      case 'lose-answer':
        await handle(request);
        throw new Error('socket hang up');
      case 'gateway':
        return { status: 502, headers: [['Content-Type', 'text/html']], body: Buffer.from('<html>') };
      case 'hang':
        return new Promise(() => {});
    }
  };
}

const collectGarbage = (): number => {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
};

it('I30, I31: a day of traffic with faults of every kind leaves nothing behind', { timeout: 120_000 }, async () => {
  const random = new SeededRandom('a day');
  const applied = new Map<Fault, number>();
  const state = { isOn: true };
  const made = await room(
    {
      queueName: QUEUE,
      concurrency: 8,
      maxDeliveries: 1_000_000,
      retryDelay: { capSeconds: 60 },
      lease: { maxSeconds: 60 },
    },
    faulty(random, applied, state),
  );
  const { bus, clock, until } = made;
  const handled = new Map<string, number>();
  bus.on(CONVERTED, async ({ data }, { signal }) => {
    const kind = random.integer(1, 100);
    if (kind <= 5) throw new Error('not this time');
    // Longer than its lease may last: it is lost.
    const workMs = kind <= 7 ? 90_000 : random.integer(0, 2000);
    await new Promise<void>((resolve) => void clock.after(workMs, resolve));
    if (!signal.aborted) handled.set(data.taskId, (handled.get(data.taskId) ?? 0) + 1);
  });
  await until(bus.start());
  let sent = 0;
  const heapAfter: number[] = [];
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    const isBurst = minute % 120 === 0;
    for (let count = 0; count < (isBurst ? 60 : 4); count += 1) {
      sent += 1;
      await until(send(made, eventText(`t${sent}`)));
    }
    await clock.advanceBy(MINUTE_MS);
    // By noon the emulator's journal is as long as it gets.
    if (minute === 12 * 60 || minute === 24 * 60 - 1) heapAfter.push(collectGarbage());
  }
  state.isOn = false;
  await clock.advanceBy(10 * MINUTE_MS);
  const { counters } = bus.health().queues[0] ?? expect.fail('no queue');
  const { received, acked, retried, deadLettered, released, inFlight } = counters;
  const [early = 0, late = 0] = heapAfter;
  process.stdout.write(
    `24 h: ${sent} events, ${JSON.stringify(counters)}, faults ${JSON.stringify(Object.fromEntries(applied))}, ` +
      `heap ${(early / 1e6).toFixed(1)} MB after 12 h, ${(late / 1e6).toFixed(1)} MB after 24 h\n`,
  );
  expect(await until(countMessages(made))).toEqual({ active: 0, inactive: 0 });
  expect(handled.size).toBe(sent);
  expect(received).toBe(acked + retried + deadLettered + released + inFlight);
  expect(inFlight).toBe(0);
  expect([...applied.keys()].toSorted()).toEqual(['broken', 'gateway', 'hang', 'lose-answer', 'refuse', 'throttle']);
  // What the emulator keeps of its last requests, and the ids of this test, are in it.
  expect(late - early).toBeLessThan(15e6);
  await until(bus.close());
  expect(clock.pendingTimers).toBeLessThan(5);
});
