import type { CellCounts } from './table/coverage.js';
import type { RunReport } from './run-report.js';

type Counts = Readonly<Record<string, number>>;

/** What many runs were, added up. */
export interface SumReport {
  readonly runs: number;
  readonly virtualMs: number;
  readonly counts: Counts;
  readonly faults: Counts;
  readonly cells: CellCounts;
  /** The runs that have broken an invariant. */
  readonly broken: readonly RunReport[];
}

/** Nothing yet. */
export const NO_RUNS: SumReport = { runs: 0, virtualMs: 0, counts: {}, faults: {}, cells: {}, broken: [] };

/** Adds a run. */
export function plus(sum: SumReport, report: RunReport): SumReport {
  return {
    runs: sum.runs + 1,
    virtualMs: sum.virtualMs + report.virtualMs,
    counts: added(sum.counts, report.counts),
    faults: added(sum.faults, report.faults),
    cells: added(sum.cells, Object.fromEntries(report.cells.map((cell) => [cell, 1]))),
    broken: report.violations.length === 0 ? sum.broken : [...sum.broken, report],
  };
}

/** The sums in lines. */
export function writeSum({ runs, virtualMs, counts, faults, broken }: SumReport, wallMs: number): string {
  const hours = virtualMs / 3_600_000;
  const lines = [
    `${number(runs)} runs, ${hours.toFixed(1)} virtual hours in ${(wallMs / 1000).toFixed(1)} s: ${(hours / (wallMs / 1000)).toFixed(2)} virtual hours a second`,
    '',
    ...table(Object.entries(counts)),
    '',
    `faults applied: ${number(Object.values(faults).reduce((a, b) => a + b, 0))}`,
    ...table(Object.entries(faults).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))),
    '',
    broken.length === 0 ? 'no invariant broken' : `invariants broken in ${broken.length} runs`,
  ];
  return `${lines.join('\n')}\n`;
}

function table(rows: readonly (readonly [string, number])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, count]) => `  ${name.padEnd(width)}  ${number(count).padStart(11)}`);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function added(sum: Counts, more: Counts): Counts {
  const result: Record<string, number> = { ...sum };
  for (const [name, count] of Object.entries(more)) result[name] = (result[name] ?? 0) + count;
  return result;
}
