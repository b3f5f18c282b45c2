import type { PollerState } from '../poll/poller.js';
import type { DeliveryCounters } from './counters.js';

/** How it goes with one queue. */
export interface QueueHealth {
  readonly queueName: string;
  /** `stopped` when the service has refused for good: it is asked again every few minutes, and at once by {@link Bridge.resume}. */
  readonly state: PollerState;
  /** Whether the queue is polled, and the service answers. */
  readonly receiving: boolean;
  /** Whether every place has been taken for so long, without a start or an end, that its listeners seem to hang. */
  readonly stuck: boolean;
  /** Failed receives since the last good one. */
  readonly failuresInARow: number;
  /** When the last receive was sent. */
  readonly lastPollAt: Date | undefined;
  /** When a receive was last answered, with messages or without. Older than two long polls, something is wrong. */
  readonly lastGoodPollAt: Date | undefined;
  /** How long the last received message had been in the queue, retries included; by two clocks, so it may be negative. */
  readonly lagMs: number | undefined;
  /** Messages at their listeners. */
  readonly handling: number;
  /** Messages held ready (`prefetch`), and those whose listener still works on an earlier delivery. */
  readonly waiting: number;
  readonly counters: DeliveryCounters;
}

/** How it goes with a bridge. */
export interface BridgeHealth {
  /**
   * For a liveness probe: `false` only when a restart could help, because the bridge is closed, the service has refused a queue for
   * good, or a queue is stuck. A network that is down is no reason to restart.
   */
  readonly healthy: boolean;
  /** For a readiness probe: whether every queue is received from, and that of a replica subscribed. `false` while paused, before `start` has resolved, and from `close` on. */
  readonly receiving: boolean;
  /** `closing` from the call of `close` until it resolves. */
  readonly state: 'idle' | 'running' | 'closing' | 'closed';
  readonly queues: readonly QueueHealth[];
  /** What has become of the attempts of topics; one that is given up before its message becomes a dead letter is released. */
  readonly pushes: DeliveryCounters;
}

/** Receives that may fail in a row before a queue counts as not received from: with full jitter, some seconds of trouble. */
export const TOLERATED_FAILURES = 5;

/** Whether no restart would help a queue. */
export function isHealthy({ state, stuck }: QueueHealth): boolean {
  return state !== 'stopped' && !stuck;
}
