import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ByteBudget, type ByteHolder } from './byte-budget.js';

class Holder implements ByteHolder {
  gaveWay = 0;
  giveWay(): void {
    this.gaveWay += 1;
  }
}

describe('ByteBudget', () => {
  it('has whoever holds most give way, however much the newcomer wants', () => {
    const budget = new ByteBudget(100);
    const [large, small, newcomer, greedy] = [new Holder(), new Holder(), new Holder(), new Holder()];
    expect([budget.set(large, 80), budget.set(small, 10), budget.set(newcomer, 20)]).toEqual([true, true, true]);
    expect([large.gaveWay, small.gaveWay, newcomer.gaveWay, budget.held]).toEqual([1, 0, 0, 30]);
    expect(budget.set(greedy, 90)).toBe(false);
    expect([greedy.gaveWay, small.gaveWay, newcomer.gaveWay, budget.held]).toEqual([1, 0, 0, 30]);
  });

  it('never has what is in use give way', () => {
    const budget = new ByteBudget(100);
    const [inUse, newcomer] = [new Holder(), new Holder()];
    budget.set(inUse, 90);
    budget.keep(inUse);
    expect(budget.set(newcomer, 20)).toBe(false);
    expect([inUse.gaveWay, newcomer.gaveWay, budget.held]).toEqual([0, 1, 90]);
    budget.free(90);
    expect(budget.set(newcomer, 20)).toBe(true);
    expect(budget.held).toBe(20);
  });

  test.prop([fc.array(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 60 })), { maxLength: 100 })])(
    'holds what those hold that did not give way, and never more than its limit',
    (changes) => {
      const budget = new ByteBudget(100);
      const shares = new Map<number, number>();
      const holders = Array.from({ length: 8 }, (_, index) => ({ giveWay: () => void shares.delete(index) }));
      for (const [index, bytes] of changes) {
        const holder = holders[index];
        if (holder === undefined) continue;
        shares.set(index, bytes);
        const stays = budget.set(holder, bytes);
        expect(stays).toBe(shares.has(index));
        expect(budget.held).toBe([...shares.values()].reduce((sum, share) => sum + share, 0));
        expect(budget.held).toBeLessThanOrEqual(100);
      }
    },
  );
});
