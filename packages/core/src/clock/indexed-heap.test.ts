import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { IndexedHeap, type HeapEntry } from './indexed-heap.js';

const numbers = (): IndexedHeap<number> => new IndexedHeap((a, b) => a < b);

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

describe('IndexedHeap', () => {
  it('is empty at first', () => {
    const heap = numbers();
    expect(heap.size).toBe(0);
    expect(heap.peek()).toBeUndefined();
    expect(heap.pop()).toBeUndefined();
  });

  it('removes an entry once and then refuses', () => {
    const heap = numbers();
    const entry = heap.push(1);
    heap.push(2);
    expect(heap.remove(entry)).toBe(true);
    expect(heap.remove(entry)).toBe(false);
    expect([...heap.values()]).toEqual([2]);
  });

  it('refuses an entry of another heap', () => {
    const other = numbers();
    const entry = other.push(1);
    const heap = numbers();
    heap.push(2);
    expect(heap.remove(entry)).toBe(false);
    expect(heap.size).toBe(1);
  });

  prop.prop([fc.array(fc.integer())])('pops in order', (values) => {
    const heap = numbers();
    for (const value of values) heap.push(value);
    const popped = values.map(() => heap.pop());
    expect(popped).toEqual(sorted(values));
  });

  // The model is a plain list that is sorted anew for each question.
  prop.prop([
    fc.array(
      fc.oneof(
        fc.record({ push: fc.integer({ min: 0, max: 20 }) }),
        fc.record({ remove: fc.nat() }),
        fc.constant('pop'),
      ),
    ),
  ])('agrees with a sorted list under any mix of push, remove and pop', (steps) => {
    const heap = numbers();
    let model: HeapEntry<number>[] = [];
    for (const step of steps) {
      if (step === 'pop') {
        const least = Math.min(...model.map(({ value }) => value));
        const popped = heap.pop();
        expect(popped).toBe(model.length === 0 ? undefined : least);
        model = model.filter((entry) => entry.index !== -1);
      } else if ('push' in step) {
        model.push(heap.push(step.push));
      } else if (model.length > 0) {
        const [entry] = model.splice(step.remove % model.length, 1);
        expect(entry !== undefined && heap.remove(entry)).toBe(true);
      }
      expect(heap.size).toBe(model.length);
      expect(sorted([...heap.values()])).toEqual(sorted(model.map(({ value }) => value)));
    }
  });
});
