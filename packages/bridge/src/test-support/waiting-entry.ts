import { SeededRandom, type VirtualClock } from '@mnsbus/core';
import type { Entry } from '../consume/entry.js';
import { KnownMessage } from '../dispatch/known-messages.js';
import { HeldMessage } from '../lease/held-message.js';
import type { QueueDelivery } from '../mns/delivery.js';
import { resolveSettings, type CurrentSettings } from '../options/bridge-settings.js';
import { receivedMessage } from './received-message.js';

/** A delivery of a message `m` with a lease of 30 s that began at 0, but for `changes`. */
export function queueDelivery(changes: Partial<QueueDelivery> = {}): QueueDelivery {
  return {
    source: 'queue',
    queueName: 'q',
    messageId: 'm',
    body: '',
    bodyMD5: '',
    userProperties: [],
    receiptHandle: 'h',
    enqueuedAt: new Date(0),
    firstReceivedAt: new Date(0),
    receivedAt: new Date(0),
    leaseMs: 30_000,
    deliveryCount: 1,
    priority: 8,
    ...changes,
  };
}

/** A message as a consumer has just received it, from a queue where every extension succeeds. */
export function waitingEntry(
  clock: VirtualClock,
  changes: Partial<QueueDelivery> = {},
  settings: CurrentSettings = { current: resolveSettings({}) },
): Entry {
  const held = new HeldMessage(receivedMessage(queueDelivery(changes)), {
    queue: { changeVisibility: async () => 'h' },
    clock,
    random: new SeededRandom('lease'),
    settings,
    report: () => {},
    onLost: () => {},
  });
  return {
    held,
    known: new KnownMessage(),
    stage: 'waiting',
    place: 'waiting',
    hasWaited: false,
    running: undefined,
    timer: undefined,
  };
}
