import { SeededRandom, VirtualClock } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { FetchPlaces } from './fetch-places.js';

interface Started {
  readonly url: string;
  readonly atMs: number;
}

const roomOf = (
  seed: number | string,
  fetchMs: (url: string) => number,
): { clock: VirtualClock; places: FetchPlaces; started: Started[]; most: () => number } => {
  const clock = new VirtualClock(0);
  const started: Started[] = [];
  let open = 0;
  let most = 0;
  const places = new FetchPlaces(clock, new SeededRandom(seed), (url) => {
    started.push({ url, atMs: clock.now() });
    open += 1;
    most = Math.max(most, open);
    return new Promise<void>((resolve) => {
      clock.after(fetchMs(url), () => {
        open -= 1;
        resolve();
      });
    });
  });
  return { clock, places, started, most: () => most };
};

describe('FetchPlaces', () => {
  const step = fc.record({ url: fc.nat({ max: 20 }), restMs: fc.constantFrom(0, 0, 0, 1, 50, 250, 2000) });
  prop.prop([fc.array(step, { maxLength: 80 }), fc.constantFrom(1, 50, 400, 3000), fc.nat()])(
    'are never more than four at once, four after a rest and four a second, and none stays empty that somebody waits for',
    async (steps, fetchMs, seed) => {
      const { clock, places, started, most } = roomOf(seed, () => fetchMs);
      let refused = 0;
      for (const { url, restMs } of steps) {
        const before = started.length;
        const hasStarted = places.ask(String(url));
        expect(started.length - before).toBe(hasStarted ? 1 : 0);
        if (!hasStarted) refused += 1;
        await clock.advanceBy(restMs);
      }
      await clock.advanceBy(10_000);
      expect(most()).toBeLessThanOrEqual(4);
      for (const [index, { atMs }] of started.entries()) {
        // Of any five in a row, the last was at least a second's quarter after the first; and so on.
        for (const [other, later] of started.slice(index + 4).entries()) {
          expect(later.atMs - atMs).toBeGreaterThanOrEqual((other + 1) * 250);
        }
      }
      if (refused > 0) expect(started.length).toBeGreaterThan(4);
      expect(clock.pendingTimers).toBe(0);
    },
  );

  it('are shared by the number of requests, whatever names the others make up', async () => {
    let first = 0;
    const RUNS = 200;
    for (let run = 0; run < RUNS; run += 1) {
      const { clock, places, started } = roomOf(run, () => 50);
      for (let forged = 0; forged < 4; forged += 1) places.ask(`early ${forged}`);
      // Of 20 requests in the time of one place, one is genuine.
      for (let request = 0; request < 20; request += 1) places.ask(request === 10 ? 'genuine' : `forged ${request}`);
      await clock.advanceBy(1000);
      expect(started).toHaveLength(5);
      if (started[4]?.url === 'genuine') first += 1;
    }
    // Ten are to be expected; five standard deviations are fifteen.
    expect(first).toBeGreaterThanOrEqual(1);
    expect(first).toBeLessThanOrEqual(25);
  });

  it('let nobody be kept out for long by a flood', async () => {
    for (const seed of ['a', 'b', 'c', 'd']) {
      const { clock, places, started } = roomOf(seed, () => 50);
      let serial = 0;
      // A hundred forged requests a second, each with a name of its own, and one genuine a second.
      while (!started.some(({ url }) => url === 'genuine') && clock.now() < 300_000) {
        places.ask((serial += 1) % 101 === 0 ? 'genuine' : `forged ${serial}`);
        await clock.advanceBy(10);
      }
      expect(started.some(({ url }) => url === 'genuine')).toBe(true);
      places.close();
    }
  });

  it('wait with one timer, and only when somebody waits; no program with nothing else to do waits with them', async () => {
    const { clock, places } = roomOf('timer', () => 1);
    for (let request = 0; request < 4; request += 1) places.ask(String(request));
    await clock.advanceBy(1);
    expect(clock.pendingTimers).toBe(0);
    for (let request = 0; request < 8; request += 1) places.ask(String(request));
    expect(clock.pendingTimers).toBe(1);
    const nowMs = clock.now();
    await clock.runUntilIdle();
    expect(clock.now()).toBe(nowMs);
    places.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('go to the one that was drawn, though somebody else asks at the very instant', async () => {
    const { clock, places, started } = roomOf('instant', () => 1);
    for (let request = 0; request < 4; request += 1) places.ask(`early ${request}`);
    const answers: boolean[] = [];
    clock.after(250, () => answers.push(places.ask('late')));
    await clock.advanceBy(1);
    places.ask('drawn');
    await clock.advanceBy(249);
    expect([answers, started.length]).toEqual([[false], 5]);
  });

  it('are drawn no more once closed', async () => {
    const { clock, places, started } = roomOf('closed', () => 50);
    for (let request = 0; request < 10; request += 1) places.ask(String(request));
    places.close();
    await clock.advanceBy(5000);
    expect(started).toHaveLength(4);
    expect(clock.pendingTimers).toBe(0);
  });
});
