import { describe, expect, it } from 'vitest';
import type { ConformanceRow } from './test-support/conformance-row.js';
import { ConformanceWorld } from './test-support/conformance-world.js';
import { coverageOf } from './test-support/coverage.js';
import type { OperationName } from './test-support/documented-operations.js';
import { listRows } from './test-support/list-rows.js';
import { nestedRows } from './test-support/nested-rows.js';
import { queueRows } from './test-support/queue-rows.js';
import { receiveRefusalRows } from './test-support/receive-refusal-rows.js';
import { receiveRows } from './test-support/receive-rows.js';
import { sendRows } from './test-support/send-rows.js';
import { settleRows } from './test-support/settle-rows.js';
import { sharedRows } from './test-support/shared-rows.js';
import { signingRows } from './test-support/signing-rows.js';
import { subscriptionRows } from './test-support/subscription-rows.js';
import { topicRows } from './test-support/topic-rows.js';

// One row per operation and outcome. Each runs in a world of its own, through the emulator's front
// door, and is held to status, headers and body bytes; what is refused must change nothing.

const OWN_ROWS: readonly ConformanceRow[] = [
  ...sharedRows,
  ...queueRows,
  ...sendRows,
  ...receiveRows,
  ...receiveRefusalRows,
  ...settleRows,
  ...topicRows,
  ...subscriptionRows,
  ...listRows,
  ...nestedRows,
];

const ROWS: readonly ConformanceRow[] = [...OWN_ROWS, ...signingRows(OWN_ROWS)];

const NAMES: readonly OperationName[] = [...new Set(ROWS.map(({ operation }) => operation))];

describe.each(NAMES)('%s', (operation) => {
  const rows = ROWS.filter((row) => row.operation === operation);

  it.each(rows.map((row) => [`${row.outcome}: ${row.when}`, row] as const))('%s', async (_, row) => {
    const world = new ConformanceWorld(row.mns);
    await world.begin(row.given);
    await expect(world.check(row)).resolves.toBeUndefined();
    world.close();
  });
});

describe('the table', () => {
  const coverage = coverageOf(ROWS);

  it('has a row, or a reason why not, for each documented outcome of each operation, and for each error code', () => {
    process.stdout.write(`${coverage.report}\n`);
    expect(coverage.missing).toEqual([]);
  });

  it('gives no reason for what it has rows of', () => {
    expect(coverage.needlessReasons).toEqual([]);
  });

  it('has no row twice', () => {
    const titles = ROWS.map(({ operation, outcome, when }) => `${operation} ${outcome}: ${when}`);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});
