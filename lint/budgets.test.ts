import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The rows of the table: what is bounded, and the file and name of its test. */
const rows = readFileSync(`${root}/docs/budgets.md`, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:what |-)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, what = '', bound = '', , , test = '']) => ({ what, bound, test }));

describe('the table of budgets', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(10);
  });

  it.each(rows)('names a test that is there for: $what', ({ bound, test }) => {
    const [, path = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(test) ?? [];
    const file = `${root}/packages/${path}`;
    expect([bound === '', existsSync(file)]).toEqual([false, true]);
    expect(readFileSync(file, 'utf8')).toContain(`'${name}'`);
  });
});
