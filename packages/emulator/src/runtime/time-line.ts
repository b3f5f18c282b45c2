import { monotonicMs, type Activity, type Clock, type Timer, type TimerOptions } from '@mnsbus/core';

/** A time line as data. */
export interface TimeRecord {
  /** From which instant of the line on the wall clock was behind it by how much, in milliseconds, oldest first. Absent while it never was. */
  readonly steps?: readonly TimeStep[];
  /** The last instant of the line that is known of: whoever goes on from this record goes on from there, or from later. */
  readonly lastMs?: number;
}

/** An instant of the line, and by how much the wall clock is behind the line from there on. */
export type TimeStep = readonly [sinceMs: number, behindMs: number];

/** How many corrections of the wall clock are remembered; what was before them is named by the oldest. */
export const MOST_STEPS = 100;

/** By how much two clocks that are read one after the other differ although none was set, in milliseconds. */
const READING_MS = 5;

/** How fast the clocks of a machine drift apart at most, by themselves, and the most that counts as drift, in milliseconds. */
const DRIFT = 1 / 2000;
const MOST_DRIFT_MS = 50;

/** After how many milliseconds drift is forgotten. */
const DRIFT_MEMORY_MS = 60_000;

/**
 * The time by which an emulator orders what happens: it goes as the monotonic reading of its clock, and never back.
 *
 * It is the wall clock's time as long as nobody sets that. When it is set, by seconds or days, the line goes on as if
 * nothing had happened: no lease, delay or task ends earlier or later. Instants are kept by the line and named by the
 * wall: those that are over as it named them then, those to come as it will.
 */
export class TimeLine implements Clock {
  /** The clock that it is made of: what time it is for everybody else. */
  readonly wall: Clock;
  readonly activity?: Activity;
  readonly #stepped: () => void;
  #steps: TimeStep[] = [[0, 0]];
  #behindMs = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #base: Reading;

  /** `stepped` is told when the wall clock has been set. */
  constructor(wall: Clock, stepped: () => void = () => {}) {
    this.wall = wall;
    this.#stepped = stepped;
    this.#base = read(wall);
    if (wall.activity !== undefined) this.activity = wall.activity;
  }

  /** The instant of the line that is now: milliseconds since 1970, if nobody had set the clock. */
  now(): number {
    let reading = { monotonicMs: monotonicMs(this.wall), wallMs: this.wall.now() };
    if (this.#isSet(reading)) {
      // Read once more: what came between the two readings looks like a clock that was set.
      reading = read(this.wall);
      if (this.#isSet(reading)) this.#step(reading, this.#backBy(reading));
    }
    if (reading.monotonicMs - this.#base.monotonicMs > DRIFT_MEMORY_MS) this.#base = reading;
    this.#lastMs = Math.max(this.#lastMs, reading.wallMs + this.#behindMs);
    return this.#lastMs;
  }

  after(delayMs: number, callback: () => void, options?: TimerOptions): Timer {
    return this.wall.after(delayMs, callback, options);
  }

  /** What the wall clock calls an instant of the line, in milliseconds since 1970. */
  nameOf(lineMs: number): number {
    for (let index = this.#steps.length - 1; index > 0; index -= 1) {
      const [sinceMs, behindMs] = this.#steps[index] ?? NO_STEP;
      if (lineMs >= sinceMs) return lineMs - behindMs;
    }
    return lineMs - (this.#steps[0] ?? NO_STEP)[1];
  }

  /** The same data with its instants, the members called `…AtMs`, as the wall clock calls them; of a list or page, those of its items. */
  named<T>(data: T): T;
  named(data: unknown): unknown {
    if (this.#steps.length === 1 && this.#behindMs === 0) return data;
    if (Array.isArray(data)) return data.map((item: unknown) => this.named(item));
    if (typeof data !== 'object' || data === null) return data;
    return Object.fromEntries(
      Object.entries(data).map(([name, value]: readonly [string, unknown]) => [name, this.#namedMember(name, value)]),
    );
  }

  /** The line as data; with `isEnding`, so that whoever takes it up later goes on from now and not from before. */
  record(isEnding: boolean): TimeRecord {
    const nowMs = this.now();
    const hasSteps = this.#steps.length > 1 || this.#behindMs !== 0;
    return {
      ...(hasSteps ? { steps: [...this.#steps] } : {}),
      ...(isEnding ? { lastMs: nowMs } : {}),
    };
  }

  /**
   * Goes on where a checked record ends. What the wall clock says to have passed since has passed; when it was set back
   * meanwhile, nothing has.
   */
  restore({ steps = [[0, 0]], lastMs = Number.NEGATIVE_INFINITY }: TimeRecord): void {
    this.#steps = steps.slice(-MOST_STEPS);
    this.#behindMs = (this.#steps.at(-1) ?? NO_STEP)[1];
    this.#base = read(this.wall);
    this.#lastMs = lastMs;
    const backMs = lastMs - this.#base.wallMs - this.#behindMs;
    if (backMs > 0) this.#step(this.#base, Math.ceil(backMs));
  }

  /** Whether the two times of the clock have come apart further than they do by themselves. */
  #isSet(reading: Reading): boolean {
    const drift = Math.min((reading.monotonicMs - this.#base.monotonicMs) * DRIFT, MOST_DRIFT_MS);
    return Math.abs(this.#backBy(reading)) > READING_MS + drift;
  }

  /** By how much the wall clock was set back since the base was read; negative for forward. */
  #backBy({ wallMs, monotonicMs: nowMs }: Reading): number {
    if (this.wall.monotonic !== undefined) return nowMs - this.#base.monotonicMs - (wallMs - this.#base.wallMs);
    // Nothing tells a clock that was set forward from one that went on.
    return Math.max(0, this.#lastMs - wallMs - this.#behindMs);
  }

  #step(reading: Reading, backMs: number): void {
    this.#base = reading;
    this.#behindMs += Math.round(backMs);
    const sinceMs = Math.max(this.#lastMs, reading.wallMs + this.#behindMs);
    // The first stands for all that was before: it is never replaced.
    if (this.#steps.length > 1 && this.#steps.at(-1)?.[0] === sinceMs) this.#steps.pop();
    this.#steps.push([sinceMs, this.#behindMs]);
    if (this.#steps.length > MOST_STEPS) this.#steps.shift();
    this.#stepped();
  }

  #namedMember(name: string, value: unknown): unknown {
    if (typeof value === 'number' && name.endsWith('AtMs')) return this.nameOf(value);
    return LISTS.has(name) ? this.named(value) : value;
  }
}

/** The members in which a result has its items. */
const LISTS: ReadonlySet<string> = new Set(['items', 'messages']);

const NO_STEP: TimeStep = [0, 0];

/** Both times of a clock at one instant. */
interface Reading {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Reads both at once, as nearly as can be. */
function read(clock: Clock): Reading {
  for (let attempt = 1; ; attempt += 1) {
    const beforeMs = monotonicMs(clock);
    const wallMs = clock.now();
    if (attempt === 3 || monotonicMs(clock) - beforeMs <= 1) return { wallMs, monotonicMs: beforeMs };
  }
}
