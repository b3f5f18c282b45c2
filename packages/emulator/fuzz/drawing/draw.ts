import type { SeededRandom } from '@mnsbus/core';

/** Draws what a grammar asks for: the same seed draws the same. */
export class Draw {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** A whole number between the two, both included. */
  integer(low: number, high: number): number {
    return this.#random.integer(low, high);
  }

  /** True once in so many times. */
  once(inSoMany: number): boolean {
    return this.#random.integer(1, inSoMany) === 1;
  }

  /** One of a list that is not empty. */
  one<T>(items: readonly T[]): T {
    const item = items[this.#random.integer(0, items.length - 1)];
    if (item === undefined) throw new Error('there is nothing to draw from');
    return item;
  }

  /** One by its weight. */
  weighted<T>(rows: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.#random.integer(
      1,
      rows.reduce((sum, [weight]) => sum + weight, 0),
    );
    for (const [weight, value] of rows) {
      left -= weight;
      if (left <= 0) return value;
    }
    throw new Error('there is nothing to draw from');
  }

  /** So many of what is made, up to `most`. */
  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#random.integer(0, most) }, make);
  }

  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string {
    return this.#random.hex(length);
  }
}
