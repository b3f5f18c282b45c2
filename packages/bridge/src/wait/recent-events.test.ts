import { fc, test } from '@fast-check/vitest';
import { VirtualClock, type AnyEvent } from '@mnsbus/core';
import { taskIdOf } from '@mnsbus/core/internal';
import { describe, expect, it } from 'vitest';
import { finished } from '../test-support/finished.js';
import { RecentEvents, type RecentEvent } from './recent-events.js';

const MAX_AGE_MS = 100;

/** What is noted, how much time goes by before, and whether it is handled then. */
const steps = fc.array(fc.record({ key: fc.nat(12), task: fc.nat(3), afterMs: fc.nat(40), isHandled: fc.boolean() }), {
  maxLength: 80,
});

interface Noted {
  readonly key: string;
  readonly event: AnyEvent;
  readonly atMs: number;
  isHandled: boolean;
}

describe('RecentEvents', () => {
  test.prop([steps, fc.nat(5)])(
    'keeps the last ones while they are young, oldest first: of a task all, else those that nobody has handled',
    async (list, limit) => {
      const clock = new VirtualClock();
      const recent = new RecentEvents(clock, limit, MAX_AGE_MS);
      let model: Noted[] = [];
      for (const { key: number, task, afterMs, isHandled } of list) {
        await clock.advanceBy(afterMs);
        const key = String(number);
        const atMs = clock.now();
        model = model.filter((one) => one.atMs >= atMs - MAX_AGE_MS);
        let noted = model.find((one) => one.key === key);
        if (noted === undefined) {
          noted = { key, event: finished(`t${task}`), atMs, isHandled: false };
          model.push(noted);
        }
        if (model.length > limit) model.shift();
        const found = recent.note(key, noted.event);
        expect(found.event).toBe(noted.event);
        if (isHandled) {
          found.handled = true;
          noted.isHandled = true;
        }
        expect(found.handled).toBe(noted.isHandled);
        expect(all((look) => recent.findUnhandled(look))).toEqual(
          model.filter((one) => !one.isHandled).map(({ event }) => event),
        );
        const ofTask = model.filter(({ event }) => taskIdOf(event) === `t${task}`);
        expect(all((look) => recent.findOfTask(`t${task}`, look))).toEqual(ofTask.map(({ event }) => event));
      }
    },
  );

  it('keeps an event for as long as it says on a clock that is set back', () => {
    let ms = 0;
    const clock = new VirtualClock();
    const set = { now: () => -ms, monotonic: () => ms, after: clock.after.bind(clock) };
    const recent = new RecentEvents(set, 10, MAX_AGE_MS);
    recent.note('a', finished('t1'));
    ms = MAX_AGE_MS;
    expect(recent.findOfTask('t1', () => true)).toBeDefined();
    ms += 1;
    expect(recent.findOfTask('t1', () => true)).toBeUndefined();
  });

  it('looks at the events of a task alone, and forgets all of it, however many there are', () => {
    const recent = new RecentEvents(new VirtualClock(), 50_000, MAX_AGE_MS);
    let looked = 0;
    const look = (): boolean => {
      looked += 1;
      return false;
    };
    for (let count = 0; count < 120_000; count += 1)
      recent.note(String(count), finished(`t${count}`)).handled = count > 70_001;
    recent.findOfTask('t119999', look);
    recent.findOfTask('t1', look);
    expect(looked).toBe(1);
    recent.findUnhandled(look);
    expect(looked).toBe(3);
  });
});

function all(find: (look: (recent: RecentEvent) => boolean) => unknown): readonly unknown[] {
  const found: unknown[] = [];
  find(({ event }) => {
    found.push(event);
    return false;
  });
  return found;
}
