import { SeededRandom } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Journal } from '../runtime/journal.js';
import type { Fault } from './fault.js';
import { Faults, type FaultSubject } from './faults.js';

function fixture(seed = 's'): { faults: Faults; journal: Journal; at: (ms: number) => void } {
  let nowMs = 1000;
  const journal = new Journal(() => nowMs);
  const faults = new Faults({ now: () => nowMs, random: new SeededRandom(seed), journal });
  return { faults, journal, at: (ms) => void (nowMs = 1000 + ms) };
}

const drop: Fault = { kind: 'drop-delivery' };
const subject: FaultSubject = { accountId: '1', region: 'r', topicName: 't', subscriptionName: 's' };

/** Which of a number of strikes in a row hit. */
const hits = (faults: Faults, count: number, struck = subject): boolean[] =>
  Array.from({ length: count }, () => faults.strike(['drop-delivery'], struck).length > 0);

describe('Faults', () => {
  it('strikes what fits while it is there, counts, and records each time', () => {
    const { faults, journal } = fixture();
    const handle = faults.add({ ...drop, name: 'gone' });
    expect(hits(faults, 2)).toEqual([true, true]);
    expect(faults.list()).toEqual([handle]);
    expect(handle).toMatchObject({ id: 'gone', appliedCount: 2, fault: { kind: 'drop-delivery', name: 'gone' } });
    handle.remove();
    handle.remove();
    expect([hits(faults, 1), faults.list(), faults.isEmpty, handle.appliedCount]).toEqual([[false], [], true, 2]);
    expect(journal.entries('fault')).toMatchObject([
      { faultId: 'gone', fault: 'drop-delivery', ...subject },
      { faultId: 'gone', fault: 'drop-delivery', ...subject },
    ]);
  });

  it('takes away all at once, and names those without a name in order', () => {
    const { faults } = fixture();
    expect([faults.add(drop).id, faults.add(drop).id]).toEqual(['fault-1', 'fault-2']);
    faults.clear();
    expect([faults.isEmpty, faults.add(drop).id]).toEqual([true, 'fault-3']);
  });

  it.each([
    [{}, true],
    [{ topicName: 't' }, true],
    [{ topicName: 't', subscriptionName: 'other' }, false],
    [{ accountId: '2' }, false],
    [{ region: 'r', accountId: '1', topicName: 't', subscriptionName: 's' }, true],
  ])('with the match %j strikes: %s', (match, strikes) => {
    const { faults } = fixture();
    faults.add({ ...drop, match });
    expect(hits(faults, 1)).toEqual([strikes]);
  });

  it('does not fit what has no such name', () => {
    const { faults } = fixture();
    faults.add({ kind: 'delay', delayMs: 1, match: { queueName: 'q' } });
    expect(faults.strike(['delay'], { service: 'mns', operation: 'ListQueue' })).toEqual([]);
  });

  it('is a script: lets some pass, strikes some, then no more', () => {
    const { faults } = fixture();
    faults.add({ ...drop, skip: 2, times: 3 });
    expect(hits(faults, 7)).toEqual([false, false, true, true, true, false, false]);
  });

  it('begins and ends at its instants', () => {
    const { faults, at } = fixture();
    at(500);
    faults.add({ ...drop, afterMs: 100, forMs: 50 });
    const seen = [599, 600, 649, 650].map((ms) => {
      at(ms);
      return hits(faults, 1)[0];
    });
    expect(seen).toEqual([false, true, true, false]);
  });

  it('that could do nothing is not counted', () => {
    const { faults, journal } = fixture();
    const handle = faults.add({ ...drop, times: 1 });
    expect(faults.strike(['drop-delivery'], subject, () => false)).toEqual([]);
    expect([handle.appliedCount, journal.length]).toEqual([0, 0]);
    expect(hits(faults, 2)).toEqual([true, false]);
  });

  it('gives several that strike at once in the order of adding', () => {
    const { faults } = fixture();
    for (const delayMs of [3, 1, 2]) faults.add({ kind: 'late-delivery', delayMs });
    faults.add({ kind: 'repeat-delivery' });
    expect(
      faults.strike(['late-delivery'], subject).map(({ delayMs }) => delayMs),
      'only the kinds asked for',
    ).toEqual([3, 1, 2]);
  });

  prop.prop([fc.string(), fc.double({ min: 0, max: 1, noNaN: true })])(
    'decides by seed and name alone, whatever other faults there are',
    (seed, probability) => {
      const alone = fixture(seed);
      const among = fixture(seed);
      alone.faults.add({ ...drop, name: 'x', probability });
      among.faults.add({ kind: 'delay', delayMs: 5, probability: 0.5 });
      among.faults.add({ ...drop, name: 'x', probability });
      among.faults.strike(['delay'], { service: 'imm' });
      expect(hits(among.faults, 20)).toEqual(hits(alone.faults, 20));
    },
  );

  it.each([
    [0, 0, 0],
    [1, 1000, 1000],
    [0.25, 200, 300],
  ])('with probability %s strikes %s to %s of a thousand', (probability, least, most) => {
    const { faults } = fixture('thousand');
    const handle = faults.add({ ...drop, probability });
    hits(faults, 1000);
    expect(handle.appliedCount).toBeGreaterThanOrEqual(least);
    expect(handle.appliedCount).toBeLessThanOrEqual(most);
  });
});

describe('a fault that is none', () => {
  it.each([
    [{ kind: 'drop-delivery', probability: 2 }, 'fault.probability'],
    [{ kind: 'drop-delivery', times: 0 }, 'fault.times'],
    [{ kind: 'drop-delivery', skip: 0.5 }, 'fault.skip'],
    [{ kind: 'drop-delivery', forMs: 0 }, 'fault.forMs'],
    [{ kind: 'drop-delivery', afterMs: -1 }, 'fault.afterMs'],
    [{ kind: 'delay' }, 'fault.delayMs'],
    [{ kind: 'delay', delayMs: Number.NaN }, 'fault.delayMs'],
    [{ kind: 'refuse', code: 'NoSuchCode' }, 'fault.code'],
    [{ kind: 'server-error', status: 404 }, 'fault.status'],
    [{ kind: 'drop-delivery', match: { topicName: 5 } }, 'fault.match.topicName'],
    // No request has a task type, and no delivery has a queue.
    [{ kind: 'delay', delayMs: 1, match: { taskType: 'x' } }, 'fault.match'],
    [{ kind: 'drop-delivery', match: { queueName: 'q' } }, 'fault.match'],
    [{ kind: 'drop-delivery', probabilty: 1 }, 'fault'],
    [{ kind: 'explode' }, 'fault.kind'],
    [undefined, 'fault'],
    ['drop-delivery', 'fault'],
  ])('%j is refused, naming %s', (fault, path) => {
    const { faults } = fixture();
    const message = expect.stringMatching(new RegExp(`^${path.replaceAll('.', '\\.')}: `));
    expect(() => faults.add(fault as Fault)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message }));
    expect(faults.isEmpty).toBe(true);
  });

  it('takes no name that another one has', () => {
    const { faults } = fixture();
    faults.add({ ...drop, name: 'x' });
    expect(() => faults.add({ ...drop, name: 'x' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(faults.list()).toHaveLength(1);
  });
});
