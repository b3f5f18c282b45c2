import { describe, expect, it } from 'vitest';
import { BRIDGE_DEFECTS } from './defects/bridge-defects.js';
import { INVARIANTS, violationsOf } from './invariants/all-invariants.js';
import { PLANTED_DEFECTS } from './planted-defects.js';
import { run } from './run.js';
import { plainScenario } from './test-support/plain-scenario.js';

describe('The checks of a run', () => {
  it.each(PLANTED_DEFECTS)('$invariant catches that $defect', async ({ invariant, plant, scenario, bridge }) => {
    const plain = plainScenario(scenario, bridge);
    expect(violationsOf(await run(plain))).toEqual([]);
    const record = await run(plain, plant());
    const check = INVARIANTS[invariant] ?? expect.fail(`no check of ${invariant}`);
    expect([...check(record, () => {}), ...record.contract.filter((one) => one.invariant === invariant)]).not.toEqual(
      [],
    );
  });

  it('have a planted defect each', () => {
    const planted = new Set([...PLANTED_DEFECTS, ...BRIDGE_DEFECTS].map(({ invariant }) => invariant));
    expect(Object.keys(INVARIANTS).filter((invariant) => !planted.has(invariant))).toEqual([]);
  });
});
