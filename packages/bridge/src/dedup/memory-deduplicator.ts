import { SystemClock, monotonicMs, type Clock } from '@mnsbus/core';
import { inRange } from '../options/checks.js';
import type { Claim, Deduplicator } from './deduplicator.js';

/** How much a {@link createMemoryDeduplicator} remembers. */
export interface MemoryDeduplicatorOptions {
  /** Most events remembered, 1–10,000,000; beyond it the oldest go. Default 100,000. */
  readonly limit?: number | undefined;
  /** How long a handled event is remembered, in milliseconds from 1. Default a day. */
  readonly completedTtlMs?: number | undefined;
  /** Source of time. Default the machine's clock. */
  readonly clock?: Clock | undefined;
}

interface Claimed {
  readonly token: string;
  readonly untilMs: number;
}

/**
 * Creates a deduplicator in this process's memory: right for a queue that one process reads.
 *
 * Throws `INVALID_ARGUMENT` for an option out of range.
 */
export function createMemoryDeduplicator(options: MemoryDeduplicatorOptions = {}): Required<Deduplicator> {
  const limit = inRange('limit', options.limit ?? 100_000, 1, 10_000_000);
  const ttlMs = inRange('completedTtlMs', options.completedTtlMs ?? 86_400_000, 1, Number.MAX_SAFE_INTEGER);
  const clock = options.clock ?? new SystemClock();
  const claims = new Map<string, Claimed>();
  /** Until when a handled event is remembered. In the order of their ends, because all are remembered equally long. */
  const completed = new Map<string, number>();
  let lastToken = 0;

  const forgetExpired = (nowMs: number): void => {
    for (const [key, untilMs] of completed) {
      if (untilMs > nowMs) break;
      completed.delete(key);
    }
  };
  const makeRoom = (): void => {
    // What is being handled matters more than what was.
    for (const map of [completed, claims]) {
      for (const key of map.keys()) {
        if (completed.size + claims.size <= limit) return;
        map.delete(key);
      }
    }
  };
  const isHeldBy = (key: string, token: string): boolean => claims.get(key)?.token === token;

  return {
    claim: async (key, claimTtlMs): Promise<Claim> => {
      const nowMs = monotonicMs(clock);
      forgetExpired(nowMs);
      if (completed.has(key)) return { state: 'completed' };
      const claimed = claims.get(key);
      if (claimed !== undefined && claimed.untilMs > nowMs) return { state: 'busy' };
      lastToken += 1;
      const token = String(lastToken);
      // Deleted first, so that the newest claim stands last.
      claims.delete(key);
      claims.set(key, { token, untilMs: nowMs + claimTtlMs });
      makeRoom();
      return { state: 'claimed', token };
    },
    renew: async (key, token, claimTtlMs) => {
      if (!isHeldBy(key, token)) return false;
      claims.set(key, { token, untilMs: monotonicMs(clock) + claimTtlMs });
      return true;
    },
    complete: async (key, token) => {
      if (!isHeldBy(key, token)) return;
      claims.delete(key);
      completed.set(key, monotonicMs(clock) + ttlMs);
      makeRoom();
    },
    release: async (key, token) => {
      if (isHeldBy(key, token)) claims.delete(key);
    },
  };
}
