import { fc, it } from '@fast-check/vitest';
import { VirtualClock } from '@mnsbus/core';
import { describe, expect } from 'vitest';
import { createEmulator, type EmulatorOptions } from './emulator.js';
import { opening, steps, type Step, type StepMemory, type Subject } from './test-support/emulator-steps.js';

const OPTIONS: EmulatorOptions = {
  seed: 'state',
  region: 'cn-hangzhou',
  imm: {
    queueDelayMs: { kind: 'uniform', leastMs: 0, mostMs: 900 },
    durationMs: { kind: 'uniform', leastMs: 0, mostMs: 9000 },
    events: { duplicateProbability: 0.2, lossProbability: 0.1, delayProbability: 0.2, reorderProbability: 0.3 },
  },
};

function subject(options: EmulatorOptions, startMs?: number): Subject {
  const clock = new VirtualClock(startMs);
  return { clock, emulator: createEmulator({ ...OPTIONS, ...options, clock }) };
}

async function run(all: readonly Step[], subjects: readonly Subject[], memory: StepMemory): Promise<void> {
  for (const step of all) {
    const answers = await step.run(subjects, memory);
    for (const answer of answers) expect({ step: step.text, answer }).toEqual({ step: step.text, answer: answers[0] });
  }
}

const text = ({ emulator }: Subject): string => JSON.stringify(emulator.snapshot());

describe('a snapshot of an emulator', () => {
  it.prop(
    [
      steps({ maxLength: 50 }),
      steps({ maxLength: 30 }),
      fc.record({ shuffle: fc.boolean(), stripes: fc.constantFrom(1, 3), oldMessageIds: fc.boolean() }),
    ],
    { numRuns: 60 },
  )(
    'is the same again after it was restored, and what was restored answers as the first would, to the byte',
    async (before, after, mns) => {
      const memory: StepMemory = { handles: [], taskIds: [] };
      const first = subject({ mns });
      await run([...opening, ...before], [first], memory);
      const saved = text(first);
      expect(text(first)).toBe(saved);

      const second = subject({ mns }, first.clock.now());
      second.emulator.restore(JSON.parse(saved));
      expect(text(second)).toBe(saved);
      await run(after, [first, second], memory);
      expect(text(second)).toBe(text(first));

      // The way back: the emulator that has gone on forgets what came after.
      if (after.some(({ text: told }) => told.startsWith('wait'))) return;
      first.emulator.restore(JSON.parse(saved));
      expect(text(first)).toBe(saved);
    },
    60_000,
  );

  it.prop([steps({ maxLength: 50 }), steps({ maxLength: 15 })], { numRuns: 30 })(
    'leaves no trace of what a reset has forgotten',
    async (before, after) => {
      const used = subject({});
      await run([...opening, ...before], [used], { handles: [], taskIds: [] });
      used.emulator.reset();
      expect(used.clock.pendingTimers).toBe(0);
      const fresh = subject({}, used.clock.now());
      expect(text(used)).toBe(text(fresh));
      await run(after, [fresh, used], { handles: [], taskIds: [] });
    },
    60_000,
  );
});
