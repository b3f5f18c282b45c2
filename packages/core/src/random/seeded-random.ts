import { createHash, randomInt } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { invalidArgument } from '../errors.js';

/**
 * Reproducible randomness: a seed, and named forks of it that never share a stream.
 *
 * A fork depends only on the seed and its name, not on what was drawn before, so adding a draw
 * in one place moves nothing in another.
 */
export class SeededRandom {
  /** The text that replays this source. */
  readonly seed: string;
  #generator: ReturnType<typeof xoroshiro128plusFromState>;
  #isDrawn = false;

  constructor(seed: string | number) {
    this.seed = String(seed);
    this.#generator = firstGenerator(this.seed);
  }

  /** How far the stream has come: four 32-bit integers for {@link resume}; `undefined` while nothing was drawn. */
  get state(): readonly number[] | undefined {
    return this.#isDrawn ? this.#generator.getState() : undefined;
  }

  /** Goes on from a {@link state}, or from the start. Throws `INVALID_ARGUMENT` unless it is one. */
  resume(state: readonly number[] | undefined): void {
    if (
      state !== undefined &&
      !(state.length === 4 && state.every((part) => Number.isInteger(part) && part === (part | 0)))
    ) {
      throw invalidArgument('state', 'four 32-bit integers', state);
    }
    this.#generator = state === undefined ? firstGenerator(this.seed) : xoroshiro128plusFromState(state);
    this.#isDrawn = state !== undefined;
  }

  /** A source of its own for one purpose, for example `fork('ids')`. The same name gives the same stream again. */
  fork(name: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${name}`);
  }

  /** A whole number from `low` to `high`, both included. Throws `INVALID_ARGUMENT` unless they are safe integers in order. */
  integer(low: number, high: number): number {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low > high) {
      throw invalidArgument('integer(low, high)', 'two safe integers in order', `${low}, ${high}`);
    }
    this.#isDrawn = true;
    return uniformInt(this.#generator, low, high);
  }

  /** `length` hexadecimal digits, lower case. */
  hex(length: number): string {
    let text = '';
    while (text.length < length) text += this.integer(0, 0xffff).toString(16).padStart(4, '0');
    return text.slice(0, length);
  }

  /** A version 4 UUID, lower case. */
  uuid(): string {
    const variant = '89ab'[this.integer(0, 3)] ?? '8';
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${variant}${this.hex(3)}-${this.hex(12)}`;
  }
}

/** A hash spreads near seeds and fork names over the whole state space. */
function firstGenerator(seed: string): ReturnType<typeof xoroshiro128plusFromState> {
  const digest = createHash('sha256').update(seed).digest();
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32BE(offset)));
}

/** A fresh seed from the machine, short enough to be read out and typed again. */
export function freshSeed(): string {
  return randomInt(0, 2 ** 47).toString(36);
}
