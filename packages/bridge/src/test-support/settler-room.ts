import { MnsbusError, SeededRandom, VirtualClock, type Clock } from '@mnsbus/core';
import { HeldMessage } from '../lease/held-message.js';
import type { QueueDelivery } from '../mns/delivery.js';
import { QueueClient } from '../mns/queue-client.js';
import type { SdkReply } from '../mns/sdk-client.js';
import { resolveSettings } from '../options/bridge-settings.js';
import { Settler, type DeadLetter, type Settled } from '../settle/settler.js';
import type { QueueFact } from '../status/bridge-status.js';
import { receivedMessage } from './received-message.js';
import { scriptedTransport, type Script, type ScriptedTransport } from './scripted-transport.js';
import { queueDelivery } from './waiting-entry.js';

/** A settler on a virtual clock, whose service is a script. */
export interface SettlerRoom {
  readonly clock: VirtualClock;
  readonly transport: ScriptedTransport;
  readonly settler: Settler;
  readonly statuses: QueueFact[];
  /** How each message ended, by id. */
  readonly settled: Record<string, Settled | 'lost'>;
  /** Receives a message: one with this id, or this one. */
  readonly hold: (what: string | QueueDelivery) => HeldMessage;
}

/** What may be different. */
export interface SettlerRoomOptions {
  readonly leaseSeconds?: number;
  /** Makes the settler's clock from the room's. */
  readonly settlerClock?: (clock: VirtualClock) => Clock;
  readonly random?: SeededRandom;
}

/** A settler whose service answers by `script`. */
export function settlerRoom(script: Script, options: SettlerRoomOptions = {}): SettlerRoom {
  const { leaseSeconds = 0, settlerClock = (own) => own, random = new SeededRandom('settler') } = options;
  const clock = new VirtualClock(0);
  const transport = scriptedTransport(script);
  const statuses: QueueFact[] = [];
  const settled: Record<string, Settled | 'lost'> = {};
  const queue = new QueueClient('q', transport, clock);
  const report = (fact: QueueFact): void => void statuses.push(fact);
  const settings = { current: resolveSettings({ lease: { maxSeconds: leaseSeconds } }) };
  return {
    clock,
    transport,
    statuses,
    settled,
    hold: (what) =>
      new HeldMessage(receivedMessage(typeof what === 'string' ? deliveryOf(what) : what), {
        queue,
        clock,
        random,
        settings,
        report,
        onLost: ({ delivery: { messageId } }) => (settled[messageId] = 'lost'),
      }),
    settler: new Settler({
      queue,
      clock: settlerClock(clock),
      random,
      report,
      onSettled: ({ delivery: { messageId } }, how) => (settled[messageId] = how),
    }),
  };
}

/** A delivery whose handle tells whose it is. */
export const deliveryOf = (messageId: string, changes: Partial<QueueDelivery> = {}): QueueDelivery =>
  queueDelivery({ messageId, body: 'body', receiptHandle: handleOf(messageId), ...changes });

const handleOf = (messageId: string): string => `handle+/=&-${messageId}`;

/** The handles that a delete names. */
export const handlesIn = (body: string): string[] =>
  [...body.matchAll(/<ReceiptHandle>(.*?)<\/ReceiptHandle>/g)].map(([, handle]) => handle ?? '');

/** The reply to a delete that went well. */
export const deleted: Script = () => ({ code: 204, headers: {} });

/** The reply to a delete of which some failed: their error codes by message. */
export const notDeleted = (codes: Readonly<Record<string, string>>): SdkReply => ({
  code: 404,
  headers: {},
  body: {
    Error: Object.entries(codes).map(([id, ErrorCode]) => ({
      ErrorCode,
      ErrorMessage: 'x',
      ReceiptHandle: handleOf(id),
    })),
  },
});

/** Why and where to these tests dead-letter a message, of which nothing is known. */
export const letter = (): DeadLetter => ({
  deadLetterQueue: 'dead',
  cause: 'listener',
  error: NO_JSON,
  retryInSeconds: 9,
  known: { copiedMD5: undefined, givenUp: undefined },
});

/** Why it is dead-lettered. */
export const NO_JSON: MnsbusError = new MnsbusError({ code: 'EVENT_MALFORMED', message: 'no JSON' });
