import { fc, it as prop } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import type { Claim, Deduplicator } from '../deduplicator.js';

/** A deduplicator under test, and the time that governs it. */
export interface DeduplicatorUnderTest {
  readonly deduplicator: Required<Deduplicator>;
  /** Lets this many milliseconds pass for all that it remembers. */
  readonly pass: (ms: number) => Promise<void>;
}

/** Opens an empty deduplicator, which remembers for `completedTtlMs`. */
export type OpenDeduplicator = (completedTtlMs: number) => DeduplicatorUnderTest | Promise<DeduplicatorUnderTest>;

/** The token of a claim that was given. */
export const tokenOf = (claim: Claim): string =>
  claim.state === 'claimed' ? claim.token : expect.fail(`it is ${claim.state}`);

// Times so far apart that it does not matter whether a real clock goes on by some seconds meanwhile.
const UNIT_MS = 1_000_000;
const CLAIM_MS = 10 * UNIT_MS;
const COMPLETED_MS = 25 * UNIT_MS;
const WAIT_MS = 6 * UNIT_MS;

// Anything may be a key, and whatever a store makes of them, they are keys of their own.
const KEYS = [
  'a',
  'b',
  '',
  '#',
  '1',
  'a b',
  'line\nline',
  'schlüssel',
  '\ud800',
  '\ud801',
  'x'.repeat(300),
  'x'.repeat(301),
];

interface Held {
  readonly state: 'busy' | 'completed';
  readonly token: string;
  readonly untilMs: number;
}

/**
 * Declares what every deduplicator owes its bridges, whatever it keeps its claims in.
 *
 * Nothing is said about a token whose claim is over and was given to nobody else: only its holder can tell what it is worth.
 */
export function deduplicatorLaws(open: OpenDeduplicator): void {
  it('gives an event to one of a hundred who come at once', async () => {
    const { deduplicator } = await open(COMPLETED_MS);
    for (let round = 0; round < 3; round += 1) {
      const claims = await Promise.all(Array.from({ length: 100 }, () => deduplicator.claim('a', CLAIM_MS)));
      const won = claims.filter(({ state }) => state === 'claimed');
      expect([won.length, claims.filter(({ state }) => state === 'busy').length]).toEqual([1, 99]);
      for (const claim of won) await deduplicator.release('a', tokenOf(claim));
    }
  });

  it('lets one of a hundred who end at once decide, and hears no one who has lost it', async () => {
    const { deduplicator, pass } = await open(COMPLETED_MS);
    const lost = tokenOf(await deduplicator.claim('a', CLAIM_MS));
    await pass(CLAIM_MS + UNIT_MS);
    const token = tokenOf(await deduplicator.claim('a', CLAIM_MS));
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        index % 2 === 0 ? deduplicator.release('a', lost) : deduplicator.complete('a', lost),
      ),
    );
    expect(await deduplicator.renew('a', lost, CLAIM_MS)).toBe(false);
    expect(await deduplicator.claim('a', CLAIM_MS)).toEqual({ state: 'busy' });
    await Promise.all(Array.from({ length: 100 }, () => deduplicator.complete('a', token)));
    await deduplicator.release('a', token);
    expect(await deduplicator.renew('a', token, CLAIM_MS)).toBe(false);
    expect(await deduplicator.claim('a', CLAIM_MS)).toEqual({ state: 'completed' });
  });

  it('gives no token twice', async () => {
    const { deduplicator } = await open(COMPLETED_MS);
    const claims = await Promise.all(
      Array.from({ length: 500 }, (_, index) => deduplicator.claim(`${index}`, CLAIM_MS)),
    );
    expect(new Set(claims.map(tokenOf)).size).toBe(500);
  });

  const step = fc.record({
    who: fc.constantFrom(0, 1, 2),
    key: fc.constantFrom(...KEYS),
    act: fc.constantFrom('claim', 'claim', 'renew', 'complete', 'release', 'wait'),
  });
  // Few keys at a time, so that they meet.
  const steps = fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 3 }).chain((keys) =>
    fc.array(
      step.map(({ key, ...rest }) => ({ ...rest, key: keys[KEYS.indexOf(key) % keys.length] ?? key })),
      { maxLength: 40 },
    ),
  );
  prop.prop([steps], { numRuns: 60 })('does what a simple model does', async (run) => {
    const { deduplicator, pass } = await open(COMPLETED_MS);
    const model = new Map<string, Held>();
    const tokens = new Map<string, string>();
    let nowMs = 0;
    for (const { who, key, act } of run) {
      const held = model.get(key);
      const living = held !== undefined && held.untilMs > nowMs ? held : undefined;
      const token = tokens.get(`${who} ${key}`) ?? 'none';
      if (act === 'wait') {
        await pass(WAIT_MS);
        nowMs += WAIT_MS;
      } else if (act === 'claim') {
        const claim = await deduplicator.claim(key, CLAIM_MS);
        expect(claim.state).toBe(living?.state ?? 'claimed');
        if (claim.state !== 'claimed') continue;
        tokens.set(`${who} ${key}`, claim.token);
        model.set(key, { state: 'busy', token: claim.token, untilMs: nowMs + CLAIM_MS });
      } else if (living !== undefined) {
        const isOurs = living.state === 'busy' && living.token === token;
        if (act === 'renew') {
          expect(await deduplicator.renew(key, token, CLAIM_MS)).toBe(isOurs);
          if (isOurs) model.set(key, { ...living, untilMs: nowMs + CLAIM_MS });
        } else {
          await deduplicator[act](key, token);
          if (isOurs && act === 'release') model.delete(key);
          if (isOurs && act === 'complete')
            model.set(key, { ...living, state: 'completed', untilMs: nowMs + COMPLETED_MS });
        }
      }
    }
    for (const [key, { state, untilMs }] of model) {
      expect((await deduplicator.claim(key, CLAIM_MS)).state).toBe(untilMs > nowMs ? state : 'claimed');
    }
  });
}
