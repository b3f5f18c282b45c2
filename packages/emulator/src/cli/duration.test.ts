import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { durationOf, durationText } from './duration.js';
import { instantOf } from './instant.js';

describe('a duration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['1m1ms', 60_001],
  ])('%s is %d milliseconds', (text, durationMs) => {
    expect(durationOf('far', text)).toBe(durationMs);
  });

  it.each(['', '10', '-1s', '1 s', '10 minutes', '1hour', 's', '1e3s', '1s,2s', '0x1s', '１s'])(
    'is not %j, and the error names it',
    (text) => {
      expect(() => durationOf('far', text)).toThrow(/^far: expected a duration with its unit, .*, received the text "/);
    },
  );

  prop.prop([fc.nat({ max: 10 ** 12 })])('is the same when read as it was written', (durationMs) => {
    expect(durationOf('far', durationText(durationMs))).toBe(durationMs);
  });
});

describe('a time', () => {
  it.each([
    ['2030-01-01T00:00:00Z', Date.UTC(2030, 0, 1)],
    ['2030-01-01T08:00+08:00', Date.UTC(2030, 0, 1)],
    ['2030-01-01T00:00:00.250Z', Date.UTC(2030, 0, 1) + 250],
  ])('%s is an instant', (text, atMs) => {
    expect(instantOf('--to', text)).toBe(atMs);
  });

  // Without a zone it would be another instant on each machine.
  it.each(['', '2030-01-01', '2030-01-01T00:00:00', '2030-13-01T00:00:00Z', 'tomorrow', '5'])('is not %j', (text) => {
    expect(() => instantOf('--to', text)).toThrow(/^--to: expected a time with its zone/);
  });
});
