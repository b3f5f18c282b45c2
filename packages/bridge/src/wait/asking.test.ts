import { fc, test } from '@fast-check/vitest';
import { MnsbusError, SeededRandom, VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { finished } from '../test-support/finished.js';
import type { Ask } from './asking.js';
import { RecentEvents } from './recent-events.js';
import { Waiters, type WaitOptions } from './waiters.js';

interface Room {
  readonly clock: VirtualClock;
  readonly waiters: Waiters;
  readonly recent: RecentEvents;
  /** When each question was asked, in milliseconds from the beginning. */
  readonly askedAtMs: number[];
  /** Waits for task `t`, answering each question by `answer`. */
  readonly wait: (
    answer: (asked: number, signal: AbortSignal) => ReturnType<Ask>,
    more?: WaitOptions,
  ) => Promise<DecodedEvent>;
}

function room(seed: string | number = 'asking'): Room {
  const clock = new VirtualClock(0);
  const recent = new RecentEvents(clock, 10, 60_000);
  const waiters = new Waiters({ clock, random: new SeededRandom(seed), recent });
  const askedAtMs: number[] = [];
  return {
    clock,
    waiters,
    recent,
    askedAtMs,
    wait: (answer, more) => {
      const ask: Ask = (signal) => {
        askedAtMs.push(clock.now());
        return answer(askedAtMs.length, signal);
      };
      return waiters.wait({ taskId: 't' }, { ask, timeoutMs: 3_600_000, ...more });
    },
  };
}

const notYet = async (): Promise<undefined> => undefined;

describe('a wait that may ask', () => {
  const times = fc.record({
    seed: fc.integer(),
    timeoutMs: fc.integer({ min: 1, max: 20_000_000 }),
    expectedMs: fc.integer({ min: 0, max: 20_000_000 }),
  });

  test.prop([times])(
    'asks half a minute after the end was expected, ever less often, and shortly before the time-out',
    async ({ seed, timeoutMs, expectedMs }) => {
      const { clock, wait, askedAtMs } = room(seed);
      const waiting = wait(notYet, { timeoutMs, expectedMs }).catch((thrown: unknown) => thrown);
      const error = await clock.runUntil(waiting);
      const message = expect.stringContaining(`Asked ${askedAtMs.length} times`);
      expect(error).toMatchObject({ code: 'WAIT_TIMEOUT', message });
      expect(clock.now()).toBe(timeoutMs);
      expect(clock.pendingTimers).toBe(0);
      const lastMs = timeoutMs - Math.min(30_000, timeoutMs / 10);
      expect(askedAtMs.at(-1)).toBeCloseTo(lastMs, 3);
      const planned = askedAtMs.slice(0, -1);
      for (const [index, atMs] of planned.entries()) {
        const pauseMs = Math.min(900_000, 30_000 * 2 ** index);
        const took = atMs - (planned[index - 1] ?? expectedMs);
        expect(took).toBeGreaterThanOrEqual(pauseMs * 0.9);
        expect(took).toBeLessThanOrEqual(pauseMs * 1.1);
      }
    },
  );

  it('resolves with the answer, and asks no more', async () => {
    const { clock, wait, askedAtMs } = room();
    const event = finished('t');
    expect(await clock.runUntil(wait(async (asked) => (asked === 3 ? event : undefined)))).toBe(event);
    expect([askedAtMs.length, clock.pendingTimers]).toEqual([3, 0]);
    expect(clock.now() / 1000).toBeCloseTo(30 + 60 + 120, -2);
  });

  it('takes the event that comes by itself, and lets go of the question that is open', async () => {
    const { clock, waiters, recent, wait } = room();
    let open: AbortSignal | undefined;
    const waiting = wait((_, signal) => {
      open = signal;
      return new Promise(() => {});
    });
    await clock.advanceBy(40_000);
    expect(open?.aborted).toBe(false);
    expect(waiters.offer(recent.note('m', finished('t')))).toBe(true);
    await waiting;
    expect([open?.aborted, clock.pendingTimers]).toEqual([true, 0]);
  });

  it('goes on asking when a question fails, whatever way, and one at a time', async () => {
    const { clock, wait, askedAtMs } = room();
    let open = 0;
    let most = 0;
    const event = finished('t');
    const waiting = wait(async (asked, signal) => {
      most = Math.max(most, (open += 1));
      try {
        if (asked === 1) throw new MnsbusError({ code: 'IMM_UNREACHABLE', message: 'away', retryable: true });
        if (asked === 2) throw new MnsbusError({ code: 'IMM_ERROR', message: 'refused' });
        if (asked === 3)
          return await new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
        if (asked === 4) return {} as never;
        if (asked === 5) return finished('another');
        return event;
      } finally {
        open -= 1;
      }
    });
    expect(await clock.runUntil(waiting)).toBe(event);
    expect([askedAtMs.length, most]).toEqual([6, 1]);
  });

  it('goes on when a question throws at once', async () => {
    const { clock, wait } = room();
    const event = finished('t');
    const waiting = wait((asked) => {
      if (asked === 1) throw new Error('at once');
      return Promise.resolve(event);
    });
    expect(await clock.runUntil(waiting)).toBe(event);
  });

  it('takes an answer that comes when its turn is over', async () => {
    const { clock, wait, askedAtMs } = room();
    const event = finished('t');
    const waiting = wait(
      (asked) =>
        new Promise((resolve) => {
          if (asked === 1) clock.after(70_000, () => resolve(event));
        }),
    );
    expect(await clock.runUntil(waiting)).toBe(event);
    expect([askedAtMs.length, clock.pendingTimers]).toEqual([1, 0]);
  });

  it.each<[string, (asked: number) => ReturnType<Ask>, string, unknown]>([
    [
      'what was refused for good, also when questions failed in passing since',
      async (asked) => {
        throw new MnsbusError(
          asked === 2
            ? { code: 'IMM_ERROR', message: 'forbidden' }
            : { code: 'IMM_UNREACHABLE', message: 'x', retryable: true },
        );
      },
      'Asking for it failed too: forbidden',
      { code: 'IMM_ERROR' },
    ],
    [
      'what failed last in passing',
      async (asked) => {
        throw new MnsbusError({ code: 'IMM_UNREACHABLE', message: `attempt ${asked}`, retryable: true });
      },
      'Asking for it failed too: attempt 4',
      { code: 'IMM_UNREACHABLE' },
    ],
    [
      'a question without an answer',
      () => new Promise<undefined>(() => {}),
      'no answer within 60000 ms',
      expect.any(Error),
    ],
    [
      'the number of questions, when the last was answered',
      async (asked) => {
        if (asked === 1) throw new Error('once');
        return undefined;
      },
      'Asked 4 times, it had not happened yet',
      undefined,
    ],
    [
      'the event of another task',
      async () => finished('another'),
      'the event that is waited for',
      { code: 'INVALID_ARGUMENT' },
    ],
  ])('tells in the error of the time-out: %s', async (_, answer, text, cause) => {
    const { clock, wait } = room();
    const error: unknown = await clock.runUntil(
      wait(answer, { timeoutMs: 300_000 }).catch((thrown: unknown) => thrown),
    );
    expect(error).toMatchObject({ code: 'WAIT_TIMEOUT', message: expect.stringContaining(text) });
    if (cause === undefined) expect(error).not.toHaveProperty('cause');
    else expect(error).toMatchObject({ cause });
  });

  it('asks for ever, ever less often, and does not keep a virtual clock running', async () => {
    const { clock, waiters, wait, askedAtMs } = room();
    const waiting = wait(notYet, { timeoutMs: Infinity });
    await clock.runUntilIdle();
    expect(askedAtMs).toEqual([]);
    await clock.advanceBy(86_400_000);
    expect(askedAtMs.length).toBeGreaterThan(80);
    expect(askedAtMs.length).toBeLessThan(120);
    waiters.close();
    await expect(waiting).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([[-1], [Number.NaN]])('refuses an expectation of %s', async (expectedMs) => {
    await expect(room().wait(notYet, { expectedMs })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('counts the event as handled that comes after its waiter has got it by asking', async () => {
    const { clock, waiters, recent, wait } = room();
    await clock.runUntil(wait(async () => finished('t')));
    await clock.advanceBy(86_400_000);
    expect(waiters.offer(recent.note('m1', finished('t')))).toBe(true);
    expect(waiters.offer(recent.note('m2', finished('another')))).toBe(false);
  });
});
