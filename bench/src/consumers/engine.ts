import { SeededRandom, SystemClock, createEventRegistry, md5Hex } from '../../../packages/core/dist/index.js';
import { QueueConsumer, type QueueConsumerParts } from '../../../packages/bridge/dist/consume/queue-consumer.js';
import { Dispatcher } from '../../../packages/bridge/dist/dispatch/dispatcher.js';
import { Listeners } from '../../../packages/bridge/dist/dispatch/listeners.js';
import type { ReceivedMessage } from '../../../packages/bridge/dist/mns/queue-client.js';
import { resolveSettings } from '../../../packages/bridge/dist/options/bridge-settings.js';
import { RecentEvents } from '../../../packages/bridge/dist/wait/recent-events.js';
import { Waiters } from '../../../packages/bridge/dist/wait/waiters.js';

/** What one run of a consumer came to. */
export interface ConsumerSample {
  readonly messagesPerSecond: number;
  /** Receives and settlements, divided by messages. */
  readonly requestsPerMessage: number;
}

/** How a run is made. */
export interface ConsumerRun {
  /** Messages handled at once. */
  readonly concurrency: number;
  /** Held ready beyond them, where a consumer can. */
  readonly prefetch: number;
  readonly durationMs: number;
  /** What handling the n-th message takes, in milliseconds; 0 is no wait at all. */
  readonly workMs: (index: number) => number;
}

/** A body as a topic delivers it, for decoding. */
export const NOTIFICATION: string = notification();

/** Our engine – polling, leases, decoding, verification, dispatch, settling – on a queue in memory that answers at once. */
export async function runEngine({ concurrency, prefetch, durationMs, workMs }: ConsumerRun): Promise<ConsumerSample> {
  const clock = new SystemClock();
  const random = new SeededRandom('engine');
  const settings = { current: resolveSettings({ concurrency, prefetch }) };
  const recent = new RecentEvents(clock, 1000, 60_000);
  const listeners = new Listeners(registry.names);
  const state = { handled: 0, started: 0, requests: 0, sent: 0 };
  listeners.add('FormatConvertJob:JobFinished', () => {
    const ms = workMs(state.started);
    state.started += 1;
    if (ms === 0) state.handled += 1;
    else return wait(ms).then(() => (state.handled += 1));
    return undefined;
  });
  const dispatcher = new Dispatcher({
    decode: (text) => registry.decode(text),
    listeners,
    waiters: new Waiters({ clock, random: random.fork('waits'), recent }),
    recent,
    claims: undefined,
    unhandled: () => 'release',
  });
  const consumer = new QueueConsumer({
    queue: stubQueue(state),
    dispatcher,
    clock,
    random,
    settings,
    report: () => {},
  });
  const startMs = performance.now();
  await consumer.probe();
  consumer.begin();
  await wait(durationMs);
  const { handled, requests } = state;
  const seconds = (performance.now() - startMs) / 1000;
  await consumer.stop();
  await consumer.whenIdle(AbortSignal.timeout(2000));
  await consumer.flush();
  return { messagesPerSecond: handled / seconds, requestsPerMessage: requests / Math.max(1, handled) };
}

const registry = createEventRegistry({ events: [] });
const bodyMD5 = md5Hex(NOTIFICATION);

function stubQueue(state: { requests: number; sent: number }): QueueConsumerParts['queue'] {
  let receives = 0;
  return {
    queueName: 'q',
    roundTripMs: 0,
    receive: async ({ max }) => {
      state.requests += 1;
      receives += 1;
      // A turn of the event loop now and then, as answers from outside take: otherwise no timer would ever run.
      if (receives % 32 === 0) await turn();
      return Array.from({ length: max }, () => {
        state.sent += 1;
        return received(state.sent);
      });
    },
    deleteBatch: async () => {
      state.requests += 1;
      return [];
    },
    changeVisibility: async () => {
      state.requests += 1;
      return 'handle';
    },
    copyTo: async () => {
      state.requests += 1;
    },
  };
}

function received(index: number): ReceivedMessage {
  const now = new Date();
  const delivery = {
    source: 'queue' as const,
    queueName: 'q',
    messageId: String(index),
    body: NOTIFICATION,
    bodyMD5,
    userProperties: [],
    receiptHandle: String(index),
    enqueuedAt: now,
    firstReceivedAt: now,
    receivedAt: now,
    leaseMs: 30_000,
    deliveryCount: 1,
    priority: 8,
  };
  return { delivery, endsAtMs: performance.now() + 30_000, visibilityMs: 30_000 };
}

/** Resolves after one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Resolves after some milliseconds. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function notification(): string {
  const imm = {
    code: 'NoError',
    pageCount: '5',
    percent: '100',
    taskId: 'formatconvert-47ef6b53-7f73-4a3d-bc25-9a8f2b6d3c11',
  };
  const event = {
    eventName: 'FormatConvertJob:JobFinished',
    eventSource: 'acs:imm',
    eventTime: '2026-01-01T00:00:00.000Z',
    eventVersion: '1.0',
    imm,
  };
  const Message = JSON.stringify({ events: [event] });
  return JSON.stringify({
    TopicOwner: '1000000000000001',
    Message,
    Subscriber: '1000000000000001',
    PublishTime: '1767225600000',
    SubscriptionName: 'sub-a',
    MessageMD5: md5Hex(Message),
    TopicName: 'events',
    MessageId: '0A00000133FD7FBB7FBD7DA3D58E0001',
  });
}
