import { SeededRandom, VirtualClock } from '@mnsbus/core';
import { HeldMessage, type LeaseEnd } from '../lease/held-message.js';
import { QueueClient } from '../mns/queue-client.js';
import { resolveSettings, type LeaseSettings } from '../options/bridge-settings.js';
import type { QueueFact } from '../status/bridge-status.js';
import { receivedMessage } from './received-message.js';
import { scriptedTransport, sdkRefusal, type Script, type ScriptedTransport } from './scripted-transport.js';
import { queueDelivery } from './waiting-entry.js';

/** A message that is held on a virtual clock, whose service is a script. */
export interface LeaseRoom {
  readonly clock: VirtualClock;
  readonly held: HeldMessage;
  readonly transport: ScriptedTransport;
  readonly facts: QueueFact[];
  /** When the lease was lost, in milliseconds from the receive. */
  readonly lostAtMs: number[];
  /** How it was lost. */
  readonly ends: LeaseEnd[];
  readonly settings: { current: ReturnType<typeof resolveSettings> };
}

/** What may be different. */
export interface LeaseRoomOptions {
  readonly leaseMs?: number;
  readonly lease?: LeaseSettings;
  readonly script?: Script;
  readonly seed?: string;
  readonly clock?: VirtualClock;
  readonly random?: SeededRandom;
}

/** A message that was received at 0, from a service that extends unless it is told otherwise. */
export function leaseRoom(options: LeaseRoomOptions = {}): LeaseRoom {
  const { leaseMs = 30_000, lease, seed = 'lease', clock = new VirtualClock(0) } = options;
  const { random = new SeededRandom(seed) } = options;
  const transport = scriptedTransport(options.script ?? extendingService(() => clock, leaseMs).script);
  const facts: QueueFact[] = [];
  const lostAtMs: number[] = [];
  const ends: LeaseEnd[] = [];
  const settings = { current: resolveSettings({ lease }) };
  const held = new HeldMessage(receivedMessage(queueDelivery({ receiptHandle: 'h0', leaseMs })), {
    queue: new QueueClient('q', transport, clock),
    clock,
    random,
    settings,
    report: (fact) => facts.push(fact),
    onLost: (_, end) => {
      lostAtMs.push(clock.now());
      ends.push(end);
    },
  });
  return { clock, held, transport, facts, lostAtMs, ends, settings };
}

/** A service that extends: each handle works once, and only while the lease lasts. */
export function extendingService(
  clockOf: () => VirtualClock,
  leaseMs: number,
): { readonly script: Script; readonly endsAtMs: () => number } {
  let handle = 'h0';
  let endsAtMs = leaseMs;
  let count = 0;
  const script: Script = ({ resource }) => {
    const [, sent, seconds] = /receiptHandle=([^&]*)&visibilityTimeout=(\d+)/.exec(resource) ?? [];
    if (sent !== handle || clockOf().now() >= endsAtMs) throw sdkRefusal('MessageNotExist', 404);
    count += 1;
    handle = `h${count}`;
    endsAtMs = clockOf().now() + Number(seconds) * 1000;
    return { code: 200, headers: {}, body: { ReceiptHandle: handle, NextVisibleTime: String(endsAtMs) } };
  };
  return { script, endsAtMs: () => endsAtMs };
}
