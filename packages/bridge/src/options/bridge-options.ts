import {
  SystemClock,
  createEventRegistry,
  freshSeed,
  type AnyCustomType,
  type Clock,
  type WireHandler,
} from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { Deduplicator } from '../dedup/deduplicator.js';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import type { MnsConnection } from '../mns/sdk-client.js';
import { resolveSettings, type BridgeSettings, type ResolvedSettings } from './bridge-settings.js';
import { checkQueueName, inRange, oneOf, required } from './checks.js';

/** What a bridge needs to know; `Type` is an event type of the app's own. */
export interface BridgeOptions<Type extends AnyCustomType = never> extends BridgeSettings {
  /** Who calls, and where the service is. */
  readonly mns: MnsConnection;
  /** The queue that the topic delivers to, or several. Default none: then only pushes bring events. */
  readonly queueName?: string | readonly string[] | undefined;
  /**
   * Who gets an event when several processes use the same `queueName`. Default `shared`: one of them. With `replica`, each:
   * `start` creates a queue of this process's own, whose name begins with `queueName`, and subscribes it to `topicName`;
   * `close` removes it, and the others remove those of processes that have died.
   */
  readonly fanout?: 'shared' | 'replica' | undefined;
  /** The topic that replicas subscribe to. Default none; needed with `fanout: 'replica'`, as is `mns.region`. */
  readonly topicName?: string | undefined;
  /** Recognises events that come again, so that their listeners are not called again. Default none: they are. */
  readonly deduplicator?: Deduplicator | undefined;
  /** What `waitFor` still finds: of the last `limit` events (default 1000, from 0) those not older than `maxAgeMs` (default 60,000). */
  readonly recentEvents?: { readonly limit?: number | undefined; readonly maxAgeMs?: number | undefined } | undefined;
  /** Event types of your own, made by `defineEvent`. Default none. */
  readonly events?: readonly Type[] | undefined;
  /** Longest wait for any reply in milliseconds, from 1000; at least 5 s more than a long poll. Default 10 s more. */
  readonly readTimeoutMs?: number | undefined;
  /** Source of time. Default the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Seed of the jitter. Default a fresh one. */
  readonly seed?: string | number | undefined;
  /** Calls this function instead of the network, for example the `handle` of an emulator. */
  readonly transport?: WireHandler | undefined;
}

/** The options with every default filled in. */
export interface ResolvedBridgeOptions {
  readonly mns: MnsConnection;
  readonly queueNames: readonly string[];
  /** Set with `fanout: 'replica'`. */
  readonly replica: { readonly prefix: string; readonly topicName: string } | undefined;
  readonly settings: ResolvedSettings;
  readonly deduplicator: Deduplicator | undefined;
  readonly recentEvents: { readonly limit: number; readonly maxAgeMs: number };
  readonly readTimeoutMs: number | undefined;
  readonly decode: (text: string) => readonly DecodedEvent[];
  /** The names of all events that may come, `unknown` aside. */
  readonly eventNames: readonly string[];
  readonly clock: Clock;
  readonly seed: string | number;
  readonly transport: WireHandler | undefined;
}

/** Least time by which a reply may outlast a long poll. */
const READ_MARGIN_MS = 5000;

/** Checks the options and fills in the defaults. Throws `INVALID_ARGUMENT` naming the first wrong one. */
export function resolveBridgeOptions<Type extends AnyCustomType>(options: BridgeOptions<Type>): ResolvedBridgeOptions {
  const { mns, recentEvents, readTimeoutMs } = options;
  const registry = createEventRegistry({ events: options.events ?? [] });
  const settings = resolveSettings(options);
  const queueNames = checkQueueNames(options.queueName);
  checkTogether(settings, queueNames, readTimeoutMs);
  return {
    mns: checkConnection(mns),
    queueNames,
    replica: checkFanout(options, queueNames),
    settings,
    deduplicator: options.deduplicator,
    recentEvents: {
      limit: inRange('recentEvents.limit', recentEvents?.limit ?? 1000, 0, 1_000_000),
      maxAgeMs: inRange('recentEvents.maxAgeMs', recentEvents?.maxAgeMs ?? 60_000, 0, Number.MAX_SAFE_INTEGER),
    },
    readTimeoutMs,
    decode: (text) => registry.decode(text),
    eventNames: registry.names,
    clock: options.clock ?? new SystemClock(),
    seed: options.seed ?? freshSeed(),
    transport: options.transport,
  };
}

/** What must fit together, whenever one of them changes. Throws `INVALID_ARGUMENT`. */
export function checkTogether(
  { deadLetterQueue, waitSeconds }: ResolvedSettings,
  queueNames: readonly string[],
  readTimeoutMs: number | undefined,
): void {
  if (deadLetterQueue !== undefined && queueNames.includes(deadLetterQueue)) {
    throw invalidArgument('deadLetterQueue', 'another queue than queueName', deadLetterQueue);
  }
  if (readTimeoutMs === undefined) return;
  const least = Math.max(1000, waitSeconds * 1000 + READ_MARGIN_MS);
  if (!(readTimeoutMs >= least)) {
    throw invalidArgument(`readTimeoutMs, with waitSeconds ${waitSeconds},`, `at least ${least}`, readTimeoutMs);
  }
}

function checkQueueNames(given: string | readonly string[] | undefined): readonly string[] {
  const names = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  for (const name of names) checkQueueName('queueName', name);
  if (new Set(names).size < names.length) throw invalidArgument('queueName', 'each queue once', names.join(', '));
  return names;
}

function checkFanout(
  { fanout = 'shared', topicName, mns }: BridgeOptions<AnyCustomType>,
  queueNames: readonly string[],
): ResolvedBridgeOptions['replica'] {
  if (oneOf('fanout', fanout, ['shared', 'replica']) === 'shared') return undefined;
  const [prefix, ...others] = queueNames;
  // Room for what tells the replicas apart, within the newer limit of 120 (spec mns §3.4).
  if (prefix === undefined || others.length > 0 || prefix.length > 100) {
    throw invalidArgument(
      'queueName',
      "one name of at most 100 characters with fanout: 'replica'",
      queueNames.join(', '),
    );
  }
  required('mns.region', mns.region);
  if (topicName === undefined) throw invalidArgument('topicName', "a topic, with fanout: 'replica'", topicName);
  return { prefix, topicName: checkQueueName('topicName', topicName) };
}

function checkConnection(mns: MnsConnection): MnsConnection {
  required('mns.accountId', mns.accountId);
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
