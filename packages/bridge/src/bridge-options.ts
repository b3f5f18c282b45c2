import {
  SystemClock,
  createEventRegistry,
  freshSeed,
  type AnyCustomType,
  type Clock,
  type WireHandler,
} from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { DecodedEvent } from './dispatch/decoded-event.js';
import type { RetryPolicy } from './dispatch/dispatcher.js';
import type { MnsConnection } from './mns/sdk-client.js';

/** What a bridge needs to know; `Type` is an event type of the app's own. */
export interface BridgeOptions<Type extends AnyCustomType = never> {
  /** Who calls, and where the service is. */
  readonly mns: MnsConnection;
  /** The queue that the topic delivers to. */
  readonly queueName: string;
  /** Most messages handled at once, 1–1000. Default 16. */
  readonly concurrency?: number;
  /** Length of a long poll in seconds, 0–30. Default 20. */
  readonly waitSeconds?: number;
  /** What to do with events that nobody listens to. Default `release`: they stay in the queue. */
  readonly unhandled?: 'release' | 'delete';
  /**
   * Deliveries after which a message that fails, hangs or ends its process goes to the dead-letter queue, from 1. Default 5.
   * It is the service's `DequeueCount` that counts, so deliveries that nobody listened to count as well.
   */
  readonly maxDeliveries?: number;
  /**
   * Queue for messages that cannot be handled; they keep their body, priority and user properties.
   * Without one, they are retried until the queue's retention ends them.
   */
  readonly deadLetterQueue?: string;
  /** Delay before a failed message comes again: at most `baseSeconds` (default 1) after the first delivery, doubling, up to `capSeconds` (default 300). */
  readonly retryDelay?: { readonly baseSeconds?: number; readonly capSeconds?: number };
  /** What `waitFor` still finds: of the last `limit` events (default 1000, from 0) those not older than `maxAgeMs` (default 60,000). */
  readonly recentEvents?: { readonly limit?: number; readonly maxAgeMs?: number };
  /** Event types of your own, made by `defineEvent`. Default none. */
  readonly events?: readonly Type[];
  /** Source of time. Default the machine's clock. */
  readonly clock?: Clock;
  /** Seed of the jitter. Default a fresh one. */
  readonly seed?: string | number;
  /** Calls this function instead of the network, for example the `handle` of an emulator. */
  readonly transport?: WireHandler;
}

/** The options with every default filled in. */
export interface ResolvedBridgeOptions {
  readonly mns: MnsConnection;
  readonly queueName: string;
  readonly concurrency: number;
  readonly waitSeconds: number;
  readonly policy: RetryPolicy;
  readonly recentEvents: { readonly limit: number; readonly maxAgeMs: number };
  readonly decode: (text: string) => readonly DecodedEvent[];
  readonly clock: Clock;
  readonly seed: string | number;
  readonly transport: WireHandler | undefined;
}

/** Checks the options and fills in the defaults. Throws `INVALID_ARGUMENT` naming the first wrong one. */
export function resolveBridgeOptions<Type extends AnyCustomType>(options: BridgeOptions<Type>): ResolvedBridgeOptions {
  const { mns, retryDelay, recentEvents } = options;
  const registry = createEventRegistry({ events: options.events ?? [] });
  const baseSeconds = inRange('retryDelay.baseSeconds', retryDelay?.baseSeconds ?? 1, 1, 43_200);
  return {
    mns: checkConnection(mns),
    queueName: checkQueueName('queueName', options.queueName),
    concurrency: inRange('concurrency', options.concurrency ?? 16, 1, 1000),
    waitSeconds: inRange('waitSeconds', options.waitSeconds ?? 20, 0, 30),
    policy: {
      delaySeconds: {
        base: baseSeconds,
        cap: inRange('retryDelay.capSeconds', retryDelay?.capSeconds ?? 300, baseSeconds, 43_200),
      },
      maxDeliveries: inRange('maxDeliveries', options.maxDeliveries ?? 5, 1, Number.MAX_SAFE_INTEGER),
      deadLetterQueue: checkDeadLetterQueue(options),
      unhandled: oneOf('unhandled', options.unhandled ?? 'release', ['release', 'delete']),
    },
    recentEvents: {
      limit: inRange('recentEvents.limit', recentEvents?.limit ?? 1000, 0, 1_000_000),
      maxAgeMs: inRange('recentEvents.maxAgeMs', recentEvents?.maxAgeMs ?? 60_000, 0, Number.MAX_SAFE_INTEGER),
    },
    decode: (text) => registry.decode(text),
    clock: options.clock ?? new SystemClock(),
    seed: options.seed ?? freshSeed(),
    transport: options.transport,
  };
}

function checkConnection(mns: MnsConnection): MnsConnection {
  required('mns.accountId', mns.accountId);
  required('mns.accessKeyId', mns.accessKeyId);
  // Not shown in the message: it may be a secret in the wrong place.
  if (typeof mns.accessKeySecret !== 'string' || mns.accessKeySecret === '') {
    throw invalidArgument('mns.accessKeySecret', 'a text', undefined);
  }
  if (mns.endpoint === undefined) {
    required('mns.region (or mns.endpoint)', mns.region);
  } else if (!/^https?:\/\/[^/?#]+\/?$/.test(mns.endpoint)) {
    throw invalidArgument('mns.endpoint', 'http(s)://host[:port] without a path', mns.endpoint);
  } else if (mns.endpoint.endsWith('/')) {
    // The SDK appends the path as it is, and would sign and send two slashes.
    return { ...mns, endpoint: mns.endpoint.slice(0, -1) };
  }
  return mns;
}

function checkDeadLetterQueue({
  deadLetterQueue,
  queueName,
}: Pick<BridgeOptions, 'deadLetterQueue' | 'queueName'>): string | undefined {
  if (deadLetterQueue === undefined) return undefined;
  if (deadLetterQueue === queueName)
    throw invalidArgument('deadLetterQueue', 'another queue than queueName', deadLetterQueue);
  return checkQueueName('deadLetterQueue', deadLetterQueue);
}

// The name goes into the path of every request (spec mns §3.4, the older and longer limit).
function checkQueueName(name: string, value: string): string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9-]{0,255}$/.test(value)) {
    throw invalidArgument(name, '1 to 256 letters, digits and hyphens, the first no hyphen', value);
  }
  return value;
}

function required(name: string, value: string | undefined): string {
  if (typeof value !== 'string' || value === '') throw invalidArgument(name, 'a text', value);
  return value;
}

function inRange(name: string, value: number, low: number, high: number): number {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw invalidArgument(name, `a whole number from ${low} to ${high}`, value);
  }
  return value;
}

function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) throw invalidArgument(name, allowed.map((one) => `'${one}'`).join(' or '), value);
  return value;
}
