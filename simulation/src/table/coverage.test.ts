import { describe, expect, it } from 'vitest';
import { explain } from '../explain.js';
import { INVARIANTS } from '../invariants/all-invariants.js';
import { OPTIONS } from '../options/options-table.js';
import { writeSum } from '../sum-report.js';
import { CONCERNS } from './concerns.js';
import { CELLS, emptyCells, keyOf, writeCoverage } from './coverage.js';
import { coveringSeries } from './series.js';

/** More than it takes: a series that does not end by then has a cell that nothing exercises. */
const MAX_RUNS = 400;

describe('The options of runs and the invariants', () => {
  it('have a rule for each invariant, and each option concerns one', () => {
    expect(Object.keys(CONCERNS)).toEqual(Object.keys(INVARIANTS));
    const concerned = new Set(CELLS.map(({ option, value }) => `${option}: ${value}`));
    const all = OPTIONS.flatMap(({ name, values }) => Object.keys(values).map((value) => `${name}: ${value}`));
    expect(all.filter((value) => !concerned.has(value))).toEqual([]);
  });

  it('name values that there are', () => {
    const names = new Set(
      OPTIONS.flatMap(({ name, values }) => Object.keys(values).map((value) => `${name}: ${value}`)),
    );
    const named = Object.values(CONCERNS).flatMap(({ needs = {}, favours = {} }) => [
      ...Object.entries(needs).flatMap(([name, values]) => values.map((value) => `${name}: ${value}`)),
      ...Object.entries(favours).map(([name, value]) => `${name}: ${value}`),
    ]);
    expect(named.filter((name) => !names.has(name))).toEqual([]);
  });

  it('meet in some run each, and every such run keeps every invariant', { timeout: 600_000 }, async () => {
    const startMs = performance.now();
    const sum = await coveringSeries('table', MAX_RUNS);
    const [broken] = sum.broken;
    const [violation] = broken?.violations ?? [];
    if (broken !== undefined && violation !== undefined)
      expect.fail(await explain(broken.seed, violation, 'this one', broken.choices));
    process.stdout.write(`${writeSum(sum, performance.now() - startMs)}\n${writeCoverage(sum.cells)}\n`);
    expect(emptyCells(sum.cells).map(keyOf)).toEqual([]);
  });
});
