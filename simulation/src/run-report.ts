import { exercised } from './table/coverage.js';
import { judge } from './invariants/all-invariants.js';
import { endOf, messageLives } from './message-life.js';
import type { RunRecord, Violation } from './run-record.js';
import { DEAD_LETTERS, type Choices } from './scenario-plan.js';

/** What a run was, in numbers. */
export interface RunReport {
  readonly seed: string;
  readonly virtualMs: number;
  readonly counts: Readonly<Record<RunCount, number>>;
  /** How often each kind of fault has struck. */
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  /** What was drawn, to draw the same again with the seed. */
  readonly choices: Choices;
  /** The cells of the table that the run has exercised. */
  readonly cells: readonly string[];
}

/** What is counted. */
export type RunCount =
  | 'requests'
  | 'messages'
  | 'handled'
  | 'handledAgain'
  | 'deadLettered'
  | 'expired'
  | 'tasks'
  | 'crashes'
  | 'restarts';

/** Judges a run, and counts what happened in it. */
export function reportOn(record: RunRecord): RunReport {
  const { journal, ledger, scenario, startMs, endMs, deaths } = record;
  const { violations, judged } = judge(record);
  const lives = [...messageLives(journal).values()].filter(({ queueName }) =>
    scenario.queues.some(({ name }) => name === queueName),
  );
  const handled = ledger.filter(({ kind }) => kind === 'handled');
  const faults: Record<string, number> = {};
  for (const entry of journal) if (entry.kind === 'fault') faults[entry.fault] = (faults[entry.fault] ?? 0) + 1;
  return {
    seed: scenario.seed,
    virtualMs: endMs - startMs,
    counts: {
      requests: journal.filter(({ kind }) => kind === 'request').length,
      messages: lives.length,
      handled: new Set(handled.map(({ messageId }) => messageId)).size,
      handledAgain: handled.length - new Set(handled.map(({ messageId }) => messageId)).size,
      deadLettered: journal.filter((entry) => entry.kind === 'sent' && entry.queueName === DEAD_LETTERS).length,
      expired: lives.filter((life) => endOf(life)?.kind === 'expired').length,
      tasks: journal.filter(({ kind }) => kind === 'task-submitted').length,
      crashes: deaths.size,
      restarts: scenario.outages.length - deaths.size,
    },
    faults,
    violations,
    choices: scenario.choices,
    cells: exercised(scenario.choices, judged),
  };
}
