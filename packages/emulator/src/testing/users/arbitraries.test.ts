import { fc, it } from '@fast-check/vitest';
import { decodeEvents, decodeNotification } from '@mnsbus/core';
import { describe, expect } from 'vitest';
import { createEmulator } from '../../emulator.js';
import { arbitraryNotification, arbitraryTask } from './arbitraries.js';

describe('made-up notifications', () => {
  it.prop([arbitraryNotification()], { numRuns: 30 })(
    'are read back as what they carry',
    ({ format, body, message }) => {
      const decoded = decodeNotification(body, { format });
      expect(decoded.message).toBe(message);
      expect(decoded.integrity).toBe(format === 'SIMPLIFIED' ? 'absent' : 'verified');
      expect(decodeEvents(decoded.text).length).toBeGreaterThan(0);
    },
  );

  it.prop([arbitraryNotification({ format: 'XML', message: fc.string({ unit: 'grapheme' }) })])(
    'carry what they are told to, in the format they are told',
    ({ format, body, message }) => {
      expect(format).toBe('XML');
      expect(decodeNotification(body).message).toBe(message);
    },
  );
});

describe('made-up tasks', () => {
  it.prop([arbitraryTask({ apiVersion: '2020-09-30', maxDurationMs: 5000 })])(
    'are of the version and the length they are told, and a decision that the emulator takes',
    ({ kind, decision, sourceUri }) => {
      expect(kind.apiVersion).toBe('2020-09-30');
      expect(decision.durationMs).toBeLessThanOrEqual(5000);
      const rules = [{ ...decision, sourceUri }];
      expect(() => createEmulator({ imm: { rules } }).close()).not.toThrow();
    },
  );

  it('are of every kind there is', () => {
    const kinds = fc
      .sample(arbitraryTask(), { numRuns: 2000, seed: 1 })
      .map(({ kind }) => `${kind.apiVersion} ${kind.action}`);
    expect(new Set(kinds).size).toBeGreaterThan(30);
  });
});
