// Mutation testing of the pure rooms: `npm run mutation`, or `npm run mutation -- slots decode` for some of them. With
// `--incremental`, what an earlier run has found is taken over where Stryker sees no change of code or tests.
//
// A room fails when fewer of its mutants are caught than LOWEST_SCORE says, when one survives that nobody has explained in
// explanations.mjs, or when one is explained there that does not survive.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { compare } from './compare.mjs';
import { ROOMS } from './rooms.mjs';

/** In percent. */
const LOWEST_SCORE = 90;

const CACHE = '.cache/mutation';

const local = (name) => new URL(name, import.meta.url).href;

/** Runs all mutants of a room, or, unless forced, takes over what an earlier run has found; resolves with what became of each. */
function run(room, { isForced }) {
  // Read by vitest.config.mjs, in the process that runs the tests.
  process.env['MNSBUS_ROOM'] = room;
  const options = {
    mutate: [...ROOMS[room].mutate, '!**/*.test.ts'],
    testRunner: 'vitest',
    vitest: { configFile: 'mutation/vitest.config.mjs', related: false },
    plugins: [import.meta.resolve('@stryker-mutator/vitest-runner'), local('ignore-message-texts.mjs')],
    ignorers: ['message-texts'],
    coverageAnalysis: 'perTest',
    concurrency: 1,
    timeoutMS: 10_000,
    // Vitest looks at no types; and Stryker would read the compiler's settings with the API that TypeScript 7 has not.
    disableTypeChecks: false,
    tsconfigFile: 'none',
    // Vitest reads the root's tsconfig.json, and with it all that this refers to, when it finds it.
    ignorePatterns: ['bench', 'compat', 'examples', 'lint', 'dist', '/tsconfig.json'],
    tempDirName: `${CACHE}/sandbox`,
    incremental: true,
    force: isForced,
    incrementalFile: `${CACHE}/${room}.json`,
    reporters: ['progress-append-only'],
    logLevel: 'error',
  };
  return new Stryker(options).runMutationTest();
}

const count = (results, ...statuses) => results.filter(({ status }) => statuses.includes(status)).length;

/** What is said of a room: one row of the table. */
function summary(room, results, seconds) {
  const caught = count(results, 'Killed', 'Timeout');
  const survived = count(results, 'Survived');
  const uncovered = count(results, 'NoCoverage');
  const mutants = caught + survived + uncovered;
  return {
    room,
    mutants,
    killed: count(results, 'Killed'),
    timeout: count(results, 'Timeout'),
    survived,
    'no coverage': uncovered,
    ignored: count(results, 'Ignored'),
    'score %': Number(((100 * caught) / mutants).toFixed(2)),
    seconds: Math.round(seconds),
  };
}

/** Why a room fails; empty when it does not. */
function faultsOf(row, { unexplained, stale }) {
  const { room } = row;
  const shown = (kind) => (mutant) => `${room}: ${kind} ${mutant.file}: ${mutant.line}\n    ${mutant.change}`;
  return [
    ...(row['score %'] < LOWEST_SCORE ? [`${room}: the score is below ${LOWEST_SCORE} %`] : []),
    ...unexplained.map(shown('nobody has explained')),
    ...stale.map(shown('explained, but it does not survive:')),
  ];
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
mkdirSync(CACHE, { recursive: true });

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { incremental: { type: 'boolean', default: false } },
});
const unknown = asked.filter((room) => !Object.hasOwn(ROOMS, room));
if (unknown.length > 0) {
  console.error(`no room ${unknown.join(', ')}: expected some of ${Object.keys(ROOMS).join(', ')}`);
  process.exitCode = 2;
} else {
  const rows = [];
  const faults = [];
  for (const room of asked.length > 0 ? asked : Object.keys(ROOMS)) {
    const startMs = performance.now();
    const results = await run(room, { isForced: !values.incremental });
    const row = summary(room, results, (performance.now() - startMs) / 1000);
    rows.push(row);
    console.log(JSON.stringify(row));
    faults.push(...faultsOf(row, compare(room, results)));
  }
  console.table(rows);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
