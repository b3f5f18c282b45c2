import { fc, it as prop } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { faultSchema } from '../../faults/fault-schema.js';
import { createEmulator } from '../../emulator.js';
import { FAULT_KINDS, arbitraryFault } from './arbitrary-faults.js';

prop.prop([fc.array(arbitraryFault({ kinds: FAULT_KINDS, maxMs: 1000, maxProbability: 1 }), { maxLength: 20 })])(
  'every plan of faults is one that an emulator takes',
  (plan) => {
    const emulator = createEmulator({ seed: 'plan' });
    for (const fault of plan) emulator.faults.add(fault);
    expect(emulator.faults.list().map(({ fault }) => fault)).toEqual(plan);
    expect(plan.every((fault) => faultSchema.safeParse(fault).success && (fault.probability ?? 0) <= 1)).toBe(true);
    emulator.close();
  },
);

it.each(FAULT_KINDS)('makes a %s when it is asked for nothing else', (kind) => {
  const [fault] = fc.sample(arbitraryFault({ kinds: [kind] }), 1);
  expect(fault?.kind).toBe(kind);
});

it('leaves alone what ends only by hand, unless it is asked for', () => {
  const kinds = new Set(fc.sample(arbitraryFault(), 2000).map(({ kind }) => kind));
  expect(FAULT_KINDS.filter((kind) => !kinds.has(kind)).toSorted()).toEqual(['expire-credentials', 'hold-task']);
});
