import { SeededRandom, type VirtualClock } from '@mnsbus/core';
import { expect } from 'vitest';
import { PushConsumer, type PushConsumerParts } from '../consume/push-consumer.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { resolveSettings } from '../options/bridge-settings.js';
import { RecentEvents } from '../wait/recent-events.js';
import { Waiters } from '../wait/waiters.js';
import { eventNamed } from './called-handler.js';

/** What a dispatcher may be made to do instead. */
export type DispatcherFault = Partial<Pick<Dispatcher, 'open' | 'run'>>;

/** A dispatcher to which nobody listens, with a fault if one is given. */
export function faultyDispatcher(clock: VirtualClock, fault: DispatcherFault = {}): Dispatcher {
  const recent = new RecentEvents(clock, 10, 60_000);
  const dispatcher = new Dispatcher({
    decode: (text) => [eventNamed(text)],
    listeners: { of: () => [] },
    waiters: new Waiters({ clock, random: new SeededRandom('waits'), recent }),
    recent,
    claims: undefined,
    unhandled: () => 'release',
  });
  return Object.assign(dispatcher, fault);
}

/** A consumer without a bus: it has no dead-letter queue unless it is told otherwise. */
export function lonePushConsumer(
  clock: VirtualClock,
  dispatcher: Dispatcher,
  parts: Partial<PushConsumerParts> = {},
): PushConsumer {
  return new PushConsumer({
    dispatcher,
    clock,
    settings: { current: resolveSettings({}) },
    clientOf: () => expect.fail('there is no dead-letter queue'),
    random: new SeededRandom('parts'),
    report: () => {},
    ...parts,
  });
}
