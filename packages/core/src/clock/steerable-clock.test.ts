import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { monotonicMs, sleep, type Clock, type Timer } from './clock.js';
import { CLOCK_MODES, SteerableClock, type ClockMode } from './steerable-clock.js';
import { VirtualClock } from './virtual-clock.js';

const START_MS = 1_000_000;

function clockIn(mode: ClockMode): { readonly machine: VirtualClock; readonly clock: SteerableClock } {
  const machine = new VirtualClock(START_MS);
  return { machine, clock: new SteerableClock({ mode, machine }) };
}

describe('SteerableClock', () => {
  it('is the machine clock unless it is told otherwise', async () => {
    const machine = new VirtualClock(START_MS);
    const clock = new SteerableClock({ machine });
    const seen: number[] = [];
    clock.after(10, () => seen.push(clock.now()));
    await machine.advanceBy(30);
    expect(clock).toMatchObject({ mode: 'real', offsetMs: 0, pendingTimers: 0 });
    expect(clock.now()).toBe(START_MS + 30);
    expect(seen).toEqual([START_MS + 10]);
  });

  it('has a reading that grows with every jump and never goes back', async () => {
    const { machine, clock } = clockIn('offset');
    const startMs = monotonicMs(clock);
    const sinceStart = (): number => monotonicMs(clock) - startMs;
    await machine.advanceBy(10);
    expect(sinceStart()).toBe(10);
    await clock.advanceBy(3_600_000);
    expect(sinceStart()).toBe(3_600_010);
    // The time itself goes back by an hour.
    await clock.setMode('real');
    expect(clock.now()).toBe(START_MS + 10);
    expect(sinceStart()).toBe(3_600_010);
    await clock.setMode('frozen');
    await machine.advanceBy(5);
    expect(sinceStart()).toBe(3_600_010);
    await clock.advanceBy(7);
    expect(sinceStart()).toBe(3_600_017);
    await clock.setMode('offset');
    await machine.advanceBy(3);
    expect(sinceStart()).toBe(3_600_020);
  });

  it('starts on the system clock by default', () => {
    const before = new SteerableClock().now();
    expect(new SteerableClock({ mode: 'frozen' }).now()).toBeGreaterThanOrEqual(before);
  });

  it('starts where it is told', async () => {
    const machine = new VirtualClock(START_MS);
    const offset = new SteerableClock({ mode: 'offset', startMs: 5, machine });
    const frozen = new SteerableClock({ mode: 'frozen', startMs: 7, machine });
    await machine.advanceBy(1);
    expect([offset.now(), frozen.now()]).toEqual([6, 7]);
  });

  it.each([
    [{ mode: 'fast' }, 'mode'],
    [{ mode: 'frozen', startMs: Number.NaN }, 'startMs'],
    [{ mode: 'real', startMs: 5 }, 'startMs'],
    [{ startMs: 5 }, 'startMs'],
  ])('refuses %j', (options, name) => {
    expect(() => new SteerableClock(options as { mode: ClockMode })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(name) }),
    );
  });

  it('cannot be advanced in mode real', async () => {
    const { clock } = clockIn('real');
    await expect(clock.advanceBy(1)).rejects.toMatchObject({ code: 'CLOCK_NOT_STEERABLE' });
    await expect(clock.advanceTo(START_MS + 1)).rejects.toMatchObject({ code: 'CLOCK_NOT_STEERABLE' });
    expect(clock.now()).toBe(START_MS);
  });

  it('refuses an unknown mode, and stays in its own', async () => {
    const { clock } = clockIn('offset');
    await expect(clock.setMode('fast' as ClockMode)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(clock.mode).toBe('offset');
  });

  it.each(['offset', 'frozen'] as const)('refuses to go back, or nowhere, in mode %s', async (mode) => {
    const { clock } = clockIn(mode);
    for (const deltaMs of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(clock.advanceBy(deltaMs)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      await expect(clock.advanceTo(START_MS + deltaMs)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
    expect(clock.now()).toBe(START_MS);
  });

  it('refuses a delay that is no number', () => {
    expect(() => clockIn('frozen').clock.after(Number.NaN, () => {})).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('stands still while frozen, whatever the machine does', async () => {
    const { machine, clock } = clockIn('frozen');
    let called = false;
    clock.after(10, () => {
      called = true;
    });
    await machine.advanceBy(1000);
    expect({ called, nowMs: clock.now(), pending: machine.pendingTimers }).toEqual({
      called: false,
      nowMs: START_MS,
      pending: 0,
    });
    expect(clock.nextDueMs).toBe(START_MS + 10);
  });

  it('lets promise chains settle between two timers of one jump', async () => {
    const { clock } = clockIn('offset');
    const seen: string[] = [];
    void (async () => {
      await sleep(clock, 10);
      for (let step = 0; step < 50; step += 1) await Promise.resolve();
      seen.push(`woken at ${clock.now()}`);
    })();
    clock.after(11, () => seen.push('next timer'));
    await clock.advanceBy(20);
    expect(seen).toEqual([`woken at ${START_MS + 10}`, 'next timer']);
  });

  it('carries out overlapping jumps and changes of mode one after the other', async () => {
    const { clock } = clockIn('frozen');
    const seen: number[] = [];
    clock.after(15, () => seen.push(clock.now() - START_MS));
    await Promise.all([clock.advanceBy(10), clock.setMode('offset'), clock.advanceBy(10), clock.advanceBy(10)]);
    expect(seen).toEqual([15]);
    expect(clock.now()).toBe(START_MS + 30);
    expect(clock.mode).toBe('offset');
  });

  it('passes on what a callback throws, and goes on from that instant', async () => {
    for (const mode of ['offset', 'frozen'] as const) {
      const { clock } = clockIn(mode);
      const seen: number[] = [];
      clock.after(10, () => {
        throw new Error('no');
      });
      clock.after(20, () => seen.push(clock.now()));
      await expect(clock.advanceBy(100)).rejects.toThrow('no');
      expect(clock.now()).toBe(START_MS + 10);
      await clock.advanceBy(10);
      expect(seen).toEqual([START_MS + 20]);
    }
  });

  it('keeps the time when it is frozen and when it thaws into offset', async () => {
    const { machine, clock } = clockIn('real');
    await clock.setMode('frozen');
    await machine.advanceBy(500);
    await clock.advanceBy(50);
    await clock.setMode('offset');
    expect({ nowMs: clock.now(), offsetMs: clock.offsetMs }).toEqual({ nowMs: START_MS + 50, offsetMs: -450 });
    await machine.advanceBy(5);
    expect(clock.now()).toBe(START_MS + 55);
  });

  it('catches up with the machine in order when it becomes real', async () => {
    const { machine, clock } = clockIn('frozen');
    const seen: number[] = [];
    clock.after(20, () => seen.push(clock.now()));
    clock.after(10, () => seen.push(clock.now()));
    await machine.advanceBy(1000);
    await clock.setMode('real');
    expect(seen).toEqual([START_MS + 10, START_MS + 20]);
    expect(clock.now()).toBe(START_MS + 1000);
  });

  it('lets no timer wait longer because becoming real takes the time back', async () => {
    const { machine, clock } = clockIn('offset');
    await clock.advanceBy(1000);
    const seen: number[] = [];
    clock.after(10, () => seen.push(clock.now()));
    await clock.setMode('real');
    expect(clock.now()).toBe(START_MS);
    expect(clock.nextDueMs).toBe(START_MS + 10);
    await machine.advanceBy(9);
    expect(seen).toEqual([]);
    await machine.advanceBy(1);
    expect(seen).toEqual([START_MS + 10]);
  });

  it.each(['real', 'offset', 'frozen'] as const)(
    'rings as if nobody had set the machine’s clock, in mode %s',
    async (mode) => {
      const { machine, clock } = clockIn(mode);
      const seen: string[] = [];
      const ring = (name: string) => () => void seen.push(name);
      clock.after(1000, ring('first'));
      machine.stepWall(-7_200_000);
      clock.after(900, ring('sooner'));
      machine.stepWall(86_400_000);
      clock.after(1100, ring('later'));
      if (mode === 'real') await clock.setMode('offset');
      await clock.advanceBy(999);
      expect(seen).toEqual(['sooner']);
      await clock.advanceBy(101);
      expect(seen).toEqual(['sooner', 'first', 'later']);
    },
  );
});

interface Program {
  readonly set: { readonly delayMs: number; readonly thenMs: readonly number[] };
  readonly cancel: number;
  readonly advance: number;
  readonly advanceTo: number;
  readonly machine: number;
}
type Step = { readonly [K in keyof Program]: { readonly type: K; readonly value: Program[K] } }[keyof Program];

const delay = fc.integer({ min: -5, max: 60 });
const stepOf = <K extends keyof Program>(type: K, value: fc.Arbitrary<Program[K]>): fc.Arbitrary<Step> =>
  value.map((drawn) => ({ type, value: drawn }) as Step);
const steps = fc.array(
  fc.oneof(
    stepOf('set', fc.record({ delayMs: delay, thenMs: fc.array(delay, { maxLength: 3 }) })),
    stepOf('cancel', fc.nat(20)),
    stepOf('advance', fc.nat(100)),
    stepOf('advanceTo', fc.nat(100)),
    stepOf('machine', fc.nat(100)),
  ),
  { maxLength: 40 },
);

/** Sets timers, some of which set others, and cancels them; tells what ran, and at which time. */
class Traffic {
  readonly seen: string[] = [];
  readonly #clock: Clock;
  readonly #timers: Timer[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set({ delayMs, thenMs }: Program['set']): void {
    const name = this.#timers.length;
    const [first, ...rest] = thenMs;
    this.#timers.push(
      this.#clock.after(delayMs, () => {
        this.seen.push(`${name} at ${this.#clock.now()}`);
        if (first !== undefined) this.set({ delayMs: first, thenMs: rest });
        void Promise.resolve().then(() => this.seen.push(`settled ${name} at ${this.#clock.now()}`));
      }),
    );
  }

  cancel(index: number): void {
    this.#timers[index]?.cancel();
  }
}

describe('against VirtualClock', () => {
  const modes = fc.array(fc.tuple(fc.nat(40), fc.constantFrom<ClockMode>('offset', 'frozen')));

  // While the mode is not real, a steerable clock is a virtual one that a moving machine moves, too.
  prop.prop([steps, modes, fc.constantFrom<ClockMode>('offset', 'frozen')])(
    'runs the same timers at the same times in the same order, under any mix of jumps, machine time and modes',
    async (program, changes, first) => {
      const { machine, clock } = clockIn(first);
      const model = new VirtualClock(START_MS);
      const [tested, expected] = [new Traffic(clock), new Traffic(model)];
      for (const [index, { type, value }] of program.entries()) {
        for (const [at, mode] of changes) if (at === index) await clock.setMode(mode);
        if (type === 'set') {
          tested.set(value);
          expected.set(value);
        } else if (type === 'cancel') {
          tested.cancel(value);
          expected.cancel(value);
        } else if (type === 'machine') {
          await machine.advanceBy(value);
          if (clock.mode === 'offset') await model.advanceBy(value);
        } else if (type === 'advance') {
          await clock.advanceBy(value);
          await model.advanceBy(value);
        } else {
          await clock.advanceTo(clock.now() + value);
          await model.advanceTo(model.now() + value);
        }
        expect(tested.seen).toEqual(expected.seen);
        expect([clock.now(), clock.nextDueMs, clock.pendingTimers]).toEqual([
          model.now(),
          model.nextDueMs,
          model.pendingTimers,
        ]);
        expect(machine.pendingTimers).toBe(clock.mode === 'frozen' ? 0 : clock.pendingTimers);
      }
    },
  );

  prop.prop([steps, fc.array(fc.tuple(fc.nat(40), fc.constantFrom(...CLOCK_MODES)))])(
    'runs every timer that is not cancelled exactly once, and none before its time, in any modes',
    async (program, changes) => {
      const { machine, clock } = clockIn('real');
      const runs = new Map<number, number>();
      const timers: Timer[] = [];
      const cancelled = new Set<number>();
      for (const [index, { type, value }] of program.entries()) {
        for (const [at, mode] of changes) if (at === index) await clock.setMode(mode);
        if (type === 'set') {
          const name = timers.length;
          const dueMs = clock.monotonic() + Math.max(0, value.delayMs);
          timers.push(
            clock.after(value.delayMs, () => {
              runs.set(name, (runs.get(name) ?? 0) + 1);
              expect(clock.monotonic()).toBeGreaterThanOrEqual(dueMs);
            }),
          );
        } else if (type === 'cancel') {
          timers[value]?.cancel();
          if (timers[value] !== undefined && !runs.has(value)) cancelled.add(value);
        } else if (type === 'machine' || clock.mode === 'real') {
          await machine.advanceBy(value);
        } else {
          await clock.advanceBy(value);
        }
      }
      await clock.setMode('offset');
      await clock.advanceBy(10_000);
      expect(clock.pendingTimers).toBe(0);
      expect([...runs.values()].every((count) => count === 1)).toBe(true);
      expect(runs.size).toBe(timers.length - cancelled.size);
    },
  );
});
