import { fc, test } from '@fast-check/vitest';
import { VirtualClock } from '@mnsbus/core';
import { describe, expect } from 'vitest';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { RecentEvents } from './recent-events.js';

const MAX_AGE_MS = 100;

/** What is noted, and how much time goes by before. */
const steps = fc.array(fc.record({ key: fc.integer({ min: 0, max: 12 }).map(String), afterMs: fc.nat(40) }), {
  maxLength: 80,
});

const eventOf = (serial: number): DecodedEvent => ({
  name: 'unknown',
  eventName: String(serial),
  source: 'test',
  occurredAt: undefined,
  form: 'acs',
  raw: {},
  problems: [],
});

describe('RecentEvents', () => {
  test.prop([steps, fc.nat(5)])('keeps the last ones, oldest first, while they are young', async (list, limit) => {
    const clock = new VirtualClock();
    const recent = new RecentEvents(clock, limit, MAX_AGE_MS);
    let model: { readonly key: string; readonly event: DecodedEvent; readonly atMs: number }[] = [];
    for (const [serial, { key, afterMs }] of list.entries()) {
      await clock.advanceBy(afterMs);
      const atMs = clock.now();
      model = model.filter((one) => one.atMs >= atMs - MAX_AGE_MS);
      const known = model.find((one) => one.key === key);
      const event = known?.event ?? eventOf(serial);
      if (known === undefined) model.push({ key, event, atMs });
      if (model.length > limit) model.shift();
      expect(recent.note(key, event).event).toBe(event);
      const found: DecodedEvent[] = [];
      recent.find((one) => {
        found.push(one.event);
        return false;
      });
      expect(found).toEqual(model.map((one) => one.event));
    }
  });
});
