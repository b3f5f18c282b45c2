// What the rooms' tests use of @fast-check/vitest, which takes three seconds to load, once per mutant: it prepares every
// chain of vitest's modifiers (`it.skip.concurrent.only…`) beforehand. The examples come from fast-check.
import * as fastCheck from 'fast-check';
import { it as plainIt } from 'vitest';

// The same examples for every mutant, so that what is caught once is caught always. A mutant is caught by any
// counterexample; nobody reads the smallest.
fastCheck.configureGlobal({ seed: 20_260_101, endOnFailure: true });

/** Of each law: with fewer than `npm test` tries, a mutant may only survive more easily. */
const MOST_EXAMPLES = 50;

/** Laws take longer than other tests. */
const LONGEST_LAW_MS = 30_000;

/** A test of a law, with the examples of `arbitraries`. */
const prop = (arbitraries, parameters) => (name, law) =>
  plainIt(
    name,
    () =>
      fastCheck.assert(
        fastCheck.asyncProperty(...arbitraries, async (...values) => {
          await law(...values);
        }),
        { ...parameters, numRuns: MOST_EXAMPLES },
      ),
    LONGEST_LAW_MS,
  );

/** Vitest's `it`, with laws. */
export const it = new Proxy(plainIt, {
  get: (target, key) => (key === 'prop' ? prop : Reflect.get(target, key)),
});

const anyCodePoint = fastCheck.integer({ min: 0, max: 0x10_ffff }).map((code) => String.fromCodePoint(code));

/** fast-check; but for what takes a second to make, because it lists every code point there is. */
export const fc = {
  ...fastCheck,
  webUrl: (constraints) => fastCheck.constant(undefined).chain(() => fastCheck.webUrl(constraints)),
  string: (constraints) =>
    fastCheck.string(constraints?.unit === 'binary' ? { ...constraints, unit: anyCodePoint } : constraints),
};
