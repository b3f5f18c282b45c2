import type { BackoffRange } from '../poll/backoff.js';
import { checkQueueName, inRange, oneOf } from './checks.js';

/** Options that may be changed while the bridge runs, with {@link Bridge.configure}. */
export interface BridgeSettings {
  /** Most messages of one queue handled at once, 1–1000. Default 16. */
  readonly concurrency?: number | undefined;
  /**
   * Messages of one queue held ready beyond those being handled, 0–1000. Default 0.
   *
   * With 16 or more, receives bring full batches under load, which saves calls; in return, messages wait here that another
   * process could handle. Their leases are extended while they wait; where that is not enough, and leases are lost, fewer are
   * held ready until messages are handled in time again.
   */
  readonly prefetch?: number | undefined;
  /** Length of a long poll in seconds, 0–30. Default 20. */
  readonly waitSeconds?: number | undefined;
  /** What to do with events that nobody listens to. Default `release`: they stay in the queue. */
  readonly unhandled?: 'release' | 'delete' | undefined;
  /**
   * Deliveries after which a message goes to the dead-letter queue when a listener fails on it, or takes longer than
   * `lease.maxSeconds`; from 1. Default 5. The service's `DequeueCount` counts, less the deliveries of which this process knows
   * that they reached no listener: those that another process has received for nothing count, so that after many of them the
   * first failure may be the last.
   */
  readonly maxDeliveries?: number | undefined;
  /**
   * Deliveries after which a message goes to the dead-letter queue although no failure of it was seen here, from `maxDeliveries`:
   * a listener elsewhere must have hung or ended its process each time. Default 100 times `maxDeliveries`, at least 500.
   *
   * What other processes, or earlier lives of this one, have received for nothing counts here as well. The default is wide enough for a
   * listener that comes with a deployment five days later.
   */
  readonly maxSilentDeliveries?: number | undefined;
  /**
   * Queue for messages that cannot be handled; they keep their body, priority and user properties, and get the reason as
   * properties `mnsbus.reason`, `mnsbus.source` and `mnsbus.message-id`. One that this queue refuses for what it is, such as an
   * escaped notification of more than 64 KiB, is retried instead.
   * Without one, they are retried until the queue's retention ends them.
   */
  readonly deadLetterQueue?: string | undefined;
  /** Delay before a failed message comes again: at most `baseSeconds` (default 1) after the first delivery, doubling, up to `capSeconds` (default 300). */
  readonly retryDelay?:
    | { readonly baseSeconds?: number | undefined; readonly capSeconds?: number | undefined }
    | undefined;
  /** How the visibility timeout of a message is extended while it waits or is handled. */
  readonly lease?: LeaseSettings | undefined;
}

/** How leases are extended. */
export interface LeaseSettings {
  /** Length of each extension in seconds, 1–43,200. Default as long as the queue's own visibility timeout. */
  readonly extendBySeconds?: number | undefined;
  /**
   * Longest time that a message is kept from others, in seconds from its receive, and again from when its listener begins if it
   * had to wait for that; 0–43,200. Default 3600. Then the listener's signal aborts, and the message is delivered again.
   *
   * Leases are not extended beyond it, but a receive gives one of the queue's visibility timeout, which may be longer. With 0,
   * leases are not extended at all.
   */
  readonly maxSeconds?: number | undefined;
}

/** The settings with every default filled in. */
export interface ResolvedSettings {
  readonly concurrency: number;
  readonly prefetch: number;
  readonly waitSeconds: number;
  readonly unhandled: 'release' | 'delete';
  readonly maxDeliveries: number;
  readonly maxSilentDeliveries: number;
  readonly deadLetterQueue: string | undefined;
  readonly retryDelaySeconds: BackoffRange;
  readonly lease: { readonly extendBySeconds: number | undefined; readonly maxMs: number };
}

/** Where everybody finds the settings of the moment. */
export interface CurrentSettings {
  current: ResolvedSettings;
}

/** The default of `maxSilentDeliveries`, unless `maxDeliveries` is large. */
const LEAST_SILENT_DELIVERIES = 500;

/** What was given, with changes: of nested settings too, what is not named stays. */
export function withChanges(given: BridgeSettings, changes: BridgeSettings): BridgeSettings {
  return {
    ...given,
    ...changes,
    ...('lease' in changes ? { lease: { ...given.lease, ...changes.lease } } : {}),
    ...('retryDelay' in changes ? { retryDelay: { ...given.retryDelay, ...changes.retryDelay } } : {}),
  };
}

/** Checks settings and fills in the defaults. Throws `INVALID_ARGUMENT` naming the first wrong one. */
export function resolveSettings(settings: BridgeSettings): ResolvedSettings {
  const { retryDelay, lease, deadLetterQueue } = settings;
  const maxDeliveries = inRange('maxDeliveries', settings.maxDeliveries ?? 5, 1, Number.MAX_SAFE_INTEGER);
  const wideSilence = Math.max(LEAST_SILENT_DELIVERIES, Math.min(100 * maxDeliveries, Number.MAX_SAFE_INTEGER));
  const baseSeconds = inRange('retryDelay.baseSeconds', retryDelay?.baseSeconds ?? 1, 1, 43_200);
  return {
    concurrency: inRange('concurrency', settings.concurrency ?? 16, 1, 1000),
    prefetch: inRange('prefetch', settings.prefetch ?? 0, 0, 1000),
    waitSeconds: inRange('waitSeconds', settings.waitSeconds ?? 20, 0, 30),
    unhandled: oneOf('unhandled', settings.unhandled ?? 'release', ['release', 'delete']),
    maxDeliveries,
    maxSilentDeliveries: inRange(
      'maxSilentDeliveries',
      settings.maxSilentDeliveries ?? wideSilence,
      maxDeliveries,
      Number.MAX_SAFE_INTEGER,
      'maxDeliveries',
    ),
    deadLetterQueue: deadLetterQueue === undefined ? undefined : checkQueueName('deadLetterQueue', deadLetterQueue),
    retryDelaySeconds: {
      base: baseSeconds,
      cap: inRange(
        'retryDelay.capSeconds',
        retryDelay?.capSeconds ?? Math.max(300, baseSeconds),
        baseSeconds,
        43_200,
        'retryDelay.baseSeconds',
      ),
    },
    lease: {
      extendBySeconds:
        lease?.extendBySeconds === undefined
          ? undefined
          : inRange('lease.extendBySeconds', lease.extendBySeconds, 1, 43_200),
      maxMs: inRange('lease.maxSeconds', lease?.maxSeconds ?? 3600, 0, 43_200) * 1000,
    },
  };
}
