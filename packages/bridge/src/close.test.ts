import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SystemClock, VirtualClock } from '@mnsbus/core';
import { createEmulator, listen } from '@mnsbus/emulator';
import { describe, expect, it } from 'vitest';
import { createBridge } from './bridge.js';
import type { BridgeStatus } from './status/bridge-status.js';
import { callerOf, transportOf, mountDirect, mounts } from './test-support/mounts.js';
import {
  QUEUE,
  countMessages,
  createQueue,
  createResources,
  eventText,
  publish,
  send,
} from './test-support/resources.js';

const CONVERTED = 'FormatConvertJob:JobFinished';

describe('I29, Contract 7: close()', () => {
  it.each(['http', 'msw'] as const)('ends an open long poll of 30 s within 200 ms over the %s mount', async (door) => {
    const mounted = await mounts[door]({ imm: { durationMs: 0 } });
    await createResources(mounted);
    const bus = mounted.bridge({ queueName: QUEUE, waitSeconds: 30 });
    await bus.start();
    const clock = new SystemClock();
    const startedMs = clock.now();
    await bus.close();
    expect(clock.now() - startedMs).toBeLessThan(200);
    await mounted.close();
  });

  it('ends it at once on the virtual clock, leaving no timer', async () => {
    const mounted = mountDirect();
    const { clock, until } = mounted;
    await until(createResources(mounted));
    const bus = mounted.bridge({ queueName: QUEUE, waitSeconds: 30 });
    await until(bus.start());
    await clock.advanceBy(1000);
    const closedMs = clock.now();
    await bus.close();
    expect(clock.now()).toBe(closedMs);
    await mounted.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('lets the process end by itself', async () => {
    const file = new URL('test-support/close-in-long-poll.mjs', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', file], { timeout: 10_000 });
    expect(stdout.trim()).toMatch(/^closed after \d+ ms$/);
  });

  it('lets running listeners finish, then deletes what they handled', async () => {
    const mounted = mountDirect();
    const { clock, until } = mounted;
    await until(createResources(mounted));
    const bus = mounted.bridge({ queueName: QUEUE });
    const seen: string[] = [];
    bus.on(CONVERTED, async ({ data }) => {
      await new Promise<void>((resolve) => void clock.after(3000, resolve));
      seen.push(data.taskId);
    });
    await until(bus.start());
    await until(publish(mounted, eventText('t1')));
    await clock.advanceBy(100);
    const closing = bus.close();
    await clock.advanceBy(1000);
    // A probe that fails now would have the process killed in the middle of its work.
    expect(bus.health()).toMatchObject({ state: 'closing', healthy: true, receiving: false });
    await until(closing);
    expect(bus.health()).toMatchObject({ state: 'closed', healthy: false, receiving: false });
    expect(seen).toEqual(['t1']);
    expect(await until(countMessages(mounted))).toEqual({ active: 0, inactive: 0 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up on a listener at the deadline: aborts its signal, and the message comes again elsewhere', async () => {
    const mounted = mountDirect();
    const { clock, until } = mounted;
    await until(createResources(mounted));
    const bus = mounted.bridge({ queueName: QUEUE });
    const statuses: BridgeStatus[] = [];
    const feed = bus.status();
    let aborted = false;
    bus.on(CONVERTED, (_, { signal }) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => {});
    });
    await until(bus.start());
    await until(publish(mounted, eventText('t1')));
    await clock.advanceBy(100);
    const closingMs = clock.now();
    await until(bus.close({ deadlineMs: 500 }));
    expect(clock.now() - closingMs).toBe(500);
    expect(aborted).toBe(true);
    for await (const status of feed) statuses.push(status);
    expect(statuses.map(({ type }) => type)).toEqual(['started', 'abandoned', 'closed']);
    expect(clock.pendingTimers).toBe(0);

    const other = mounted.bridge({ queueName: QUEUE });
    await until(other.start());
    const event = await until(other.waitFor({ taskId: 't1' }));
    expect(event.data.taskId).toBe('t1');
    await until(other.close());
  });

  it('gives back at once what has arrived when it closes, at whichever step of its way', async () => {
    const left: { active: number; inactive: number }[] = [];
    for (let steps = 0; steps < 40; steps += 1) {
      let closing: Promise<void> | undefined;
      let armed = false;
      const mounted = mountDirect({}, (handle) => async (request) => {
        const reply = await handle(request);
        if (armed && request.method === 'GET' && reply.status === 200) {
          armed = false;
          void (async () => {
            for (let step = 0; step < steps; step += 1) await Promise.resolve();
            closing = bus.close();
          })();
        }
        return reply;
      });
      const { clock, until } = mounted;
      await until(createResources(mounted));
      const bus = mounted.bridge({ queueName: QUEUE });
      let calls = 0;
      bus.on(CONVERTED, () => void (calls += 1));
      await until(bus.start());
      armed = true;
      await until(publish(mounted, eventText('t1')));
      await clock.advanceBy(10);
      await until(closing ?? expect.fail('the poll was not answered'));
      await clock.advanceBy(1000);
      // Handled and deleted, or neither: never one without the other.
      const { active, inactive } = await until(countMessages(mounted));
      expect(active + inactive).toBe(calls === 0 ? 1 : 0);
      if (calls === 0) left.push({ active, inactive });
      await mounted.close();
    }
    expect(left).toContainEqual({ active: 1, inactive: 0 });
  });

  it('does not wait for ever for a service that no longer answers', async () => {
    let silent = false;
    const mounted = mountDirect({}, (handle) => (request) => (silent ? new Promise(() => {}) : handle(request)));
    const { clock, until } = mounted;
    await until(createResources(mounted));
    const bus = mounted.bridge({ queueName: QUEUE });
    const feed = bus.status();
    bus.on(CONVERTED, () => {
      silent = true;
    });
    await until(bus.start());
    await until(publish(mounted, eventText('t1')));
    await clock.advanceBy(10);
    const closingMs = clock.now();
    await until(bus.close());
    expect(clock.now() - closingMs).toBe(2000);
    const statuses: BridgeStatus[] = [];
    for await (const status of feed) statuses.push(status);
    expect(statuses.map(({ type }) => type)).toEqual(['started', 'settle-failed', 'closed']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('cuts the sockets that still wait for an answer', async () => {
    const emulator = createEmulator();
    let arrived = (): void => {};
    const deleting = new Promise<void>((resolve) => (arrived = resolve));
    const server = await listen({
      ...emulator,
      handle: (request) => {
        if (request.method !== 'DELETE') return emulator.handle(request);
        arrived();
        return new Promise(() => {});
      },
    });
    const { accountId, accessKeyId, accessKeySecret } = emulator;
    const mns = { accountId, accessKeyId, accessKeySecret, endpoint: server.endpoint };
    const clock = new VirtualClock(new SystemClock().now());
    const admin = { mns: callerOf(transportOf(mns, clock)) };
    await createQueue(admin, QUEUE);
    await send(admin, eventText('t1'));
    const bus = createBridge({ mns, queueName: QUEUE, clock });
    bus.on(CONVERTED, () => {});
    await bus.start();
    const closing = bus.close();
    await deleting;
    await clock.advanceBy(2000);
    await closing;
    expect(clock.pendingTimers).toBe(0);
    await server.close();
  });

  it('ends waits, refuses new ones, and can be called again', async () => {
    const mounted = mountDirect();
    const { until } = mounted;
    await until(createResources(mounted));
    const bus = mounted.bridge({ queueName: QUEUE });
    await until(bus.start());
    const waiting = bus.waitFor('unknown');
    const closing = bus.close();
    await expect(waiting).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' });
    expect(bus.close()).toBe(closing);
    await closing;
    await expect(bus.start()).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' });
    await expect(bus.waitFor('unknown')).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' });
  });

  it('closes a bridge that was never started, and one that is starting', async () => {
    const mounted = mountDirect();
    const { until } = mounted;
    await mounted.bridge({ queueName: QUEUE }).close();
    await until(createResources(mounted));
    const bus = mounted.bridge({ queueName: QUEUE });
    const starting = bus.start();
    const closing = bus.close();
    await expect(until(starting)).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' });
    await until(closing);
    expect(mounted.clock.pendingTimers).toBe(0);
  });

  it.each([[-1], [Number.NaN]])('refuses a deadline of %s and stays open', async (deadlineMs) => {
    const mounted = mountDirect();
    await mounted.until(createResources(mounted));
    const bus = mounted.bridge({ queueName: QUEUE });
    await expect(bus.close({ deadlineMs })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await mounted.until(bus.start());
    await mounted.until(bus.close());
  });
});

describe('close() while start() is under way', () => {
  const HANGS: readonly (readonly [string, Parameters<ReturnType<typeof mountDirect>['bridge']>[0]])[] = [
    ['looks for the dead-letter queue', { queueName: QUEUE, deadLetterQueue: 'dead' }],
    ['asks for the first time', { queueName: QUEUE }],
  ];

  it.each(HANGS.flatMap(([what, options]) => [0, 1500].map((deadlineMs) => [what, deadlineMs, options] as const)))(
    'ends in time while it %s and nobody answers, with a deadline of %d ms',
    async (_, deadlineMs, options) => {
      let silent = false;
      const mounted = mountDirect({}, (handle) => (request) => (silent ? new Promise(() => {}) : handle(request)));
      const { clock, until } = mounted;
      await until(createResources(mounted));
      await until(createQueue(mounted, 'dead'));
      const bus = mounted.bridge(options);
      bus.on('*', () => {});
      silent = true;
      const started = bus.start().then(
        () => 'resolved',
        ({ code }: { code: string }) => code,
      );
      await clock.advanceBy(200);
      const closingMs = clock.now();
      await until(bus.close({ deadlineMs }));
      expect(clock.now() - closingMs).toBeLessThanOrEqual(deadlineMs + 2000);
      expect(await until(started)).toMatch(/^(?:BRIDGE_CLOSED|resolved)$/);
      expect(clock.pendingTimers).toBe(0);
    },
  );

  it.each([10, 100, 199, 200, 300, 399, 400, 450])(
    'gives back what the first poll had been handed out, on a slow network, %d ms after it began',
    async (atMs) => {
      const pause = (): Promise<void> => new Promise((resolve) => void mounted.clock.after(200, resolve));
      let isSlow = false;
      const mounted: ReturnType<typeof mountDirect> = mountDirect({}, (handle) => async (request) => {
        if (!isSlow) return handle(request);
        await pause();
        const reply = await handle(request);
        await pause();
        return reply;
      });
      const { clock, until } = mounted;
      await until(createResources(mounted));
      for (const taskId of ['a', 'b', 'c']) await until(send(mounted, eventText(taskId)));
      const bus = mounted.bridge({ queueName: QUEUE });
      const seen: string[] = [];
      bus.on(CONVERTED, ({ data }) => void seen.push(data.taskId));
      isSlow = true;
      bus.start().catch(() => {});
      await clock.advanceBy(atMs);
      await until(bus.close({ deadlineMs: 1000 }));
      isSlow = false;
      // Handled and deleted, or to be received again within a second; nothing is hidden for half a minute.
      await clock.advanceBy(1500);
      expect(await until(countMessages(mounted))).toEqual({ active: 3 - seen.length, inactive: 0 });
    },
  );
});
