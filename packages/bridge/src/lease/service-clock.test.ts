import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ServiceClock, type ServiceInstant } from './service-clock.js';

/** Calls one after the other: how long each request and each answer is on its way, and how long the service waits with it. */
const calls = fc.array(
  fc.record({
    pauseMs: fc.nat(60_000),
    requestMs: fc.nat(2000),
    waitMs: fc.oneof(fc.constant(0), fc.nat(30_000)),
    answerMs: fc.nat(2000),
    /** By how much the service's clock is set meanwhile. */
    setByMs: fc.oneof(
      { weight: 5, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: -1e7, max: 1e7 }) },
    ),
    /** 1 for instants to the millisecond, 1000 for those cut to the second. */
    resolutionMs: fc.constantFrom(1, 1000),
  }),
  { minLength: 1, maxLength: 20 },
);

describe('ServiceClock', () => {
  prop.prop([calls, fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 1, max: 60 })])(
    'ends a lease never after the service does, and never before one that had begun with the call',
    (list, firstAheadMs, leaseSeconds) => {
      const clock = new ServiceClock();
      const leaseMs = leaseSeconds * 1000;
      let nowMs = 0;
      let isKnown = false;
      let aheadMs = firstAheadMs;
      for (const { pauseMs, requestMs, waitMs, answerMs, setByMs, resolutionMs } of list) {
        nowMs += pauseMs;
        aheadMs += setByMs;
        const sentAt = nowMs;
        const begunAt = sentAt + requestMs + waitMs;
        const answeredAt = begunAt + answerMs;
        const serviceMs = begunAt + aheadMs;
        const earliest = Math.floor(serviceMs / resolutionMs) * resolutionMs;
        const instant: ServiceInstant = { earliest, latest: earliest + resolutionMs - 1, sentAt, answeredAt };
        clock.note(instant);
        const endsAt = clock.endOf(serviceMs + leaseMs, leaseMs, instant);
        expect(endsAt).toBeGreaterThanOrEqual(sentAt + leaseMs);
        expect(endsAt).toBeLessThanOrEqual(answeredAt + leaseMs);
        isKnown ||= answeredAt - sentAt + resolutionMs <= Math.min(5000, leaseMs / 2);
        const hasStepped = list.some((one) => one.setByMs !== 0);
        // A step that is smaller than what an answer was on its way cannot be noticed.
        if (isKnown && !hasStepped) expect(endsAt).toBeLessThanOrEqual(begunAt + leaseMs);
        nowMs = answeredAt;
      }
    },
  );

  it('knows after one quick call when in a long poll a lease has begun', () => {
    const clock = new ServiceClock();
    const aheadMs = 90_000;
    clock.note({ earliest: 1010 + aheadMs, latest: 1010 + aheadMs, sentAt: 1000, answeredAt: 1020 });
    // Begun 15 s after the call, 5 ms before its answer.
    const instant = { earliest: 16_010 + aheadMs, latest: 16_010 + aheadMs, sentAt: 1020, answeredAt: 16_015 };
    clock.note(instant);
    expect(clock.endOf(46_010 + aheadMs, 30_000, instant)).toBe(46_000);
  });

  it('takes a lease for begun with a quick call, and a long poll for answered quickly, as long as it knows nothing else', () => {
    const quick = { earliest: 16_010, latest: 16_010, sentAt: 12_000, answeredAt: 16_015 };
    for (const [instant, endsAt] of [
      [quick, 42_000],
      [{ ...quick, sentAt: 11_015 }, 41_015],
      [{ ...quick, sentAt: 11_014 }, 45_015],
      [{ ...quick, sentAt: 1000 }, 45_015],
    ] as const) {
      const clock = new ServiceClock();
      clock.note(instant);
      expect(clock.endOf(46_010, 30_000, instant)).toBe(endsAt);
    }
  });

  it.each([
    ['a poll was as long as the lease', { sentAt: 1000, answeredAt: 4000, roundTripMs: 5 }],
    ['one answer was much delayed', { sentAt: 1000, answeredAt: 21_000, roundTripMs: 20_000 }],
  ])('leaves half of a short lease, whatever is not known, when %s', (_, { roundTripMs, ...call }) => {
    const clock = new ServiceClock();
    clock.noteRoundTrip(roundTripMs);
    const instant = { earliest: call.answeredAt, latest: call.answeredAt, ...call };
    clock.note(instant);
    expect(clock.endOf(call.answeredAt, 2000, instant)).toBeGreaterThanOrEqual(call.answeredAt + 1000);
  });

  it('reckons with two round trips more where nothing better is known, and never with more than the whole call', () => {
    for (const [roundTripMs, endsAt] of [
      [200, 34_100],
      [3000, 30_000],
    ] as const) {
      const clock = new ServiceClock();
      clock.noteRoundTrip(roundTripMs);
      // Of the instant 5400, only the second is told.
      const instant = { earliest: 5000, latest: 5999, sentAt: 0, answeredAt: 5500 };
      clock.note(instant);
      expect(clock.endOf(35_400, 30_000, instant)).toBe(endsAt);
    }
  });

  it('takes for no contradiction what agrees with what it knew to the millisecond', () => {
    const clock = new ServiceClock();
    clock.note({ earliest: 10, latest: 10, sentAt: 0, answeredAt: 20 });
    const instant = { earliest: 130, latest: 130, sentAt: 20, answeredAt: 120 };
    clock.note(instant);
    expect(clock.endOf(30_130, 30_000, instant)).toBe(30_120);
  });

  it('knows a clock that was set as well as the answer that has shown it', () => {
    const clock = new ServiceClock();
    const aheadMs = 3_600_000;
    clock.note({ earliest: 10, latest: 10, sentAt: 0, answeredAt: 20 });
    clock.note({ earliest: 4000 + aheadMs, latest: 4000 + aheadMs, sentAt: 1000, answeredAt: 4000 });
    const instant = { earliest: 20_000 + aheadMs, latest: 20_000 + aheadMs, sentAt: 4000, answeredAt: 20_000 };
    clock.note(instant);
    // Three seconds too early, as the second answer may have been for three seconds on its way.
    expect(clock.endOf(50_000 + aheadMs, 30_000, instant)).toBe(47_000);
  });

  it('goes by an answer that contradicts what it knew, because a clock was set', () => {
    const clock = new ServiceClock();
    clock.note({ earliest: 10, latest: 10, sentAt: 0, answeredAt: 20 });
    const anHourOn = { earliest: 3_600_110, latest: 3_600_110, sentAt: 100, answeredAt: 120 };
    clock.note(anHourOn);
    expect(clock.endOf(3_630_110, 30_000, anHourOn)).toBe(30_100);
  });

  it('tells the longest of the last eight round trips', () => {
    const clock = new ServiceClock();
    expect(clock.roundTripMs).toBeUndefined();
    for (const ms of [500, 1, 2, 3, 4, 5, 6, 7]) clock.noteRoundTrip(ms);
    expect(clock.roundTripMs).toBe(500);
    clock.noteRoundTrip(8);
    expect(clock.roundTripMs).toBe(8);
  });
});
