import { describe, expect, it } from 'vitest';
import { BRIDGE_DEFECTS } from './bridge-defects.js';
import { judge } from '../invariants/all-invariants.js';
import { patchedBridge } from './patched-bridge.js';
import { run } from '../run.js';
import { plainScenario } from '../test-support/plain-scenario.js';

describe('The checks of a run', () => {
  it.each(BRIDGE_DEFECTS)(
    '$invariant catches a bridge in which $defect',
    async ({ invariant, defect, edits, ...given }) => {
      const plain = plainScenario(given.scenario, given.bridge);
      expect(judge(await run(plain)).violations).toEqual([]);
      const broken = judge(await run(plain, { makers: await patchedBridge(defect, edits) })).violations;
      expect(broken.map((violation) => violation.invariant)).toContain(invariant);
    },
  );
});
