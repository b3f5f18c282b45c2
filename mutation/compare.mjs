// Holds the mutants that survived against those that were explained.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { EXPLANATIONS } from './explanations.mjs';
import { oneLine } from './one-line.mjs';

/** What stands between two places of a text (lines and columns from 1). */
function between(lines, start, end) {
  const part = lines.slice(start.line - 1, end.line);
  part.push(part.pop().slice(0, end.column - 1));
  return part.join('\n').slice(start.column - 1);
}

/** A mutant as explanations name it: by its text, because lines move. */
function named({ fileName, location, replacement }) {
  const file = relative('', fileName);
  const lines = readFileSync(file, 'utf8').split('\n');
  const { start, end } = location;
  const change = `${oneLine(between(lines, start, end))} → ${oneLine(replacement)}`;
  return { file, line: oneLine(lines[start.line - 1]), change, at: `${file}:${start.line}:${start.column}` };
}

const isSame = (a) => (b) => a.file === b.file && a.line === b.line && a.change === b.change;

/** Every mutant of the table of explanations, one by one. */
export const explained = () =>
  EXPLANATIONS.flatMap(({ file, line, changes, why }) => changes.map((change) => ({ file, line, change, why })));

/** The survivors of a room that nobody has explained, and what is explained of it that did not survive. */
export function compare(room, results) {
  const survivors = results.filter(({ status }) => status === 'Survived' || status === 'NoCoverage').map(named);
  const files = new Set(results.map(({ fileName }) => relative('', fileName)));
  const ours = explained().filter(({ file }) => files.has(file));
  return {
    unexplained: survivors.filter((mutant) => !ours.some(isSame(mutant))),
    stale: ours.filter((mutant) => !survivors.some(isSame(mutant))),
  };
}
