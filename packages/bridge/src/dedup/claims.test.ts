import { VirtualClock, type MnsbusError } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { Claims, type ClaimFrame } from './claims.js';
import type { Claim, Deduplicator } from './deduplicator.js';

interface Asked {
  readonly what: string;
  readonly args: readonly unknown[];
}

/** A deduplicator that notes what it is asked, and answers well unless told otherwise. */
function noting(asked: Asked[], own: Partial<Deduplicator> = {}): Deduplicator {
  const note =
    <Answer>(what: string, answer: Answer) =>
    async (...args: readonly unknown[]): Promise<Answer> => {
      asked.push({ what, args });
      return answer;
    };
  return {
    claim: note('claim', { state: 'claimed', token: 't' } as const),
    renew: note('renew', true),
    complete: note('complete', undefined),
    release: note('release', undefined),
    ...own,
  };
}

interface Room {
  readonly clock: VirtualClock;
  readonly claims: Claims;
  readonly frame: ClaimFrame;
  readonly asked: Asked[];
  readonly failures: MnsbusError[];
  /** Tells that the lease was extended. */
  readonly extend: (leftMs: number) => void;
  readonly listening: () => number;
}

function room(own: Partial<Deduplicator> = {}, firstLeftMs = 30_000): Room {
  const clock = new VirtualClock();
  const asked: Asked[] = [];
  const failures: MnsbusError[] = [];
  const listeners = new Set<() => void>();
  const lease = {
    leftMs: firstLeftMs,
    onExtended: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    clock,
    claims: new Claims(noting(asked, own), clock),
    frame: { lease, onFailure: (error) => failures.push(error) },
    asked,
    failures,
    extend: (leftMs) => {
      lease.leftMs = leftMs;
      for (const tell of listeners) tell();
    },
    listening: () => listeners.size,
  };
}

const names = (asked: readonly Asked[]): string[] => asked.map(({ what }) => what);

describe('Claims', () => {
  it('claim an event for what is left of the lease, and keep it with each extension until it is completed', async () => {
    const { claims, frame, asked, failures, extend, listening, clock } = room();
    const claim = await claims.claim('k', frame);
    extend(12_345.6);
    if (claim?.state !== 'claimed') expect.fail('it was not claimed');
    await claim.complete();
    extend(99_999);
    expect(asked).toEqual([
      { what: 'claim', args: ['k', 30_000] },
      { what: 'renew', args: ['k', 't', 12_346] },
      { what: 'complete', args: ['k', 't'] },
    ]);
    expect([failures, listening(), clock.pendingTimers]).toEqual([[], 0, 0]);
  });

  it('are for a second at least, however little of the lease is left', async () => {
    const { claims, frame, asked } = room({}, 3);
    await claims.claim('k', frame);
    expect(asked[0]?.args).toEqual(['k', 1000]);
  });

  it('are of a scope, where several processes are to get each event for themselves', async () => {
    const { clock, frame, asked } = room();
    const claim = await new Claims(noting(asked), clock, 'events-r-1/').claim('k', frame);
    if (claim?.state === 'claimed') await claim.complete();
    expect(asked.map(({ args }) => args[0])).toEqual(['events-r-1/k', 'events-r-1/k']);
  });

  it('are released once and renewed no more', async () => {
    const { claims, frame, asked, extend } = room();
    const claim = await claims.claim('k', frame);
    if (claim?.state === 'claimed') await claim.release();
    extend(5000);
    expect(names(asked)).toEqual(['claim', 'release']);
  });

  it.each<[Claim]>([[{ state: 'busy' }], [{ state: 'completed' }]])('hand on that an event is %j', async (answer) => {
    const { claims, frame, failures } = room({ claim: async () => answer });
    expect(await claims.claim('k', frame)).toEqual(answer);
    expect(failures).toEqual([]);
  });

  const broken = new Error('the client is closed');
  const wrongs: readonly (readonly [how: string, wrong: () => Promise<never>])[] = [
    [
      'throws at once',
      () => {
        throw broken;
      },
    ],
    ['rejects', () => Promise.reject(broken)],
    ['never answers', () => new Promise(() => {})],
  ];
  const nonsense: typeof wrongs = [
    ['answers nonsense', async () => ({ state: 'perhaps' }) as never],
    ['answers with a state that there is not', async () => ({ state: 'perhaps', token: 't' }) as never],
    ['answers with a claim that has no token', async () => ({ state: 'claimed' }) as never],
    ['answers nothing', async () => undefined as never],
  ];

  it.each([...wrongs, ...nonsense])('count as absent, and say so, when claim %s', async (_, wrong) => {
    const { claims, frame, failures, clock } = room({ claim: wrong });
    expect(await clock.runUntil(claims.claim('k', frame))).toBeUndefined();
    expect(failures).toMatchObject([
      { code: 'DEDUPLICATOR_FAILED', retryable: true, message: expect.stringContaining('key k') },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each(
    wrongs.flatMap(([how, wrong]) =>
      (['complete', 'release', 'renew'] as const).map((method) => [how, method, wrong] as const),
    ),
  )('go on, and say so, when it %s on %s', async (_, method, wrong) => {
    const { claims, frame, failures, clock, extend } = room({ [method]: wrong });
    const claim = await clock.runUntil(claims.claim('k', frame));
    if (claim?.state !== 'claimed') expect.fail('it was not claimed');
    extend(30_000);
    await clock.advanceBy(5000);
    await clock.runUntil(method === 'release' ? claim.release() : claim.complete());
    expect(failures).toMatchObject([{ code: 'DEDUPLICATOR_FAILED' }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each(wrongs.slice(0, 2))('say at once with what it has failed when it %s', async (_, wrong) => {
    const { claims, frame, failures, clock } = room({ claim: wrong });
    const startMs = clock.now();
    await clock.runUntil(claims.claim('k', frame));
    expect(clock.now()).toBe(startMs);
    expect(failures).toMatchObject([{ message: expect.stringContaining('the client is closed'), cause: broken }]);
  });

  it('wait five seconds for an answer, and a quarter of what is left of a short lease', async () => {
    for (const [leftMs, waitMs] of [
      [30_000, 5000],
      [2000, 500],
    ] as const) {
      const { claims, frame, clock, failures } = room({ claim: () => new Promise(() => {}) }, leftMs);
      const startMs = clock.now();
      await clock.runUntil(claims.claim('k', frame));
      expect(clock.now() - startMs).toBe(waitMs);
      expect(failures).toMatchObject([{ message: expect.stringContaining(`no answer within ${waitMs} ms`) }]);
    }
  });

  it('let go of a claim that comes too late, because nobody would keep it', async () => {
    let answer: (claim: Claim) => void = () => expect.fail('it was not asked');
    const { claims, frame, clock, asked } = room({ claim: () => new Promise((resolve) => (answer = resolve)) });
    await clock.runUntil(claims.claim('k', frame));
    answer({ state: 'claimed', token: 'late' });
    await clock.advanceBy(0);
    expect(asked).toEqual([{ what: 'release', args: ['k', 'late'] }]);
  });

  it.each<[string, (answer: (claim: Claim) => void, fail: (cause: Error) => void) => void]>([
    ['is an answer that claims nothing', (answer) => answer({ state: 'busy' })],
    ['is a failure', (_, fail) => fail(broken)],
  ])('have nothing more to do with what comes too late and %s', async (_, end) => {
    let endLate = (): void => expect.fail('it was not asked');
    const claim = (): Promise<Claim> =>
      new Promise((resolve, reject) => {
        endLate = () => end(resolve, reject);
      });
    const { claims, frame, clock, asked, failures } = room({ claim });
    await clock.runUntil(claims.claim('k', frame));
    endLate();
    await clock.advanceBy(0);
    expect([asked, failures.length]).toEqual([[], 1]);
  });

  it('say when the deduplicator no longer knows of a claim', async () => {
    const { claims, frame, failures, extend, clock } = room({ renew: async () => false });
    await claims.claim('k', frame);
    extend(30_000);
    await clock.advanceBy(0);
    expect(failures).toMatchObject([{ message: expect.stringContaining('no longer holds the claim') }]);
  });

  it('need no renewals of a deduplicator that has none', async () => {
    const { claims, frame, failures, extend, clock } = room({ renew: undefined as never });
    await claims.claim('k', frame);
    extend(30_000);
    await clock.advanceBy(10_000);
    expect(failures).toEqual([]);
  });
});
