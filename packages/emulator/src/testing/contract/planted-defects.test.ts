import { sleep } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../profile/profile.js';
import { ContractViolation } from './contract-violation.js';
import { invariants, isInvariant, type Invariant } from './invariant.js';
import { plantedDefects, testsOf, type PlantedDefect } from './planted-defects.js';
import { runContract, type ContractOptions } from './run-contract.js';
import { emulatorTarget } from './targets/emulator-target.js';

/** What the check of its invariant says of a target with a defect. */
async function violationOf(
  { plant, invariant }: PlantedDefect,
  options: ContractOptions,
  profile: ProfileName = 'kind',
): Promise<ContractViolation> {
  const target = await emulatorTarget({ profile });
  const planted = plant(target, (ms) => sleep(target.clock, ms));
  const limits = { invariants: [invariant], seed: 20_260_101, runs: 150, concurrentRuns: 150, shorten: false };
  try {
    await runContract(planted, { ...limits, ...options });
  } catch (error) {
    if (error instanceof ContractViolation) return error;
    throw error;
  } finally {
    await target.close();
  }
  throw new Error('nothing was caught');
}

/** Defects that nobody can tell from what the live service does, with what lets it. */
const NOT_PROMISED: ReadonlyMap<string, string> = new Map([
  ['counts one message that is not there', 'counts are approximate (spec mns §4.8)'],
  [
    'says that a lease ends a millisecond before its end',
    'when within its time a receive was carried out, its client cannot see',
  ],
  ['wakes the waiter that came last', 'waiters ask different storage nodes (spec mns §4.5)'],
  ['waits for more messages when a batch receive has found one', 'receives take up to 714 ms (spec mns §4.5)'],
  ['stores something of a send that it refuses', 'counts are approximate; of all promises, I2 finds it'],
  ['takes a message for a receive that it refuses', 'counts are approximate; of all promises, I9 finds it'],
]);

/** A busy machine may take its time for a hundred runs. */
const TIMEOUT_MS = 60_000;

describe('the checks can fail', { timeout: TIMEOUT_MS }, () => {
  const cases = plantedDefects.flatMap((planted) => testsOf(planted).map((name) => ({ name, planted })));

  it.each(cases)('$name', async ({ name, planted }) => {
    const kind = name.includes('side by side') ? { runs: 0 } : { concurrentRuns: 0 };
    const violation = await violationOf(planted, kind);
    expect(violation).toMatchObject({ code: 'CONTRACT_VIOLATED', invariant: planted.invariant });
    expect(violation.history.length).toBeGreaterThan(0);
  });

  it.each(plantedDefects.filter(({ invariant }) => invariant === 'I9' || invariant === 'I4'))(
    '$invariant: a violation is shortened, and its replay is the same violation',
    async (planted) => {
      for (const kind of [{ concurrentRuns: 0 }, { runs: 0 }]) {
        const long = await violationOf(planted, kind);
        const short = await violationOf(planted, { ...kind, shorten: true });
        expect(short.history.length).toBeLessThan(long.history.length);
        const again = await violationOf(planted, { ...kind, ...short.replay });
        expect(again.history.length).toBe(short.history.length);
        expect(again.message).toContain(JSON.stringify(short.replay));
      }
    },
  );

  it.each(plantedDefects.filter(({ defect }) => !NOT_PROMISED.has(defect)))(
    '$invariant: $defect, at a service as unkind as the live one',
    async (planted) => {
      expect(await violationOf(planted, {}, 'cloud')).toMatchObject({ invariant: planted.invariant });
    },
  );

  it('all of them', () => {
    const all: readonly Invariant[] = Object.keys(invariants).filter(isInvariant);
    expect([...new Set(plantedDefects.map(({ invariant }) => invariant))].toSorted()).toEqual(all.toSorted());
  });
});
