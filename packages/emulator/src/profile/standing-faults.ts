import type { Fault } from '../faults/fault.js';
import type { Behaviours } from './profile.js';

/** What goes wrong by itself now and then, as faults that nobody has added. */
export function standingFaults({
  repeatedDeliveries,
  repeatedEvents,
}: Behaviours): readonly (Fault & { name: string })[] {
  return [
    { kind: 'repeat-delivery', name: 'profile/repeatedDeliveries', probability: repeatedDeliveries } as const,
    { kind: 'duplicate-event', name: 'profile/repeatedEvents', probability: repeatedEvents } as const,
  ].filter(({ probability }) => probability > 0);
}
