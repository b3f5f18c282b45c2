import { fc, it as prop } from '@fast-check/vitest';
import type { HeapEntry } from '@mnsbus/core/internal';
import { describe, expect, it } from 'vitest';
import { OrderedQueue } from './ordered-queue.js';

interface Item {
  readonly rank: number;
  readonly id: number;
}

const before = (a: Item, b: Item): boolean => a.rank < b.rank || (a.rank === b.rank && a.id < b.id);
const compare = (a: Item, b: Item): number => a.rank - b.rank || a.id - b.id;

/** A queue of items with these ranks, and its entries in the order of pushing. */
function filled(ranks: readonly number[]): { readonly queue: OrderedQueue<Item>; readonly entries: HeapEntry<Item>[] } {
  const queue = new OrderedQueue(before);
  return { queue, entries: ranks.map((rank, id) => queue.push({ rank, id })) };
}

function drained(queue: OrderedQueue<Item>): readonly number[] {
  const ranks: number[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) ranks.push(next.rank);
  return ranks;
}

describe('OrderedQueue', () => {
  it('is empty at first', () => {
    const { queue } = filled([]);
    expect([queue.size, queue.peek(), queue.pop()]).toEqual([0, undefined, undefined]);
  });

  it.each([
    ['in order', [1, 2, 3, 4]],
    ['backwards', [4, 3, 2, 1]],
    ['with one that is far ahead of the others', [9, 1, 2, 3]],
    ['equal, so that the order of pushing decides', [5, 5, 5]],
  ])('gives values in their order when they come %s', (_, ranks) => {
    expect(drained(filled(ranks).queue)).toEqual(ranks.toSorted((a, b) => a - b));
  });

  it('leaves the first in place when it is only looked at', () => {
    const { queue } = filled([2, 1]);
    expect([queue.peek()?.rank, queue.peek()?.rank, queue.size]).toEqual([1, 1, 2]);
  });

  it.each([0, 1, 2])('removes entry %i of three, once', (index) => {
    const { queue, entries } = filled([1, 2, 3]);
    const [entry] = entries.splice(index, 1);
    expect(entry && queue.remove(entry)).toBe(true);
    expect(entry && queue.remove(entry)).toBe(false);
    expect(drained(queue)).toEqual(entries.map(({ value }) => value.rank));
  });

  it('puts a value in its place, too, after the last one in order has left', () => {
    const { queue, entries } = filled([1, 5, 9]);
    const last = entries.at(-1);
    expect(last && queue.remove(last)).toBe(true);
    queue.push({ rank: 3, id: 3 });
    expect(drained(queue)).toEqual([1, 3, 5]);
  });

  it('does not take an entry of one part for the entry at its index in the other', () => {
    const { queue, entries } = filled([5, 1]);
    const [inOrder, outOfOrder] = entries;
    // Both are the first of their part.
    expect([inOrder?.index, outOfOrder?.index]).toEqual([0, 0]);
    expect(outOfOrder && queue.remove(outOfOrder)).toBe(true);
    expect(drained(queue)).toEqual([5]);
  });

  it('keeps indexes small while thousands come and go behind one that stays', () => {
    const queue = new OrderedQueue(before);
    const first = queue.push({ rank: 0, id: 0 });
    let last = first;
    for (let id = 1; id <= 50_000; id += 1) {
      const next = queue.push({ rank: 1, id });
      if (last !== first) queue.remove(last);
      last = next;
    }
    // An index is what the run's length was, so a run full of holes would show in it.
    expect(last.index).toBeLessThan(3000);
    expect([queue.size, queue.pop()?.rank, queue.pop()?.id, queue.size]).toEqual([2, 0, 50_000, 0]);
  });

  it.each([
    [1, 3000],
    [2000, 10_000],
    [60, 100],
  ])('moves nobody for %i holes among %i values: they are too few', (holes, values) => {
    const { queue, entries } = filled(Array.from({ length: values }, (_, index) => index));
    for (const entry of entries.slice(1, 1 + holes)) queue.remove(entry);
    expect(entries.at(-1)?.index).toBe(values - 1);
    expect(queue.size).toBe(values - holes);
  });

  it('stays as small when they come and go in front', () => {
    const queue = new OrderedQueue(before);
    let highest = 0;
    queue.push({ rank: 0, id: 0 });
    for (let id = 1; id <= 50_000; id += 1) {
      highest = Math.max(highest, queue.push({ rank: 0, id }).index);
      expect(queue.pop()?.id).toBe(id - 1);
    }
    expect(highest).toBeLessThan(3000);
  });

  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), by: fc.integer({ min: -3, max: 9 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('pop' as const), by: fc.constant(0) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), by: fc.nat() }) },
  );

  prop.prop([fc.array(step, { maxLength: 200 })])('does at every step what a sorted list does', (steps) => {
    const queue = new OrderedQueue(before);
    let model: HeapEntry<Item>[] = [];
    let rank = 0;
    for (const [id, { kind, by }] of steps.entries()) {
      if (kind === 'push') {
        rank += by;
        model = [...model, queue.push({ rank, id })].toSorted((a, b) => compare(a.value, b.value));
      } else if (kind === 'pop') {
        expect(queue.pop()).toBe(model.shift()?.value);
      } else {
        const [entry] = model.splice(by % Math.max(1, model.length), 1);
        if (entry !== undefined) expect([queue.remove(entry), queue.remove(entry)]).toEqual([true, false]);
      }
      expect(queue.size).toBe(model.length);
      expect(queue.peek()).toBe(model[0]?.value);
    }
  });

  it('does so across the closing of holes, too', () => {
    const { queue, entries } = filled(Array.from({ length: 10_000 }, (_, index) => index));
    const kept = entries.filter(({ value }) => value.id % 5 === 0);
    for (const entry of entries) if (entry.value.id % 5 !== 0) queue.remove(entry);
    expect(queue.size).toBe(2000);
    for (const entry of kept.filter((_, index) => index % 2 === 1)) expect(queue.remove(entry)).toBe(true);
    expect(drained(queue)).toEqual(kept.filter((_, index) => index % 2 === 0).map(({ value }) => value.rank));
  });
});
