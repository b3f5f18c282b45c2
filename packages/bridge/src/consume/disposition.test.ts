import { MnsbusError, SeededRandom, VirtualClock } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { KnownMessage } from '../dispatch/known-messages.js';
import type { Verdict } from '../dispatch/verdict.js';
import type { QueueDelivery } from '../mns/delivery.js';
import { resolveSettings, type BridgeSettings } from '../options/bridge-settings.js';
import { queueDelivery, waitingEntry } from '../test-support/waiting-entry.js';
import { dispositionOf, type Disposition } from './disposition.js';
import { noteVerdict, reasonToGiveUp } from './give-up.js';

const failed = new MnsbusError({ code: 'LISTENER_FAILED', message: 'listener of E: no' });
const unreadable = new MnsbusError({ code: 'EVENT_MALFORMED', message: 'no JSON' });

const deliveryOf = (deliveryCount: number): QueueDelivery => queueDelivery({ deliveryCount });

interface Case {
  readonly deliveryCount?: number;
  readonly unheard?: number;
  readonly busy?: number;
  readonly heardAt?: number;
  readonly settings?: BridgeSettings;
  readonly seed?: string;
  readonly random?: SeededRandom;
  readonly leaseMs?: number;
}

/** Draws the highest number of every range. */
const highest = Object.assign(new SeededRandom('highest'), { integer: (_: number, high: number) => high });

function dispose(
  verdict: Verdict,
  { deliveryCount = 1, settings = {}, seed = 's', random, leaseMs = 40_000, ...given }: Case = {},
): Disposition {
  const current = resolveSettings(settings);
  const { held, known } = waitingEntry(new VirtualClock(0), { deliveryCount, leaseMs }, { current });
  Object.assign(known, given);
  return dispositionOf(verdict, { held, known }, current, random ?? new SeededRandom(seed));
}

const retry: Verdict = { type: 'retry', afterSeconds: undefined, error: failed };
const dead = { deadLetterQueue: 'dead' };

describe('dispositionOf', () => {
  it('deletes what is done', () => {
    expect(dispose({ type: 'ack' })).toEqual({ type: 'delete' });
  });

  prop.prop([fc.integer({ min: 1, max: 10_000 }), fc.string()])(
    'never dead-letters what is given back, however often it was delivered',
    (deliveryCount, seed) => {
      for (const reason of ['unheard', 'busy', 'aborted'] as const) {
        const result = dispose({ type: 'release', reason }, { deliveryCount, settings: dead, seed });
        expect(result).toMatchObject({ type: 'release', as: 'released' });
      }
    },
  );

  prop.prop([fc.integer({ min: 1, max: 10 }), fc.string()])(
    'asks for what is busy within a quarter of the lease, then within half of it, then within all of it',
    (busy, seed) => {
      const result = dispose({ type: 'release', reason: 'busy' }, { busy, seed });
      const atMost = [10, 20][busy - 1] ?? 40;
      expect('visibleInSeconds' in result && result.visibleInSeconds <= atMost).toBe(true);
    },
  );

  it('waits up to half an hour with what nobody listens to, and not longer than retryDelay with what failed', () => {
    const longest = (verdict: Verdict): number =>
      Math.max(
        ...Array.from({ length: 200 }, (_, seed) => {
          const result = dispose(verdict, { deliveryCount: 90, seed: `${seed}` });
          return 'visibleInSeconds' in result ? result.visibleInSeconds : 0;
        }),
      );
    expect(longest({ type: 'release', reason: 'unheard' })).toBeGreaterThan(1700);
    expect(longest({ type: 'release', reason: 'aborted' })).toBeLessThanOrEqual(300);
    expect(longest(retry)).toBeLessThanOrEqual(300);
  });

  it.each([
    ['busy', 40_000, 40],
    ['busy', 900, 1],
    ['aborted', 40_000, 16],
    ['unheard', 40_000, 16],
  ] as const)(
    'puts off for how long it can take what is given back as %s, of a lease of %d ms',
    (reason, leaseMs, atMost) => {
      const result = dispose({ type: 'release', reason }, { deliveryCount: 5, leaseMs, random: highest });
      expect(result).toEqual({ type: 'release', as: 'released', visibleInSeconds: atMost });
    },
  );

  it.each([
    [90, 0, 1800],
    [90, 90, 1],
    [90, 86, 8],
  ])('puts off what nobody listens to by its deliveries (%d) since it was last heard (%d)', (...given) => {
    const [deliveryCount, heardAt, visibleInSeconds] = given;
    const result = dispose({ type: 'release', reason: 'unheard' }, { deliveryCount, heardAt, random: highest });
    expect(result).toMatchObject({ visibleInSeconds });
  });

  it.each([
    [4, 0, 'release'],
    [5, 0, 'dead-letter'],
    [5, 1, 'release'],
    [25, 20, 'dead-letter'],
    [24, 20, 'release'],
    // Known to have reached nobody more often than it was delivered: it was sent anew under the same id, or forgotten meanwhile.
    [3, 9, 'release'],
  ])('after a failure at delivery %d, %d of them unheard: %s', (deliveryCount, unheard, type) => {
    expect(dispose(retry, { deliveryCount, unheard, settings: { maxDeliveries: 5, ...dead } })).toMatchObject({ type });
  });

  it('says in the reason what was seen', () => {
    const result = dispose(retry, { deliveryCount: 7, unheard: 2, settings: dead });
    expect(result).toMatchObject({
      type: 'dead-letter',
      deadLetterQueue: 'dead',
      givenUp: {
        cause: 'listener',
        error: {
          code: 'LISTENER_FAILED',
          message:
            'listener of E: no. Given up after this failure: it was delivered 7 times, of which 2 do not count, and maxDeliveries is 5',
        },
      },
    });
  });

  it('dead-letters at once what a listener asks for, and what can never be read', () => {
    expect(dispose({ type: 'dead-letter', error: failed, cause: 'answered' }, { settings: dead })).toMatchObject({
      givenUp: { cause: 'answered', error: failed },
    });
    expect(dispose({ type: 'dead-letter', error: unreadable, cause: 'unreadable' }, { settings: dead })).toMatchObject({
      givenUp: { cause: 'unreadable', error: unreadable },
    });
  });

  it('keeps without a dead-letter queue whatever happens', () => {
    for (const verdict of [retry, { type: 'dead-letter', error: failed, cause: 'answered' } as const])
      expect(dispose(verdict, { deliveryCount: 900 })).toMatchObject({ type: 'release', as: 'retried' });
  });

  it('puts a message off for as long as its listener asks', () => {
    expect(dispose({ ...retry, afterSeconds: 777 })).toMatchObject({ visibleInSeconds: 777 });
  });
});

describe('noteVerdict', () => {
  const busy: Verdict = { type: 'release', reason: 'busy' };

  it('counts for nothing what was given back', () => {
    const known = new KnownMessage();
    for (const reason of ['unheard', 'busy', 'aborted'] as const)
      noteVerdict({ type: 'release', reason }, deliveryOf(9), known);
    noteVerdict(retry, deliveryOf(10), known);
    expect(known.unheard).toBe(3);
  });

  it('notes at which delivery a message was last with a listener', () => {
    const known = new KnownMessage();
    const unheard: Verdict = { type: 'release', reason: 'unheard' };
    const aborted: Verdict = { type: 'release', reason: 'aborted' };
    const seen = [unheard, retry, busy, unheard, aborted, unheard].map((verdict, index) => {
      if (index === 3) known.succeeded(0, () => {});
      noteVerdict(verdict, deliveryOf(index + 1), known);
      return known.heardAt;
    });
    expect(seen).toEqual([0, 2, 2, 4, 5, 5]);
  });

  it('counts no delivery at all as long as an event is in the hands of somebody who must be alive', () => {
    const known = new KnownMessage();
    for (const deliveryCount of [2, 5, 8]) noteVerdict(busy, deliveryOf(deliveryCount), known);
    expect(known.unheard).toBe(3);
    noteVerdict(busy, deliveryOf(600), known);
    expect([known.unheard, known.busy]).toEqual([600, 4]);
    noteVerdict(retry, deliveryOf(601), known);
    expect([known.unheard, known.busy]).toEqual([600, 0]);
  });
});

describe('reasonToGiveUp', () => {
  const limits = { maxDeliveries: 5, maxSilentDeliveries: 100 };

  prop.prop([fc.integer({ min: 1, max: 400 }), fc.nat(400), fc.boolean()])(
    'condemns by numbers alone only what was delivered to listeners more than maxSilentDeliveries times',
    (deliveryCount, unheard, hasOverrun) => {
      const known = Object.assign(new KnownMessage(), { unheard, hasOverrun });
      const reason = reasonToGiveUp(deliveryOf(deliveryCount), known, limits);
      const before = Math.max(1, deliveryCount - unheard) - 1;
      if (hasOverrun && before >= 5) expect(reason?.cause).toBe('listener');
      else if (before >= 100) expect(reason?.cause).toBe('silent');
      else expect(reason).toBeUndefined();
    },
  );

  it('goes on with what it has condemned before', () => {
    const known = new KnownMessage();
    known.givenUp = { error: failed, cause: 'listener' };
    expect(reasonToGiveUp(deliveryOf(1), known, limits)).toBe(known.givenUp);
  });

  it.each([
    [5, 0, undefined],
    [6, 0, 'listener'],
    [7, 2, undefined],
    [8, 2, 'listener'],
  ])('condemns what has overrun here only after five of %d deliveries, %d of them unheard', (count, unheard, cause) => {
    const known = Object.assign(new KnownMessage(), { unheard, hasOverrun: true });
    expect(reasonToGiveUp(deliveryOf(count), known, limits)?.cause).toBe(cause);
  });

  it.each([
    [100, 0, undefined],
    [101, 0, 'silent'],
    [102, 2, undefined],
    [103, 2, 'silent'],
  ])('condemns what has not only after a hundred of %d, %d of them unheard', (count, unheard, cause) => {
    const known = Object.assign(new KnownMessage(), { unheard });
    expect(reasonToGiveUp(deliveryOf(count), known, limits)?.cause).toBe(cause);
  });

  it('says which of the two it was', () => {
    const silent = reasonToGiveUp(deliveryOf(101), new KnownMessage(), limits);
    expect(silent?.error).toMatchObject({
      code: 'LISTENER_FAILED',
      message:
        'no failure of it was seen here, but it was delivered 101 times, and maxSilentDeliveries is 100: ' +
        'its listener probably hangs or ends its process elsewhere',
    });
    const overrun = Object.assign(new KnownMessage(), { hasOverrun: true });
    expect(reasonToGiveUp(deliveryOf(6), overrun, limits)?.error.message).toMatch(/longer than lease\.maxSeconds/);
  });
});
