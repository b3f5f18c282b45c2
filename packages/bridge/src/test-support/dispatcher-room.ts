import { SeededRandom, VirtualClock, md5Hex } from '@mnsbus/core';
import { expect } from 'vitest';
import { Claims } from '../dedup/claims.js';
import type { Deduplicator } from '../dedup/deduplicator.js';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { Dispatcher, type MessageFrame, type OpenedMessage } from '../dispatch/dispatcher.js';
import { KnownMessage } from '../dispatch/known-messages.js';
import type { Handler } from '../dispatch/listener-call.js';
import type { Verdict } from '../dispatch/verdict.js';
import type { Delivery, PushDelivery } from '../mns/delivery.js';
import type { QueueFact } from '../status/bridge-status.js';
import { RecentEvents } from '../wait/recent-events.js';
import { Waiters } from '../wait/waiters.js';
import { eventNamed } from './called-handler.js';
import { queueDelivery } from './waiting-entry.js';

/** A queue message whose events have these names. */
export const messageWith = (names: string, changes: Parameters<typeof queueDelivery>[0] = {}): Delivery =>
  queueDelivery({ body: names, bodyMD5: md5Hex(names), ...changes });

/** The same, pushed. */
export const pushWith = (names: string): PushDelivery => ({
  source: 'push',
  queueName: undefined,
  deliveryCount: undefined,
  topicName: 't',
  subscriptionName: 's',
  messageId: 'm',
  body: names,
  userProperties: [],
  sentAt: new Date(0),
  receivedAt: new Date(5000),
});

/** What may be different. */
export interface DispatcherRoomOptions {
  readonly listeners?: Readonly<Record<string, readonly Handler[]>>;
  readonly deduplicator?: Partial<Deduplicator>;
  readonly decode?: (text: string) => readonly DecodedEvent[];
}

/** A dispatcher on a virtual clock, and what it has asked its deduplicator for. */
export interface DispatcherRoom {
  readonly dispatcher: Dispatcher;
  readonly waiters: Waiters;
  readonly clock: VirtualClock;
  readonly facts: QueueFact[];
  readonly frame: MessageFrame & { held: boolean };
  readonly asked: (readonly unknown[])[];
  readonly settings: { unhandled: 'release' | 'delete' };
  readonly run: (delivery: Delivery) => Promise<Verdict>;
}

/** A message that can be read, once it has been. */
export function opened(dispatcher: Dispatcher, delivery: Delivery): OpenedMessage {
  const result = dispatcher.open(delivery);
  return 'events' in result ? result : expect.fail(result.message);
}

/** A dispatcher with these listeners, and a deduplicator if one is given. */
export function dispatcherRoom({ listeners = {}, deduplicator, decode }: DispatcherRoomOptions = {}): DispatcherRoom {
  const clock = new VirtualClock(0);
  const recent = new RecentEvents(clock, 10, 60_000);
  const waiters = new Waiters({ clock, random: new SeededRandom('waits'), recent });
  const settings: DispatcherRoom['settings'] = { unhandled: 'release' };
  const asked: (readonly unknown[])[] = [];
  const noting =
    <Answer>(name: string, answer: Answer) =>
    async (...args: readonly unknown[]): Promise<Answer> => {
      asked.push([name, ...args]);
      return answer;
    };
  const claims = new Claims(
    {
      claim: noting('claim', { state: 'claimed', token: 't' }),
      complete: noting('complete', undefined),
      release: noting('release', undefined),
      ...deduplicator,
    },
    clock,
  );
  const dispatcher = new Dispatcher({
    decode: decode ?? ((text) => text.split(',').map(eventNamed)),
    listeners: { of: (event) => listeners['eventName' in event ? event.eventName : event.name] ?? [] },
    waiters,
    recent,
    claims: deduplicator === undefined ? undefined : claims,
    unhandled: () => settings.unhandled,
  });
  const facts: QueueFact[] = [];
  const frame: DispatcherRoom['frame'] = {
    held: true,
    delivery: messageWith('A'),
    signalOf: () => new AbortController().signal,
    isHeld: () => frame.held,
    workBegins: () => {},
    givenUp: undefined,
    canDeadLetter: () => true,
    report: (fact) => facts.push(fact),
    lease: { leftMs: 30_000, onExtended: () => () => {} },
    known: new KnownMessage(),
  };
  const run = async (delivery: Delivery): Promise<Verdict> =>
    dispatcher.run(opened(dispatcher, delivery), { ...frame, isHeld: () => frame.held, delivery }).verdict;
  return { dispatcher, waiters, clock, facts, frame, asked, settings, run };
}

/** A message as a topic wraps it: the id that publishing returned, its text, and of which text it names the MD5. */
export const wrapped = (messageId: string, text: string, md5Of: string = text): string =>
  JSON.stringify({
    TopicOwner: '1',
    TopicName: 't',
    Subscriber: '1',
    SubscriptionName: 's',
    MessageId: messageId,
    MessageMD5: md5Hex(md5Of),
    Message: text,
    PublishTime: '0',
  });

/** The verdict on what is done. */
export const ack: Verdict = { type: 'ack' };

/** A listener that fails. */
export const failing: Handler = () => {
  throw new Error('no');
};
