import { SeededRandom, VirtualClock, sleep } from '@mnsbus/core';
import type { QueueDelivery } from '../mns/delivery.js';
import { QueueClient } from '../mns/queue-client.js';
import { resolveSettings } from '../options/bridge-settings.js';
import { Poller } from '../poll/poller.js';
import { Slots } from '../poll/slots.js';
import type { QueueFact } from '../status/bridge-status.js';
import { scriptedTransport, sdkRefusal, type Script, type ScriptedTransport } from './scripted-transport.js';

/** A poller on a virtual clock, whose service is a script. */
export interface PollerRoom {
  readonly clock: VirtualClock;
  readonly slots: Slots;
  readonly transport: ScriptedTransport;
  readonly poller: Poller;
  readonly received: QueueDelivery[];
  readonly statuses: QueueFact[];
}

/** What may be different. */
export interface PollerRoomOptions {
  readonly capacity?: number;
  readonly waitSeconds?: number;
  readonly prefetch?: number;
  readonly onHandle?: (isLate: boolean) => void;
}

/** A poller that has not begun, whose service answers by `script`. */
export function pollerRoom(script: Script, options: PollerRoomOptions = {}): PollerRoom {
  const { capacity = 16, waitSeconds = 20, prefetch = 0, onHandle = () => {} } = options;
  const clock = new VirtualClock(1_767_225_600_000);
  const slots = new Slots(() => capacity);
  const transport = scriptedTransport(script);
  const received: QueueDelivery[] = [];
  const statuses: QueueFact[] = [];
  const poller = new Poller({
    queue: new QueueClient('q', transport, clock),
    slots,
    clock,
    random: new SeededRandom('poller'),
    settings: { current: resolveSettings({ waitSeconds, prefetch, concurrency: capacity - prefetch }) },
    prefetch: { count: prefetch },
    handle: ({ delivery }, isLate) => {
      received.push(delivery);
      onHandle(isLate);
    },
    report: (status) => statuses.push(status),
  });
  return { clock, slots, transport, poller, received, statuses };
}

/** An empty queue as the service plays it: the refusal comes when the wait is over, or at once when aborted. */
export const emptyQueue =
  (clockOf: () => VirtualClock): Script =>
  async ({ resource, signal }) => {
    const waitSeconds = Number(/waitseconds=(\d+)/.exec(resource)?.[1]);
    await sleep(clockOf(), waitSeconds * 1000 - 100, signal);
    signal?.throwIfAborted();
    throw sdkRefusal('MessageNotExist', 404);
  };

/** A room with an empty queue. */
export function emptyRoom(options?: PollerRoomOptions): PollerRoom {
  const made: PollerRoom = pollerRoom(
    emptyQueue(() => made.clock),
    options,
  );
  return made;
}

/** Starts as a consumer does. */
export async function start({ poller }: PollerRoom): Promise<void> {
  await poller.probe();
  poller.begin();
}

/** A room with an empty queue, whose poller has been started. */
export async function startedRoom(options?: PollerRoomOptions): Promise<PollerRoom> {
  const made = emptyRoom(options);
  await made.clock.runUntil(start(made));
  return made;
}

/** What was asked for. */
export const resources = ({ transport }: PollerRoom): string[] => transport.calls.map(({ resource }) => resource);
