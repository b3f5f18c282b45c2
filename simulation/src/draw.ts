import type { SeededRandom } from '@mnsbus/core';

/** One of several, each as likely as the others. */
export function pick<T>(random: SeededRandom, [first, ...others]: readonly [T, ...T[]]): T {
  const index = random.integer(0, others.length);
  return others[index - 1] ?? first;
}

/** Whether something that happens so many times out of a hundred happens. */
export function happens(random: SeededRandom, percent: number): boolean {
  return random.integer(1, 100) <= percent;
}

/** As many drawn values as a number between two bounds says. */
export function several<T>(
  random: SeededRandom,
  { least, most }: { readonly least: number; readonly most: number },
  draw: (index: number) => T,
): readonly T[] {
  return Array.from({ length: random.integer(least, most) }, (_, index) => draw(index));
}
