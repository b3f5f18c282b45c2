import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { expect, it } from 'vitest';
import { run } from './run.js';
import { drawScenario } from './scenario.js';

/** Runs a scenario whose replicas are killed; only a weak reference to what happened in it is left. */
async function journalOf(seed: string): Promise<WeakRef<object>> {
  const record = await run(drawScenario(seed, { outages: 'kills' }));
  expect(record.deaths.size).toBeGreaterThan(0);
  return new WeakRef(record.journal);
}

it('a run that is over is let go of, the requests and timers of its killed processes with it', async () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('expected a function that collects garbage');
  const journals: WeakRef<object>[] = [];
  for (const index of [0, 1, 2]) journals.push(await journalOf(`memory/${index}`));
  // Until a turn of the event loop has gone by, a weak reference that was just made keeps its target.
  for (let turn = 0; turn < 3; turn += 1) {
    await eventLoopTurn();
    collect();
  }
  expect(journals.map((journal) => journal.deref())).toEqual([undefined, undefined, undefined]);
});
