import { describe, expect, it } from 'vitest';
import { clockText, skewAdvice } from './clock-text.js';

describe('a clock in words', () => {
  it.each([
    [{ mode: 'real', nowMs: 0, offsetMs: 0 }, 'real, 1970-01-01T00:00:00.000Z'],
    [{ mode: 'offset', nowMs: 5, offsetMs: 600_003 }, 'offset, 1970-01-01T00:00:00.005Z, 10m ahead of the machine’s'],
    [{ mode: 'frozen', nowMs: 0, offsetMs: -90_000 }, 'frozen, 1970-01-01T00:00:00.000Z, 1m30s behind the machine’s'],
    [{ mode: 'frozen', nowMs: 0, offsetMs: -2 }, 'frozen, 1970-01-01T00:00:00.000Z'],
    [{ mode: 'unsteerable', nowMs: 0 }, 'unsteerable, 1970-01-01T00:00:00.000Z'],
  ] as const)('%j is %s', (clock, text) => {
    expect(clockText(clock)).toBe(text);
  });

  it('warns of what makes requests of others be refused, in either direction', () => {
    const advice = (offsetMs: number): string | undefined => skewAdvice({ mode: 'offset', nowMs: 0, offsetMs });
    expect([advice(0), advice(900_000), advice(-900_000)]).toEqual([undefined, undefined, undefined]);
    expect(advice(900_001)).toContain('15 minutes');
    expect(advice(-900_001)).toContain('15 minutes');
  });
});
