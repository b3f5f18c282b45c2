import { OPTIONS } from '../options/options-table.js';
import type { Choices } from '../scenario-plan.js';
import { CONCERNS, type Concern } from './concerns.js';

/** A value of an option, and an invariant that it concerns. */
export interface Cell {
  readonly option: string;
  readonly value: string;
  readonly invariant: string;
}

/** How many runs have exercised each cell: the value was drawn, and the check had something to judge. By `keyOf`. */
export type CellCounts = Readonly<Record<string, number>>;

/** The name of a cell in counts. */
export function keyOf({ option, value, invariant }: Cell): string {
  return `${option}=${value} ${invariant}`;
}

/** Every cell that means something, by the rules of `CONCERNS`. */
export const CELLS: readonly Cell[] = OPTIONS.flatMap(({ name: option, part, values }) =>
  Object.entries(CONCERNS).flatMap(([invariant, concern]) =>
    Object.keys(values)
      .filter((value) => concern.parts.includes(part) && isPossible(concern, option, value))
      .map((value) => ({ option, value, invariant })),
  ),
);

function isPossible({ needs = {} }: Concern, option: string, value: string): boolean {
  return needs[option]?.includes(value) !== false;
}

/** The cells that a run has exercised, by what was drawn and how much each check has judged. */
export function exercised(choices: Choices, judged: Readonly<Record<string, number>>): readonly string[] {
  return CELLS.filter(({ option, value, invariant }) => choices[option] === value && (judged[invariant] ?? 0) > 0).map(
    keyOf,
  );
}

/** The cells that no run has exercised. */
export function emptyCells(counts: CellCounts): readonly Cell[] {
  return CELLS.filter((cell) => (counts[keyOf(cell)] ?? 0) === 0);
}

/** What has to be drawn for a cell to have a chance; what is not named is drawn as always. */
export function choicesFor({ option, value, invariant }: Cell, attempt: number): Choices {
  const { needs = {}, favours = {} } = CONCERNS[invariant] ?? { parts: [] };
  const needed = Object.entries(needs).map(([name, values]) => [name, values[attempt % values.length] ?? ''] as const);
  return { ...Object.fromEntries(needed), ...favours, [option]: value };
}

/** The counts in lines: a row for each value of each option, a column for each invariant; `.` where a cell would mean nothing. */
export function writeCoverage(counts: CellCounts): string {
  const invariants = Object.keys(CONCERNS);
  const isCell = new Set(CELLS.map(keyOf));
  const widest = Math.max(
    ...OPTIONS.flatMap(({ name, values }) => Object.keys(values).map((value) => name.length + value.length + 3)),
  );
  const header = ['option'.padEnd(widest), ...invariants.map((invariant) => invariant.padStart(4))].join(' ');
  const rows = OPTIONS.flatMap(({ name: option, values }) =>
    Object.keys(values).map((value) => {
      const cells = invariants.map((invariant) => {
        const key = keyOf({ option, value, invariant });
        return (isCell.has(key) ? String(counts[key] ?? 0) : '.').padStart(4);
      });
      return [`${option}: ${value}`.padEnd(widest), ...cells].join(' ');
    }),
  );
  return [header, ...rows].join('\n');
}
