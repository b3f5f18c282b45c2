import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { expect, it } from 'vitest';
import { trap } from '../trap.js';
import { OUTAGES, OUTAGE_MS } from './outages.js';
import { SteadyWorld } from './steady-world.js';

const HOUR_MS = 3_600_000;

/** Between two events, in milliseconds. */
const EVERY_MS = 150_000;

/** When in its hour an outage begins: no event is sent within the minutes before, so that a queue that is deleted is empty. */
const BEGIN_MS = 900_000;
const QUIET_MS = 400_000;

/** How much more a process may have in hand at the end than at its first round of outages, in bytes. */
const MOST_GROWTH = 12 * 1024 * 1024;

/** A day with each test, and a week where there is time. */
const HOURS = process.env['MNSBUS_LONG'] === '1' ? 168 : 24;

it(`lives through ${HOURS} hours with an outage of each kind in turn each hour`, { timeout: 300_000 }, async () => {
  const world = new SteadyWorld('week');
  const { clock } = world;
  const release = trap((reason) => world.wrong.push(String(reason)));
  const heap: number[] = [];
  const unhealthy: string[] = [];
  try {
    await clock.runUntil(world.start());
    const startMs = clock.now();
    for (let hour = 0; hour < HOURS; hour += 1) {
      const outage = OUTAGES[hour % OUTAGES.length] ?? expect.fail('no outage');
      const beginMs = startMs + hour * HOUR_MS;
      for (let atMs = 0; atMs < HOUR_MS; atMs += EVERY_MS) {
        const isQuiet = atMs > BEGIN_MS - QUIET_MS && atMs < BEGIN_MS;
        if (!isQuiet) clock.after(atMs, () => void world.send());
      }
      clock.after(BEGIN_MS, () => outage.begin(world));
      clock.after(BEGIN_MS + OUTAGE_MS, () => outage.end(world));
      await clock.advanceTo(beginMs + HOUR_MS - 1);
      world.check();
      if (!world.areHealthy) unhealthy.push(`${outage.name}, hour ${hour}`);
      heap.push(await heapUsed());
    }
    await clock.advanceBy(HOUR_MS);
    world.check();
    const stored = await clock.runUntil(world.stored());
    process.stdout.write(
      `${HOURS} hours: ${world.sent} events, ${world.handled} handled and ${world.handledAgain} times again, ${world.poison} that nobody can handle; heap ${heap.map((bytes) => Math.round(bytes / 2 ** 20)).join(' ')} MiB\n`,
    );
    expect([...world.open]).toEqual([]);
    expect(world.wrong).toEqual([]);
    expect(unhealthy).toEqual([]);
    expect(stored.get('events')).toBe(0);
    // Dead letters that lay there when their queue was deleted are gone with it.
    expect(stored.get('dead-letters')).toBeLessThanOrEqual(world.poison);
    expect(heap.at(-1)).toBeLessThan((heap[OUTAGES.length] ?? 0) + MOST_GROWTH);
  } finally {
    await clock.runUntil(world.end());
    release();
  }
});

async function heapUsed(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('expected a function that collects garbage');
  await eventLoopTurn();
  collect();
  return process.memoryUsage().heapUsed;
}
