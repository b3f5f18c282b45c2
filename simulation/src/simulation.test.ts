import { freshSeed } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { CORPUS } from './corpus.js';
import { explain } from './explain.js';
import { violationsOf } from './invariants/all-invariants.js';
import { run } from './run.js';
import { reportOn } from './run-report.js';
import { PLAIN_CHOICES, drawScenario } from './scenario.js';
import { NO_RUNS, plus, writeSum } from './sum-report.js';

/** Runs of a fresh seed with every `npm test`; thousands are for `npm run simulate`. */
const FRESH_RUNS = 15;

/** Some events that nobody can handle, and nothing else that goes wrong. */
const COPIES = {
  ...PLAIN_CHOICES,
  poison: 'some',
  maxDeliveries: 'one',
  consumer: 'on',
  faults: 'none',
};

describe('The simulation', () => {
  it(`keeps every invariant in ${FRESH_RUNS} runs of a fresh seed`, { timeout: 240_000 }, async () => {
    const seed = freshSeed();
    let sum = NO_RUNS;
    const startMs = performance.now();
    for (let index = 0; index < FRESH_RUNS; index += 1) {
      sum = plus(sum, reportOn(await run(drawScenario(`${seed}/${index}`))));
      const [broken] = sum.broken;
      const [violation] = broken?.violations ?? [];
      if (broken !== undefined && violation !== undefined)
        expect.fail(await explain(broken.seed, violation, 'this one'));
    }
    process.stdout.write(`seed ${seed}\n${writeSum(sum, performance.now() - startMs)}`);
    expect(sum.runs).toBe(FRESH_RUNS);
  });

  it.each(CORPUS)('keeps every invariant with $seed, though $reason', async ({ seed, given }) => {
    expect(violationsOf(await run(drawScenario(seed, given)))).toEqual([]);
  });

  it('I26, I27: takes no dead letter for a copy of another message', async () => {
    const record = await run(drawScenario('copies', COPIES));
    const deadLetters = record.deadLetters.map((letter) => ({ ...letter, originalId: 'another' }));
    const broken = violationsOf({ ...record, deadLetters }).map(({ invariant }) => invariant);
    expect(new Set(broken)).toEqual(new Set(['I26', 'I27']));
  });
});
