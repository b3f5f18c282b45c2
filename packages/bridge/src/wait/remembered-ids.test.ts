import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { RememberedIds } from './remembered-ids.js';

describe('RememberedIds', () => {
  const ids = fc.array(fc.nat(30).map(String), { maxLength: 100 });
  test.prop([ids, fc.integer({ min: 1, max: 6 })])('knows the last ones, and forgets', (list, limit) => {
    const remembered = new RememberedIds(limit);
    for (const id of list) remembered.add(id);
    const latest = [...new Set(list.toReversed())];
    for (const id of latest.slice(0, limit)) expect(remembered.has(id)).toBe(true);
    const known = latest.filter((id) => remembered.has(id));
    expect(known.length).toBeLessThanOrEqual(2 * limit + 1);
    expect(remembered.has('never')).toBe(false);
  });
});
