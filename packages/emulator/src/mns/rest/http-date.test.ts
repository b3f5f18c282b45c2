import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { HttpDate } from './http-date.js';

describe('HttpDate', () => {
  // Often within three seconds of each other, so that the same second comes again after another one.
  const instant = fc.oneof(
    fc.integer({ min: 0, max: 4_102_444_800_000 }),
    fc.integer({ min: 1_767_225_600_000, max: 1_767_225_603_000 }),
  );

  prop.prop([fc.array(instant)])('writes what the platform writes, whatever was asked before', (instants) => {
    const dates = new HttpDate();
    expect(instants.map((nowMs) => dates.write(nowMs))).toEqual(instants.map((nowMs) => new Date(nowMs).toUTCString()));
  });

  prop.prop([fc.array(instant)])('reads back what it writes, to the second', (instants) => {
    const dates = new HttpDate();
    const seconds = instants.map((nowMs) => nowMs - (nowMs % 1000));
    expect(seconds.map((nowMs) => dates.read(dates.write(nowMs)))).toEqual(seconds);
  });

  it.each([
    [''],
    ['2026-01-01T00:00:00Z'],
    ['Thu, 01 Jan 2026 00:00:00 UTC'],
    ['Fri, 01 Jan 2026 00:00:00 GMT'],
    ['Thu, 1 Jan 2026 00:00:00 GMT'],
    ['1767225600000'],
  ])('reads no other form, the second time neither: %j', (text) => {
    const dates = new HttpDate();
    expect([dates.read(text), dates.read(text)]).toEqual([undefined, undefined]);
    expect(dates.read('Thu, 01 Jan 2026 00:00:00 GMT')).toBe(1_767_225_600_000);
  });
});
