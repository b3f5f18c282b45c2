import { execFileSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { freshSeed } from '@mnsbus/core';
import { Command, InvalidArgumentError } from 'commander';
import { writeCoverage } from './table/coverage.js';
import { explain } from './explain.js';
import { OPTIONS } from './options/options-table.js';
import { run } from './run.js';
import { reportOn, type RunReport } from './run-report.js';
import type { Choices } from './scenario-plan.js';
import { drawScenario } from './scenario.js';
import { NO_RUNS, plus, writeSum } from './sum-report.js';
import type { WorkerTask } from './worker.js';

interface Flags {
  readonly seed?: string;
  readonly runs: number;
  readonly jobs: number;
  readonly replay?: string;
  readonly with: Choices;
}

const {
  seed = freshSeed(),
  runs,
  jobs,
  replay,
  with: given,
} = new Command('npm run simulate --')
  .description(
    'runs bridges and emulator in virtual time under faults, and judges every run by the invariants of the design',
  )
  .option('--seed <text>', 'the seed of all runs (default: a fresh one)')
  .option('--runs <number>', 'how many', wholeNumber, 100)
  .option('--jobs <number>', 'how many at once, each on a core of its own', wholeNumber, 2)
  .option('--replay <seed>', 'one run alone, by the seed that a failure names')
  .option('--with <option=value>', 'with --replay: what was given and not drawn; may be repeated', choice, {})
  .parse()
  .opts<Flags>();

const startMs = performance.now();
const reports = replay === undefined ? await many() : [reportOn(await run(drawScenario(replay, given)))];
const sum = reports.reduce(plus, NO_RUNS);
console.log(replay === undefined ? `seed ${seed}` : `replay of ${replay}`);
console.log(writeSum(sum, performance.now() - startMs));
if (replay === undefined) console.log(`runs that exercised each option and invariant\n\n${writeCoverage(sum.cells)}\n`);
const [first] = sum.broken;
for (const { seed: of, violations } of sum.broken.slice(0, 10)) {
  for (const { invariant, message } of violations.slice(0, 3)) console.log(`${of}: ${invariant} ${message}`);
}
if (first !== undefined) {
  process.exitCode = 1;
  const [violation] = first.violations;
  if (violation !== undefined) console.log(`\n${await explain(first.seed, violation, commit(), given)}`);
}

async function many(): Promise<readonly RunReport[]> {
  const done: RunReport[] = [];
  await Promise.all(
    Array.from({ length: Math.min(jobs, runs) }, (_, index) => work({ seed, first: index, step: jobs, runs }, done)),
  );
  return done;
}

function work(task: WorkerTask, done: RunReport[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: task });
    worker.on('message', (report: RunReport) => {
      done.push(report);
      // Told at once: a long series need not end before somebody looks.
      if (report.violations.length > 0) console.error(`broken: ${report.seed}`);
      if (done.length % 500 === 0) console.error(`${done.length} runs`);
    });
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

function choice(text: string, before: Choices): Choices {
  const [, name = '', value = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const option = OPTIONS.find((one) => one.name === name);
  if (option === undefined || !Object.hasOwn(option.values, value))
    throw new InvalidArgumentError(`expected option=value, with one of ${OPTIONS.map((one) => one.name).join(', ')}.`);
  return { ...before, [name]: value };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1) throw new InvalidArgumentError('expected a whole number from 1.');
  return value;
}
