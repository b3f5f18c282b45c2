import { SeededRandom } from '@mnsbus/core';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { PUBLISH_LAG_MS, TaskDraws, type TaskDraw } from './task-draws.js';

const draw = (seed: string, instantsMs: readonly number[]): readonly TaskDraw[] => {
  const draws = new TaskDraws(new SeededRandom(seed));
  return instantsMs.map((atMs) => draws.next(atMs));
};

const instants = fc.array(fc.nat({ max: 50 }), { maxLength: 30 }).map((list) => list.toSorted((a, b) => a - b));

describe('TaskDraws', () => {
  it.prop([fc.string(), instants])('draws the same for the same seed and submission times', (seed, instantsMs) => {
    expect(draw(seed, instantsMs)).toEqual(draw(seed, instantsMs));
  });

  it.prop([fc.string(), instants, fc.integer({ min: 100, max: 200 })])(
    'draws for a later millisecond what it would draw without the earlier ones',
    (seed, instantsMs, laterMs) => {
      expect(draw(seed, [...instantsMs, laterMs]).at(-1)).toEqual(draw(seed, [laterMs])[0]);
    },
  );

  it.prop([fc.string(), instants])('never draws an id twice, nor a lag out of its range', (seed, instantsMs) => {
    const drawn = draw(seed, instantsMs);
    expect(new Set(drawn.map(({ taskId }) => taskId)).size).toBe(instantsMs.length);
    for (const { taskId, publishLagMs } of drawn) {
      expect(taskId).toMatch(/^formatconvert-[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(publishLagMs).toBeGreaterThanOrEqual(PUBLISH_LAG_MS.least);
      expect(publishLagMs).toBeLessThanOrEqual(PUBLISH_LAG_MS.most);
    }
  });

  it('draws something else from another seed', () => {
    expect(draw('a', [1])).not.toEqual(draw('b', [1]));
  });

  it('draws every lag from 150 to 350', () => {
    const lags = draw(
      'seed',
      Array.from({ length: 5000 }, (_, index) => index),
    ).map((drawn) => drawn.publishLagMs);
    expect([Math.min(...lags), Math.max(...lags), new Set(lags).size]).toEqual([150, 350, 201]);
  });
});
