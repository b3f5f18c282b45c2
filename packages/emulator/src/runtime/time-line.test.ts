import { fc, it as prop } from '@fast-check/vitest';
import { SystemClock, VirtualClock, type Clock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { MOST_STEPS, TimeLine } from './time-line.js';
import { timeSchema } from './time-record.js';

const START_MS = 1_767_225_600_000;

/** A correction of a clock: seconds, hours or days, back or forward. */
const correction = fc.integer({ min: -200_000_000, max: 200_000_000 }).filter((stepMs) => Math.abs(stepMs) >= 100);
const passage = fc.record({ passesMs: fc.integer({ min: 0, max: 100_000_000 }), stepMs: correction });

describe('a time line', () => {
  it('is the time of its clock as long as nobody sets that', async () => {
    const clock = new VirtualClock(START_MS);
    const line = new TimeLine(clock);
    for (const passedMs of [0, 0.5, 1, 3_600_000, 86_400_000]) {
      await clock.advanceBy(passedMs);
      expect(line.now()).toBe(clock.now());
      expect(line.nameOf(line.now() + 5)).toBe(clock.now() + 5);
    }
    expect(line.record(false)).toEqual({});
    const data = { createdAtMs: 5 };
    expect(line.named(data)).toBe(data);
  });

  prop.prop([fc.array(passage, { maxLength: 20 })])(
    'goes on as if nobody had set the clock, and calls every instant what the clock called it',
    async (story) => {
      const clock = new VirtualClock(START_MS);
      let steps = 0;
      const line = new TimeLine(clock, () => (steps += 1));
      let passedMs = 0;
      const called: (readonly [lineMs: number, wallMs: number])[] = [];
      for (const { passesMs, stepMs } of story) {
        called.push([line.now(), clock.now()]);
        await clock.advanceBy(1);
        clock.stepWall(stepMs);
        expect(line.now()).toBe(START_MS + passedMs + 1);
        await clock.advanceBy(passesMs);
        passedMs += passesMs + 1;
        expect(line.now()).toBe(START_MS + passedMs);
        expect(line.nameOf(line.now() + 7)).toBe(clock.now() + 7);
      }
      expect(steps).toBe(story.length);
      expect(called.map(([lineMs]) => line.nameOf(lineMs))).toEqual(called.map(([, wallMs]) => wallMs));
    },
  );

  prop.prop([fc.array(passage, { maxLength: 10 }), fc.integer({ min: -400_000_000, max: 400_000_000 })])(
    'goes on from its record by what the clock says to have passed, and never back',
    async (story, awayMs) => {
      const clock = new VirtualClock(START_MS);
      const line = new TimeLine(clock);
      for (const { passesMs, stepMs } of story) {
        clock.stepWall(stepMs);
        await clock.advanceBy(passesMs);
        line.now();
      }
      const nowMs = line.now();
      const record = timeSchema.parse(JSON.parse(JSON.stringify(line.record(true))));
      const later = new VirtualClock(clock.now() + awayMs);
      const again = new TimeLine(later);
      again.restore(record);
      expect(again.now()).toBe(nowMs + Math.max(0, awayMs));
      expect(again.nameOf(again.now() + 9)).toBe(later.now() + 9);
      expect(again.nameOf(nowMs - 1)).toBe(line.nameOf(nowMs - 1));
      await later.advanceBy(50);
      expect(again.now()).toBe(nowMs + Math.max(0, awayMs) + 50);
    },
  );

  it('goes on without a reading that nobody can set, when its clock is set back', () => {
    let nowMs = 1000;
    const clock: Clock = { now: () => nowMs, after: (delayMs, callback) => new SystemClock().after(delayMs, callback) };
    const line = new TimeLine(clock);
    expect(line.now()).toBe(1000);
    nowMs = 400;
    expect(line.now()).toBe(1000);
    nowMs = 410;
    expect([line.now(), line.nameOf(1010)]).toEqual([1010, 410]);
  });

  it('does not take what lies between two readings, or the drift of a machine, for a clock that was set', () => {
    let [wallMs, monotonicMs] = [START_MS, 0];
    const clock: Clock = {
      now: () => Math.floor(wallMs),
      monotonic: () => monotonicMs,
      after: (delayMs, callback) => new SystemClock().after(delayMs, callback),
    };
    const line = new TimeLine(clock);
    for (let reading = 0; reading < 1000; reading += 1) {
      // 100 ppm, as of a poor quartz, for ten days.
      wallMs += 864_000 * (reading % 2);
      monotonicMs += 864_000.0 * (reading % 2) * 1.00005;
      expect(line.now()).toBe(Math.floor(wallMs));
    }
    expect(line.record(false)).toEqual({});
  });

  it('remembers no more than so many corrections', async () => {
    const clock = new VirtualClock(START_MS);
    const line = new TimeLine(clock);
    for (let step = 0; step < 3 * MOST_STEPS; step += 1) {
      clock.stepWall(-1000);
      await clock.advanceBy(10);
      line.now();
    }
    expect(line.record(false).steps).toHaveLength(MOST_STEPS);
    expect(line.nameOf(line.now())).toBe(clock.now());
  });

  it('names the instants of data, of its items and messages, and nothing inside of them', () => {
    const clock = new VirtualClock(START_MS);
    const line = new TimeLine(clock);
    line.now();
    clock.stepWall(-1000);
    const atMs = line.now();
    const message = { sentAtMs: atMs, body: 'b', request: { keptAtMs: atMs } };
    const named = { sentAtMs: atMs - 1000, body: 'b', request: { keptAtMs: atMs } };
    expect(line.named(message)).toEqual(named);
    expect(line.named({ items: [message], nextMarker: undefined })).toEqual({ items: [named], nextMarker: undefined });
    expect(line.named({ messages: [message], waitSeconds: 3 })).toEqual({ messages: [named], waitSeconds: 3 });
    expect(line.named([message, 'text', undefined])).toEqual([named, 'text', undefined]);
  });

  it.each([
    { steps: [] },
    { steps: [[0]] },
    { lastMs: Infinity },
    { lastMs: 1e300 },
    { steps: [[0, 1e300]] },
    { x: 1 },
  ])('has no record such as %j', (record) => {
    expect(timeSchema.safeParse(record).success).toBe(false);
  });
});
