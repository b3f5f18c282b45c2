import { fc, it } from '@fast-check/vitest';
import { VirtualClock } from '@mnsbus/core';
import { describe, expect } from 'vitest';
import { assembleEmulator, createEmulator, type EmulatorOptions } from '../emulator.js';
import { SNAPSHOT_FORMAT, SNAPSHOT_VERSION, type EmulatorSnapshot } from '../snapshot.js';
import { opening, steps, type StepMemory } from '../test-support/emulator-steps.js';
import type { RecordStore } from './record-store.js';
import { isRecordKey, recordsOf, treeOf } from './record-tree.js';
import { StateKeeper } from './state-keeper.js';

const OPTIONS: EmulatorOptions = {
  seed: 'kept',
  region: 'cn-hangzhou',
  imm: {
    queueDelayMs: { kind: 'uniform', leastMs: 0, mostMs: 900 },
    durationMs: { kind: 'uniform', leastMs: 0, mostMs: 9000 },
    projectDeletion: 'next-morning',
    events: { duplicateProbability: 0.2, delayProbability: 0.2, reorderProbability: 0.3 },
  },
};

class MemoryStore implements RecordStore {
  readonly records = new Map<string, string>();
  writes = 0;

  async load(): Promise<ReadonlyMap<string, string>> {
    return this.records;
  }

  keys(): Iterable<string> {
    return this.records.keys();
  }

  async write(changes: Parameters<RecordStore['write']>[0]): Promise<void> {
    this.writes += 1;
    for (const [key, text] of changes) {
      expect({ key, known: isRecordKey(key) }).toEqual({ key, known: true });
      if (text === undefined) this.records.delete(key);
      else this.records.set(key, text);
    }
  }

  async recover(): Promise<void> {}

  async close(): Promise<void> {}
}

function reopened({ records }: MemoryStore, nowMs: number): EmulatorSnapshot {
  const emulator = createEmulator({ ...OPTIONS, clock: new VirtualClock(nowMs) });
  const tree = treeOf(Array.from(records, ([key, text]) => [key, JSON.parse(text)] as const));
  emulator.restore({ format: SNAPSHOT_FORMAT, version: SNAPSHOT_VERSION, ...tree });
  return emulator.snapshot();
}

describe('the records of a state', () => {
  it.prop([steps({ maxLength: 40 })], { numRuns: 30 })(
    'are the whole of it: together they make it again',
    async (story) => {
      const clock = new VirtualClock();
      const emulator = createEmulator({ ...OPTIONS, clock });
      const memory: StepMemory = { handles: [], taskIds: [] };
      for (const step of [...opening, ...story]) await step.run([{ emulator, clock }], memory);
      const { format, version, ...rest } = JSON.parse(JSON.stringify(emulator.snapshot()));
      expect(treeOf(recordsOf(rest))).toEqual(rest);
      expect({ format, version }).toEqual({ format: SNAPSHOT_FORMAT, version: SNAPSHOT_VERSION });
    },
    60_000,
  );
});

describe('what is kept, record by record', () => {
  it.prop([steps({ maxLength: 60 }), fc.boolean()], { numRuns: 60 })(
    'is the state itself, whatever has changed it, and nothing that was deleted',
    async (story, resets) => {
      const clock = new VirtualClock();
      const store = new MemoryStore();
      const keeper = new StateKeeper(store);
      const { emulator, streams, time } = assembleEmulator({ ...OPTIONS, clock }, keeper);
      keeper.attach({ streams, time, snapshot: () => emulator.snapshot() });
      const memory: StepMemory = { handles: [], taskIds: [] };
      for (const step of [...opening, ...story]) {
        await step.run([{ emulator, clock }], memory);
        await keeper.committed();
      }
      if (resets) emulator.reset({ accountId: emulator.accountId });
      await keeper.committed();
      // The process ends here: what answers without any change have used up may be missing.
      const killed = reopened(store, clock.now());
      const { nonces, streams: drawn, ...expected } = emulator.snapshot();
      expect({ ...killed, nonces, streams: drawn }).toEqual({ ...expected, nonces, streams: drawn });
      await keeper.close();
      expect(reopened(store, clock.now())).toEqual(emulator.snapshot());
    },
    60_000,
  );
});
