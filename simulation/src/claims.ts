import type { Claim, Deduplicator } from '@mnsbus/bridge';
import { sleep, type Clock, type SeededRandom } from '@mnsbus/core';
import { happens, pick } from './draw.js';
import type { DeduplicatorKind } from './scenario-plan.js';
import type { Healing } from './healing.js';

/** What a process asked of the store of claims, and what the store did. */
export interface ClaimEntry {
  readonly atMs: number;
  readonly process: string;
  readonly key: string;
  readonly act: 'claim' | 'renew' | 'complete' | 'release';
  readonly ttlMs: number | undefined;
  /** `busy` and `completed` with the process of the claim that stands in the way. */
  readonly result: 'claimed' | 'busy' | 'completed' | 'kept' | 'refused' | 'done' | 'failed';
  readonly holder: string | undefined;
}

/** Longest answer of a slow store, in milliseconds. */
const SLOW_MS = 2000;

/** The store of claims that all replicas share, as each of them reaches it; everything that happens in it is noted. */
export class Claims {
  readonly entries: ClaimEntry[] = [];
  readonly #kind: DeduplicatorKind;
  readonly #store: Deduplicator;
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #healing: Healing;
  /** Who holds, or has completed, each key. */
  readonly #holders = new Map<string, string>();

  constructor(
    kind: DeduplicatorKind,
    parts: {
      readonly store: Deduplicator;
      readonly clock: Clock;
      readonly random: SeededRandom;
      readonly healing: Healing;
    },
  ) {
    this.#kind = kind;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#healing = parts.healing;
  }

  /** The way of one process to the store. */
  of(process: string, processClock: Clock, isDead: () => boolean): Deduplicator | undefined {
    if (this.#kind === 'none') return undefined;
    const asked = <T>(
      act: ClaimEntry['act'],
      key: string,
      ttlMs: number | undefined,
      ask: () => Promise<T>,
    ): Promise<T> => {
      // What is left of a killed process in this one reaches nobody.
      if (isDead()) return new Promise(() => {});
      const trouble = this.#healing.isOver ? 'none' : this.#trouble();
      const note = (result: ClaimEntry['result']): void => {
        const holder = this.#holders.get(key);
        this.entries.push({ atMs: this.#clock.now(), process, key, act, ttlMs, result, holder });
        if (result === 'claimed') this.#holders.set(key, process);
      };
      if (trouble !== 'none' && trouble !== 'slow') note('failed');
      if (trouble === 'throws') throw new Error('the store of claims has lost its connection');
      if (trouble === 'rejects') return Promise.reject(new Error('the store of claims is down'));
      if (trouble === 'hangs') return new Promise(() => {});
      const answer = async (): Promise<T> => {
        if (trouble === 'slow') await sleep(processClock, this.#random.integer(0, SLOW_MS));
        const result = await ask();
        note(resultOf(act, result));
        return result;
      };
      return answer();
    };
    const store = this.#store;
    return {
      claim: (key, ttlMs) => asked<Claim>('claim', key, ttlMs, () => store.claim(key, ttlMs)),
      complete: (key, token) => asked('complete', key, undefined, () => store.complete(key, token)),
      release: (key, token) => asked('release', key, undefined, () => store.release(key, token)),
      ...(this.#kind === 'no-renew' || store.renew === undefined
        ? {}
        : {
            renew: (key, token, ttlMs) =>
              asked('renew', key, ttlMs, async () => (await store.renew?.(key, token, ttlMs)) ?? false),
          }),
    };
  }

  #trouble(): 'none' | 'slow' | 'throws' | 'rejects' | 'hangs' {
    const kind = this.#kind;
    if (kind === 'slow') return kind;
    if (!happens(this.#random, 30)) return 'none';
    if (kind === 'flaky') return pick(this.#random, ['slow', 'throws', 'rejects', 'hangs']);
    return kind === 'throws' || kind === 'rejects' || kind === 'hangs' ? kind : 'none';
  }
}

function resultOf(act: ClaimEntry['act'], result: unknown): ClaimEntry['result'] {
  if (act === 'renew') return result === true ? 'kept' : 'refused';
  if (act !== 'claim' || typeof result !== 'object' || result === null) return 'done';
  const state: unknown = Reflect.get(result, 'state');
  return state === 'busy' || state === 'completed' ? state : 'claimed';
}
