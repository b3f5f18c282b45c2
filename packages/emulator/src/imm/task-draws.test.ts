import { SeededRandom } from '@mnsbus/core';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { TaskDraws } from './task-draws.js';

interface Drawn {
  readonly uuid: string;
  readonly eventId: string;
  readonly next: number;
}

const draw = (seed: string, instantsMs: readonly number[], peeks = 1): readonly Drawn[] => {
  const draws = new TaskDraws(new SeededRandom(seed));
  return instantsMs.map((atMs) => {
    for (let peek = 1; peek < peeks; peek += 1) draws.peek(atMs);
    const { uuid, eventId, random } = draws.peek(atMs);
    draws.take(atMs);
    return { uuid, eventId, next: random.integer(0, 1_000_000) };
  });
};

const instants = fc.array(fc.nat({ max: 50 }), { maxLength: 30 }).map((list) => list.toSorted((a, b) => a - b));

describe('TaskDraws', () => {
  it.prop([fc.string(), instants, fc.integer({ min: 1, max: 3 })])(
    'draws the same for the same seed and submission times, however often it is only looked at',
    (seed, instantsMs, peeks) => {
      expect(draw(seed, instantsMs, peeks)).toEqual(draw(seed, instantsMs));
    },
  );

  it.prop([fc.string(), instants, fc.integer({ min: 100, max: 200 })])(
    'draws for a later millisecond what it would draw without the earlier ones',
    (seed, instantsMs, laterMs) => {
      expect(draw(seed, [...instantsMs, laterMs]).at(-1)).toEqual(draw(seed, [laterMs])[0]);
    },
  );

  it.prop([fc.string(), instants])('never draws an id twice', (seed, instantsMs) => {
    const drawn = draw(seed, instantsMs);
    expect(new Set(drawn.map(({ uuid }) => uuid)).size).toBe(instantsMs.length);
    expect(new Set(drawn.map(({ eventId }) => eventId)).size).toBe(instantsMs.length);
    for (const { uuid, eventId } of drawn) {
      expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(eventId).toMatch(/^[\dA-F]{3}-[\dA-Za-z]{27}$/);
    }
  });

  it('draws something else from another seed', () => {
    expect(draw('a', [1])).not.toEqual(draw('b', [1]));
  });
});
