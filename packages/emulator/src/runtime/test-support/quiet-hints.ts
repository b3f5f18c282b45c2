import { Hints } from '../hints/hints.js';

/** Hints that nobody hears, for parts that are tested by themselves. */
export function quietHints(): Hints {
  return new Hints({
    now: () => 0,
    time: () => 0,
    world: { findKey: () => undefined, regionsWith: () => [] },
    onHint: () => {},
  });
}
