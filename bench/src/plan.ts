import { parseArgs } from 'node:util';

/** How much of everything a run measures. */
export interface Plan {
  /** Rounds of throughput. */
  readonly rounds: number;
  /** Of each workload in each round of throughput. */
  readonly durationMs: number;
  /** Numbers of stored messages, the small one first. */
  readonly backlogs: readonly number[];
  readonly backlogRounds: number;
  /** Of each backlog in each of its rounds. */
  readonly backlogRoundMs: number;
  /** Numbers of kept records of tasks, the small one first. */
  readonly tasks: readonly number[];
  readonly taskRounds: number;
  readonly wakeUps: number;
  readonly launches: number;
}

/** What is measured unless less is asked for. */
export const FULL: Plan = {
  rounds: 7,
  durationMs: 700,
  backlogs: [10, 1_000_000],
  backlogRounds: 15,
  backlogRoundMs: 300,
  tasks: [100, 100_000],
  taskRounds: 9,
  wakeUps: 500,
  launches: 15,
};

/** Takes less than a minute, and its numbers scatter accordingly. */
export const QUICK: Plan = {
  rounds: 3,
  durationMs: 200,
  backlogs: [10, 100_000],
  backlogRounds: 5,
  backlogRoundMs: 300,
  tasks: [100, 10_000],
  taskRounds: 3,
  wakeUps: 200,
  launches: 10,
};

/** The plan that a command line asks for: `--quick`, or nothing. Throws a `TypeError` for anything else. */
export function readPlan(args: readonly string[]): Plan {
  const { values } = parseArgs({ args: [...args], options: { quick: { type: 'boolean', default: false } } });
  return values.quick ? QUICK : FULL;
}
