import { freshSeed } from '@mnsbus/core';
import { expect, it } from 'vitest';
import { collectedHeap } from '../collected-heap.js';
import { fuzzSnapshots, type SnapshotsResult } from './fuzz-snapshots.js';

// Snapshots of real states with something wrong in them: each is refused, says where, and leaves no trace; or it makes a
// state that works, and can be taken out and put back again.

const IS_LONG = process.env['MNSBUS_LONG'] === '1';
const SNAPSHOTS = IS_LONG ? 100_000 : 2000;
const SEED = process.env['MNSBUS_FUZZ_SEED'] ?? freshSeed();
/** How much more may be in use at the end than after a tenth, in bytes. */
const MOST_GROWTH = 24 * 2 ** 20;

it(`takes or refuses ${SNAPSHOTS} mutated snapshots (seed ${SEED})`, { timeout: 3_600_000 }, async () => {
  const first = await fuzzSnapshots(`${SEED}/first`, SNAPSHOTS / 10);
  expectNone(first);
  const heap = await collectedHeap();
  const rest = await fuzzSnapshots(`${SEED}/rest`, SNAPSHOTS - first.snapshots);
  expectNone(rest);
  const growth = (await collectedHeap()) - heap;
  const outcomes = Array.from(rest.outcomes, ([outcome, count]) => `${outcome} ${count}`).join(', ');
  process.stdout.write(`${rest.snapshots} snapshots of ${rest.states} states: ${outcomes}\n`);
  expect(growth).toBeLessThan(MOST_GROWTH);
  // Both are tried: a grammar that only ever breaks them would test one half.
  expect(rest.outcomes.get('taken')).toBeGreaterThan(rest.snapshots / 20);
  expect(rest.outcomes.get('refused')).toBeGreaterThan(rest.snapshots / 20);
});

function expectNone({ failure }: SnapshotsResult): void {
  if (failure === undefined) return;
  const { problem, text, change, plan } = failure;
  expect.fail(`${problem}\nseed ${SEED}, session ${plan.seed}\nchange: ${change}\nsnapshot: ${text}`);
}
