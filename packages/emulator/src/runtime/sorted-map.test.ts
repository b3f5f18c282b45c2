import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { SortedMap } from './sorted-map.js';

const keyOf = (number: number): string => String(number).padStart(5, '0');

describe('SortedMap', () => {
  it('gives nothing when it is empty', () => {
    const map = new SortedMap<number>();
    expect(map.get('a')).toBeUndefined();
    expect(map.delete('a')).toBe(false);
    expect(map.page('', 10)).toEqual({ items: [], nextMarker: undefined });
  });

  it('replaces the value of a key that it has', () => {
    const map = new SortedMap<number>();
    map.set('a', 1);
    map.set('a', 2);
    expect([map.size, map.page('', 10).items]).toEqual([1, [2]]);
  });

  it('names a next marker exactly when something is left', () => {
    const map = new SortedMap<string>();
    for (const key of ['c', 'a', 'b']) map.set(key, key);
    expect(map.page('', 2)).toEqual({ items: ['a', 'b'], nextMarker: 'b' });
    expect(map.page('b', 2)).toEqual({ items: ['c'], nextMarker: undefined });
    expect(map.page('', 3)).toEqual({ items: ['a', 'b', 'c'], nextMarker: undefined });
  });

  it('starts after a marker that is no key', () => {
    const map = new SortedMap<string>();
    for (const key of ['a', 'c']) map.set(key, key);
    expect(map.page('b', 5).items).toEqual(['c']);
    expect(map.page('d', 5).items).toEqual([]);
  });

  it('gives only keys with a prefix, whatever the marker', () => {
    const map = new SortedMap<string>();
    for (const key of ['a', 'ab', 'ab-1', 'ab-2', 'ac', 'b']) map.set(key, key);
    expect(map.page('', 9, 'ab')).toEqual({ items: ['ab', 'ab-1', 'ab-2'], nextMarker: undefined });
    expect(map.page('', 2, 'ab')).toEqual({ items: ['ab', 'ab-1'], nextMarker: 'ab-1' });
    expect(map.page('ab', 9, 'ab').items).toEqual(['ab-1', 'ab-2']);
    expect(map.page('a', 9, 'b').items).toEqual(['b']);
    expect(map.page('c', 9, 'a').items).toEqual([]);
  });

  describe('with thousands of keys', () => {
    const count = 5000;
    const ordered = Array.from({ length: count }, (_, index) => index);
    // 3001 and 5000 have no common divisor, so this visits every number once.
    const shuffled = ordered.map((index) => (index * 3001) % count);
    const filled = (): SortedMap<number> => {
      const map = new SortedMap<number>();
      for (const number of shuffled) map.set(keyOf(number), number);
      return map;
    };

    it('keeps them in order, added in any order', () => {
      expect(filled().page('', count).items).toEqual(ordered);
    });

    it('shows each once after it was deleted and added again', () => {
      const map = filled();
      for (const number of ordered) {
        expect(map.delete(keyOf(number))).toBe(true);
        map.set(keyOf(number), number);
      }
      expect(map.page('', 2 * count)).toEqual({ items: ordered, nextMarker: undefined });
    });

    it.each([
      ['in order', ordered],
      ['in reverse', ordered.toReversed()],
      ['in any order', shuffled],
    ])('forgets them %s, and keeps order when they come again', (_, sequence) => {
      const map = filled();
      for (const number of sequence) expect(map.delete(keyOf(number))).toBe(true);
      expect([map.size, map.page('', 1).items]).toEqual([0, []]);
      for (const number of shuffled) map.set(keyOf(number), number);
      expect(map.page('', count).items).toEqual(ordered);
    });

    it('keeps order when a run of keys in the middle goes and comes again', () => {
      const map = filled();
      for (let number = 1000; number < 4000; number += 1) map.delete(keyOf(number));
      for (let number = 3999; number >= 1000; number -= 1) map.set(keyOf(number), number);
      expect(map.page('', count).items).toEqual(ordered);
      expect(map.page(keyOf(2499), 3).items).toEqual([2500, 2501, 2502]);
    });
  });

  it.prop([
    fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 1500 })), { maxLength: 3000, size: 'max' }),
    fc.integer({ min: 0, max: 1500 }),
    fc.integer({ min: 1, max: 400 }),
    fc.constantFrom('', '0', '00', '001', '0100', '2'),
  ])('agrees with a sorted list of its entries', (changes, marker, limit, prefix) => {
    const map = new SortedMap<number>();
    const plain = new Map<string, number>();
    for (const [add, number] of changes) {
      const key = keyOf(number);
      if (add) map.set(key, number);
      else expect(map.delete(key)).toBe(plain.has(key));
      if (add) plain.set(key, number);
      else plain.delete(key);
    }
    const after = [...plain.keys()].toSorted().filter((key) => key > keyOf(marker) && key.startsWith(prefix));
    expect(map.size).toBe(plain.size);
    expect(map.page(keyOf(marker), limit, prefix)).toEqual({
      items: after.slice(0, limit).map((key) => plain.get(key)),
      nextMarker: after.length > limit ? after[limit - 1] : undefined,
    });
  });
});
