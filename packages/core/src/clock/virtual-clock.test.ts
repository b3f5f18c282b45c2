import { fc, it as prop } from '@fast-check/vitest';
import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { sleep } from './clock.js';
import { eventLoopTurn } from './system-clock.js';
import { VirtualClock } from './virtual-clock.js';

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await eventLoopTurn();
};

describe('VirtualClock', () => {
  it('starts where it is told and stands still', () => {
    expect(new VirtualClock(5).now()).toBe(5);
    expect(new VirtualClock().now()).toBe(Date.UTC(2026, 0, 1));
  });

  it('refuses a start that is no number', () => {
    expect(() => new VirtualClock(Number.NaN)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('runs a timer at its instant, not before', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    clock.after(100, () => seen.push(clock.now()));
    await clock.advanceBy(99);
    expect(seen).toEqual([]);
    await clock.advanceBy(1);
    expect(seen).toEqual([100]);
  });

  it('runs timers of the same instant in the order they were set', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    clock.after(10, () => seen.push('first'));
    clock.after(10, () => seen.push('second'));
    await clock.advanceBy(10);
    expect(seen).toEqual(['first', 'second']);
  });

  it('runs timers that timers set, within the same advance', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    const tick = (): void => {
      seen.push(clock.now());
      if (seen.length < 3) clock.after(10, tick);
    };
    clock.after(10, tick);
    await clock.advanceTo(100);
    expect(seen).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(100);
  });

  it('lets promise chains settle between two timers', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    void (async () => {
      await sleep(clock, 10);
      for (let step = 0; step < 50; step += 1) await Promise.resolve();
      seen.push(`woken at ${clock.now()}`);
    })();
    clock.after(11, () => seen.push('next timer'));
    await clock.advanceBy(20);
    expect(seen).toEqual(['woken at 10', 'next timer']);
  });

  it('never calls back synchronously, and treats a negative delay as none', async () => {
    const clock = new VirtualClock(7);
    let called = false;
    clock.after(-5, () => {
      called = true;
    });
    expect(called).toBe(false);
    await clock.advanceBy(0);
    expect(called).toBe(true);
    expect(clock.now()).toBe(7);
  });

  it('refuses a delay that is no number, and goes on', () => {
    expect(() => new VirtualClock(0).after(Number.NaN, () => {})).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('forgets a cancelled timer', async () => {
    const clock = new VirtualClock(0);
    let called = false;
    const timer = clock.after(10, () => {
      called = true;
    });
    expect(clock.nextDueMs).toBe(10);
    timer.cancel();
    timer.cancel();
    expect(clock.pendingTimers).toBe(0);
    expect(clock.nextDueMs).toBeUndefined();
    await clock.advanceBy(20);
    expect(called).toBe(false);
  });

  it.each([
    ['backwards', -1],
    ['by no number', Number.NaN],
  ])('refuses to move %s', async (_, deltaMs) => {
    const clock = new VirtualClock(0);
    await expect(clock.advanceBy(deltaMs)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(clock.now()).toBe(0);
  });

  it('refuses two advances at once, and works again afterwards', async () => {
    const clock = new VirtualClock(0);
    const first = clock.advanceBy(10);
    await expect(clock.advanceBy(10)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await first;
    await clock.advanceBy(10);
    expect(clock.now()).toBe(20);
  });

  describe('runUntil', () => {
    it('goes just far enough and returns the value', async () => {
      const clock = new VirtualClock(0);
      clock.after(1000, () => {});
      const value = await clock.runUntil(sleep(clock, 30).then(() => 'done'));
      expect(value).toBe('done');
      expect(clock.now()).toBe(30);
    });

    it('passes a rejection on', async () => {
      const clock = new VirtualClock(0);
      const failing = sleep(clock, 30).then(() => Promise.reject(new Error('no')));
      await expect(clock.runUntil(failing)).rejects.toThrow('no');
    });

    it('says so when nothing can settle the promise', async () => {
      const clock = new VirtualClock(0);
      await expect(clock.runUntil(new Promise(() => {}))).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    });

    it('gives up at its limit of virtual time', async () => {
      const clock = new VirtualClock(0);
      await expect(clock.runUntil(sleep(clock, 1001), 1000)).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
      expect(clock.now()).toBeLessThanOrEqual(1000);
    });
  });

  describe('next', () => {
    it('jumps to the next instant and runs all that is due then, and nothing later', async () => {
      const clock = new VirtualClock(0);
      const seen: string[] = [];
      clock.after(10, () => {
        seen.push('first');
        clock.after(0, () => seen.push('set at the same instant'));
      });
      clock.after(10, () => seen.push('second'));
      clock.after(11, () => seen.push('later'));
      expect(await clock.next()).toBe(10);
      expect(seen).toEqual(['first', 'second', 'set at the same instant']);
      expect(await clock.next()).toBe(11);
      expect(await clock.next()).toBeUndefined();
      expect(clock.now()).toBe(11);
    });
  });

  describe('runUntilIdle', () => {
    it('runs until nothing but background timers is left, and those on the way', async () => {
      const clock = new VirtualClock(0);
      const seen: number[] = [];
      const look = (): void => void clock.after(10, () => seen.push(clock.now()), { isBackground: true });
      look();
      clock.after(5, () => void clock.after(20, look));
      await clock.runUntilIdle();
      expect(seen).toEqual([10]);
      expect([clock.now(), clock.pendingTimers]).toEqual([25, 1]);
      const only = clock.after(1, () => {}, { isBackground: true });
      only.cancel();
      await clock.runUntilIdle();
      expect(clock.now()).toBe(25);
      await clock.advanceBy(10);
      expect([seen, clock.pendingTimers]).toEqual([[10, 35], 0]);
    });

    it('gives up when timers never end, and works again afterwards', async () => {
      const clock = new VirtualClock(0);
      let rung = 0;
      const again = (): void => {
        rung += 1;
        clock.after(1, again);
      };
      again();
      await expect(clock.runUntilIdle({ max: 7 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
      expect(rung).toBe(8);
      await clock.advanceBy(1);
      expect(rung).toBe(9);
    });

    it.each([0, 1.5, Number.NaN])('refuses %s timers', async (max) => {
      await expect(new VirtualClock().runUntilIdle({ max })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    });
  });

  describe('autoAdvance', () => {
    it('lets a test await what takes hours, and stands still when it is stopped', async () => {
      const clock = new VirtualClock(0);
      const moving = clock.autoAdvance();
      await sleep(clock, 3_600_000);
      // Nothing is set for a while: the next timer starts it again.
      for (let turn = 0; turn < 5; turn += 1) await eventLoopTurn();
      await sleep(clock, 5);
      await moving.stop();
      clock.after(1, () => {});
      await eventLoopTurn();
      expect([clock.now(), clock.pendingTimers]).toEqual([3_600_005, 1]);
      await clock.advanceBy(1);
      expect(clock.pendingTimers).toBe(0);
    });

    it('jumps only when nothing is running', async () => {
      const clock = new VirtualClock(0);
      const seen: number[] = [];
      const moving = clock.autoAdvance();
      clock.after(10, () => seen.push(clock.now()));
      await clock.hold(turns(20).then(() => seen.push(clock.now())));
      await sleep(clock, 100);
      await moving.stop();
      expect(seen).toEqual([0, 10]);
    });

    it('cannot run beside another advance, and tells whoever stops it what a timer threw', async () => {
      const clock = new VirtualClock(0);
      const moving = clock.autoAdvance();
      await expect(clock.advanceBy(1)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect(() => clock.autoAdvance()).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
      clock.after(1, () => {
        throw new Error('a timer failed');
      });
      for (let turn = 0; turn < 5; turn += 1) await eventLoopTurn();
      await expect(moving.stop()).rejects.toThrow('a timer failed');
      await clock.advanceBy(1);
    });
  });

  describe('quiescence', () => {
    it('lets no time pass while work is held', async () => {
      const clock = new VirtualClock(0);
      const seen: string[] = [];
      clock.after(10, () => {
        void clock.hold(turns(50)).then(() => seen.push(`held work ended at ${clock.now()}`));
      });
      clock.after(11, () => seen.push('next timer'));
      await clock.advanceBy(20);
      expect(seen).toEqual(['held work ended at 10', 'next timer']);
    });

    it('lets time pass while counted work waits for it', async () => {
      const clock = new VirtualClock(0);
      const work = async (): Promise<void> => {
        const resume = clock.activity.wait();
        await sleep(clock, 1000);
        resume();
        await turns(5);
      };
      await clock.runUntil(clock.activity.during(work()));
      expect(clock.now()).toBe(1000);
    });

    it('waits for a file that is being read, whatever the machine needs for it', async () => {
      const clock = new VirtualClock(0);
      const seen: string[] = [];
      clock.after(10, () => {
        void readFile(new URL(import.meta.url)).then(({ length }) => seen.push(`${length > 0} at ${clock.now()}`));
      });
      clock.after(11, () => seen.push('next timer'));
      await clock.advanceBy(20);
      expect(seen).toEqual(['true at 10', 'next timer']);
    });

    it('waits as many turns without news as somebody needs', async () => {
      const clock = new VirtualClock(0);
      clock.activity.needQuietTurns(8);
      const seen: string[] = [];
      // Nobody counts the turns between two requests.
      clock.after(10, () => {
        void (async () => {
          for (let request = 0; request < 5; request += 1) {
            await turns(6);
            await clock.activity.during(turns(1));
          }
          seen.push(`five requests by ${clock.now()}`);
        })();
      });
      clock.after(11, () => seen.push('next timer'));
      await clock.advanceBy(20);
      expect(seen).toEqual(['five requests by 10', 'next timer']);
    });
  });

  prop.prop([fc.array(fc.record({ delayMs: fc.integer({ min: 0, max: 50 }), cancelled: fc.boolean() }))])(
    'runs every timer that was not cancelled, in order of instant and setting',
    async (plan) => {
      const clock = new VirtualClock(0);
      const seen: { index: number; atMs: number }[] = [];
      const timers = plan.map(({ delayMs }, index) =>
        clock.after(delayMs, () => seen.push({ index, atMs: clock.now() })),
      );
      for (const [index, { cancelled }] of plan.entries()) if (cancelled) timers[index]?.cancel();
      await clock.advanceBy(50);
      const expected = plan
        .map(({ delayMs, cancelled }, index) => ({ index, atMs: delayMs, cancelled }))
        .filter(({ cancelled }) => !cancelled)
        .toSorted((a, b) => a.atMs - b.atMs || a.index - b.index)
        .map(({ index, atMs }) => ({ index, atMs }));
      expect(seen).toEqual(expected);
      expect(clock.pendingTimers).toBe(0);
    },
  );
});

describe('a time of day that is set', () => {
  const step = fc.record({ advanceMs: fc.integer({ min: 0, max: 50 }), stepMs: fc.integer({ min: -1e9, max: 1e9 }) });

  prop.prop([fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 10 }), fc.array(step, { maxLength: 10 })])(
    'moves no timer, however often it is set',
    async (delays, steps) => {
      const clock = new VirtualClock(0);
      const seen: unknown[] = [];
      for (const [index, delayMs] of delays.entries())
        clock.after(delayMs, () => seen.push([clock.monotonic(), index]));
      await clock.advanceBy(0);
      let aheadMs = 0;
      let passedMs = 0;
      for (const { advanceMs, stepMs } of steps) {
        clock.stepWall(stepMs);
        aheadMs += stepMs;
        await clock.advanceBy(advanceMs);
        passedMs += advanceMs;
        expect([clock.now(), clock.monotonic()]).toEqual([passedMs + aheadMs, passedMs]);
      }
      const left = delays.filter((delayMs) => delayMs > passedMs);
      expect(clock.nextDueMs).toBe(left.length === 0 ? undefined : Math.min(...left) + aheadMs);
      await clock.runUntilIdle();
      const due = delays.map((delayMs, index) => [delayMs, index] as const);
      expect(seen).toEqual(due.toSorted(([a, i], [b, j]) => a - b || i - j));
    },
  );

  it('counts in where the time is to be moved to', async () => {
    const clock = new VirtualClock(1000);
    clock.stepWall(-600);
    await expect(clock.advanceTo(399)).rejects.toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    await clock.advanceTo(410);
    expect([clock.now(), clock.monotonic()]).toEqual([410, 1010]);
    clock.after(5, () => {});
    expect(await clock.next()).toBe(415);
  });

  it('is not set to what is no number', () => {
    const clock = new VirtualClock(5);
    expect(() => clock.stepWall(Number.NaN)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(clock.now()).toBe(5);
  });
});

describe('sleep', () => {
  it('ends early when the signal aborts, leaving no timer', async () => {
    const clock = new VirtualClock(0);
    const controller = new AbortController();
    const sleeping = sleep(clock, 1000, controller.signal);
    controller.abort();
    await sleeping;
    expect(clock.pendingTimers).toBe(0);
    expect(clock.now()).toBe(0);
  });

  it('takes its listener off the signal when it ends by itself', async () => {
    const clock = new VirtualClock(0);
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    await clock.runUntil(sleep(clock, 10, signal));
    expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
  });

  it('does not begin when the signal has aborted already', async () => {
    const clock = new VirtualClock(0);
    await sleep(clock, 1000, AbortSignal.abort());
    expect(clock.pendingTimers).toBe(0);
  });
});
