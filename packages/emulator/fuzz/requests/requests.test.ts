import { freshSeed } from '@mnsbus/core';
import { expect, it } from 'vitest';
import { collectedHeap } from '../collected-heap.js';
import { fuzzRequests, fuzzSession, type Failure } from './fuzz-requests.js';
import { report } from './report.js';
import { shrink } from './shrink.js';

// Requests of every kind to emulators of every kind: none may be answered by a fault, none may be left without an answer,
// and afterwards the state has to be one that can be taken out and put back.

const IS_LONG = process.env['MNSBUS_LONG'] === '1';
const REQUESTS = IS_LONG ? 1_000_000 : 20_000;
const SEED = process.env['MNSBUS_FUZZ_SEED'] ?? freshSeed();
/** The seed of one session, to see a failure again. */
const SESSION = process.env['MNSBUS_FUZZ_SESSION'];
/** How much more may be in use at the end than after a tenth, in bytes. */
const MOST_GROWTH = 32 * 2 ** 20;

const DOES =
  SESSION === undefined
    ? `answers ${REQUESTS} requests, and no one by a fault (seed ${SEED})`
    : `does well in session ${SESSION}`;

it(`the emulator ${DOES}`, { timeout: 3_600_000 }, async () => {
  if (SESSION !== undefined) {
    await expectNone(await fuzzSession(SESSION));
    return;
  }
  const first = await fuzzRequests(`${SEED}/first`, REQUESTS / 10);
  await expectNone(first.failure);
  const heap = await collectedHeap();
  const rest = await fuzzRequests(`${SEED}/rest`, REQUESTS - first.coverage.requests, { coverage: first.coverage });
  const { coverage } = rest;
  const growth = (await collectedHeap()) - heap;
  process.stdout.write(`${first.sessions + rest.sessions} sessions, ${coverage.toString()}\n`);
  await expectNone(rest.failure);
  expect(growth).toBeLessThan(MOST_GROWTH);
  // So few cannot show everything; what they miss is for whoever looks.
  const unseen = coverage.unseen();
  if (IS_LONG) expect(unseen).toEqual([]);
  else process.stdout.write(`never: ${unseen.join(', ')}\n`);
});

async function expectNone(failure: Failure | undefined): Promise<void> {
  if (failure !== undefined) expect.fail(await report(await shrink(failure)));
}
