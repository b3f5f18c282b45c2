import { VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { Journal } from '../runtime/journal.js';
import { IDLE_MS, giveBackWhenIdle } from './idle-memory.js';

const MIB = 1024 * 1024;

function fixture(): {
  journal: Journal;
  clock: VirtualClock;
  memory: { bytes: number; collections: number };
  stop: () => void;
} {
  const clock = new VirtualClock();
  const journal = new Journal(() => clock.now());
  const memory = { bytes: 100 * MIB, collections: 0 };
  const process = {
    residentBytes: () => memory.bytes,
    collect: () => {
      memory.collections += 1;
      memory.bytes = 110 * MIB;
    },
  };
  return { journal, clock, memory, stop: giveBackWhenIdle({ journal }, process, clock) };
}

describe('an emulator that nobody asks for anything', () => {
  it('gives back once what a load has left behind', async () => {
    const { journal, clock, memory, stop } = fixture();
    for (let load = 1; load <= 5; load += 1) {
      journal.record({ kind: 'time', fromMs: load });
      memory.bytes += 50 * MIB;
      await clock.advanceBy(IDLE_MS);
      expect(memory.collections).toBe(0);
    }
    await clock.advanceBy(10 * IDLE_MS);
    expect(memory).toEqual({ bytes: 110 * MIB, collections: 1 });
    stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it('does nothing for a little, and nothing where nobody asked', async () => {
    const { journal, clock, memory, stop } = fixture();
    memory.bytes += 500 * MIB;
    await clock.advanceBy(10 * IDLE_MS);
    memory.bytes = 110 * MIB;
    journal.record({ kind: 'time', fromMs: 1 });
    await clock.advanceBy(10 * IDLE_MS);
    expect(memory.collections).toBe(0);
    stop();
  });
});
