import { VirtualClock } from '@mnsbus/core';
import { createEmulator, listen, type Emulator } from '@mnsbus/emulator';
import { mswHandlers } from '@mnsbus/emulator/msw';
import { setupServer } from 'msw/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBridge } from './bridge.js';
import { callerOf, transportOf } from './test-support/mounts.js';
import { QUEUE, createQueue, eventText, send } from './test-support/resources.js';
import { CONVERTED, room } from './test-support/room.js';

/** Opens a door of an emulator for the real `@alicloud/mns`; the direct one is the emulator's own. */
const doors: Readonly<Record<string, (emulator: Emulator) => Promise<string | undefined>>> = {
  direct: async () => undefined,
  http: async (emulator) => {
    const server = await listen(emulator);
    onTestFinished(() => server.close());
    return server.endpoint;
  },
  msw: async (emulator) => {
    const network = setupServer(...mswHandlers(emulator, { endpoints: ['http://mns.test'] }));
    network.listen({ onUnhandledRequest: 'error' });
    onTestFinished(() => network.close());
    return 'http://mns.test';
  },
};

/** An hour of events, some handled slowly, some only the second time; gives what happened, in order, and when. */
async function anHour(door: string): Promise<{ handled: string[]; requests: string[] }> {
  const clock = new VirtualClock();
  const emulator = createEmulator({ clock, seed: 'hour' });
  const endpoint = await doors[door]?.(emulator);
  const { accountId, accessKeyId, accessKeySecret, journal } = emulator;
  const mns = { accountId, accessKeyId, accessKeySecret, endpoint: endpoint ?? 'http://mns.test' };
  const transport = endpoint === undefined ? { transport: emulator.handle } : {};
  const client = transportOf(mns, clock, transport.transport);
  const caller = { mns: callerOf(client) };
  await clock.runUntil(createQueue(caller, QUEUE));
  const bus = createBridge({ seed: 'hour', mns, queueName: QUEUE, clock, ...transport });
  const handled: string[] = [];
  let calls = 0;
  bus.status();
  bus.on(CONVERTED, async ({ data }) => {
    calls += 1;
    if (calls % 3 === 0) throw new Error('not this time');
    await new Promise<void>((resolve) => void clock.after(calls % 5 === 0 ? 45_000 : 200, resolve));
    handled.push(`${clock.now()} ${data.taskId}`);
  });
  await clock.runUntil(bus.start());
  for (let minute = 0; minute < 60; minute += 1) {
    await clock.runUntil(send(caller, eventText(`t${minute}`)));
    await clock.advanceBy(60_000);
  }
  // Before the end, because msw does not tell that the last long poll was given up.
  const requests = journal.entries('request').map(({ atMs, operation, status }) => `${atMs} ${operation} ${status}`);
  await clock.runUntil(bus.close());
  client.close();
  return { handled, requests };
}

describe('one virtual clock in bridge and emulator', () => {
  it.each(['http', 'msw'])(
    'makes an hour through %s the hour that it is without any network',
    { timeout: 30_000 },
    async (door) => {
      const [direct, other] = [await anHour('direct'), await anHour(door)];
      expect(new Set(direct.handled.map((line) => line.split(' ')[1])).size).toBe(60);
      expect(direct.requests.length).toBeGreaterThan(200);
      expect(other).toEqual(direct);
    },
  );

  it('ends runUntilIdle when all is handled, although the bus polls for ever', async () => {
    const made = await room();
    const { bus, clock } = made;
    let calls = 0;
    bus.on(CONVERTED, async () => {
      calls += 1;
      await new Promise<void>((resolve) => void clock.after(90_000, resolve));
      if (calls < 3) throw new Error('not this time');
    });
    await clock.runUntil(bus.start());
    await clock.runUntil(send(made, eventText('t')));
    await clock.runUntilIdle({ max: 1000 });
    expect(calls).toBe(3);
    expect(bus.health().queues[0]?.counters).toMatchObject({ received: 3, retried: 2, acked: 1, inFlight: 0 });
    await clock.runUntil(bus.close());
  });

  it('needs nobody to move it when it advances by itself', async () => {
    const { bus, clock } = await room();
    const moving = clock.autoAdvance();
    await bus.start();
    const startMs = clock.now();
    await expect(bus.waitFor(CONVERTED, { timeoutMs: 600_000 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    expect(clock.now()).toBe(startMs + 600_000);
    await bus.close();
    await moving.stop();
  });
});
