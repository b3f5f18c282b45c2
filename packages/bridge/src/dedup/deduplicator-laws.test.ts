import { VirtualClock } from '@mnsbus/core';
import { describe } from 'vitest';
import { createMemoryDeduplicator } from './memory-deduplicator.js';
import { deduplicatorLaws } from './test-support/deduplicator-laws.js';

describe('The deduplicator in memory', () => {
  deduplicatorLaws((completedTtlMs) => {
    const clock = new VirtualClock(0);
    return {
      deduplicator: createMemoryDeduplicator({ clock, completedTtlMs }),
      pass: (ms) => clock.advanceBy(ms),
    };
  });
});
