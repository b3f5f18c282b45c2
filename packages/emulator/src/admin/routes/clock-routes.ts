import { CLOCK_MODES, MnsbusError, SteerableClock, type Clock } from '@mnsbus/core';
import { z } from 'zod';
import { adminRoute, type AdminRoute } from '../admin-route.js';
import type { AdminTarget } from '../admin-target.js';
import { clockSchema, nothing, type ClockView } from '../admin-schemas.js';

/** The furthest that one advance goes, in milliseconds: a year. What is kept longest is kept for a week. */
export const MAX_ADVANCE_MS: number = 366 * 86_400_000;

/** Time: read it, let it stand or go, and move it forward. */
export const clockRoutes: readonly AdminRoute[] = [
  adminRoute(
    { method: 'GET', path: '/clock', id: 'getClock', summary: 'Tells the time', input: nothing, reply: clockSchema },
    (_, { target }) => viewClock(target.clock),
  ),
  adminRoute(
    {
      method: 'PUT',
      path: '/clock',
      id: 'setClockMode',
      summary: 'Lets time go as the machine’s (real), ahead of it (offset), or stand still (frozen)',
      input: z.strictObject({ mode: z.enum(CLOCK_MODES) }),
      reply: clockSchema,
      refusals: [409],
    },
    async ({ mode }, { target }) => {
      const clock = steerable(target.clock);
      // Before it: what falls due by it comes after.
      target.journal.record({ kind: 'operated', operation: 'set-clock' });
      await clock.setMode(mode);
      return viewClock(clock);
    },
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/clock/advance',
      id: 'advanceClock',
      summary: 'Moves the time forward; what falls due on the way happens at its own instant',
      input: z.strictObject({ deltaMs: z.number().min(0).max(MAX_ADVANCE_MS) }),
      reply: clockSchema,
      refusals: [409],
    },
    async ({ deltaMs }, { target }) => {
      const clock = steerable(target.clock);
      noteAdvance(target, clock);
      await clock.advanceBy(deltaMs);
      return viewClock(clock);
    },
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/clock/advance-to',
      id: 'advanceClockTo',
      summary: 'Moves the time forward to an instant',
      input: z.strictObject({
        atMs: z.number().meta({ description: 'Milliseconds since 1970, from now to a year on' }),
      }),
      reply: clockSchema,
      refusals: [409],
    },
    async ({ atMs }, { target }) => {
      const clock = steerable(target.clock);
      if (atMs > clock.now() + MAX_ADVANCE_MS) {
        throw new MnsbusError({
          code: 'INVALID_ARGUMENT',
          message: `atMs: expected a time not later than ${clock.now() + MAX_ADVANCE_MS}, received the number ${atMs}`,
        });
      }
      if (atMs >= clock.now()) noteAdvance(target, clock);
      await clock.advanceTo(atMs);
      return viewClock(clock);
    },
  ),
];

/** A clock as it goes now. */
export function viewClock(clock: Clock): ClockView {
  if (!(clock instanceof SteerableClock)) return { mode: 'unsteerable', nowMs: clock.now() };
  const { mode, offsetMs, nextDueMs } = clock;
  return { mode, nowMs: clock.now(), offsetMs, ...(nextDueMs === undefined ? {} : { nextDueMs }) };
}

/** Told before it, so that what falls due on the way comes after; not of a clock that cannot be advanced as it goes. */
function noteAdvance({ journal }: AdminTarget, { mode }: SteerableClock): void {
  if (mode !== 'real') journal.record({ kind: 'operated', operation: 'advance-clock' });
}

function steerable(clock: Clock): SteerableClock {
  if (clock instanceof SteerableClock) return clock;
  throw new MnsbusError({
    code: 'CLOCK_NOT_STEERABLE',
    message:
      'expected an emulator with a SteerableClock, but it was created with a clock of another kind; steer that one',
  });
}
