import type { PollerState } from '../poll/poller.js';
import type { DeliveryCounters } from './counters.js';

/** How it goes with one queue. */
export interface QueueHealth {
  readonly queueName: string;
  /** `failed` when the service has refused for good; {@link Bridge.resume} tries again. */
  readonly state: PollerState;
  /** Failed or hurried receives since the last good one. */
  readonly failuresInARow: number;
  /** When the last receive was sent. */
  readonly lastPollAt: Date | undefined;
  /** When a receive was last answered, with messages or without. Older than two long polls, something is wrong. */
  readonly lastGoodPollAt: Date | undefined;
  /** How long the last received message had been in the queue, retries included; by two clocks, so it may be negative. */
  readonly lagMs: number | undefined;
  /** Messages at their listeners. */
  readonly handling: number;
  /** Messages held ready (`prefetch`). */
  readonly waiting: number;
  readonly counters: DeliveryCounters;
}

/** How it goes with a bridge. */
export interface BridgeHealth {
  /** Whether it is running, and each queue is polled or paused on purpose and has not failed several times in a row. */
  readonly healthy: boolean;
  readonly state: 'idle' | 'running' | 'closed';
  readonly queues: readonly QueueHealth[];
  /** What has become of pushes. */
  readonly pushes: DeliveryCounters;
}

/** Receives that may fail in a row before a queue counts as unhealthy: with full jitter, some seconds of trouble. */
const TOLERATED_FAILURES = 5;

/** Whether a queue is being read, or is not by the will of the app. */
export function isHealthy({ state, failuresInARow }: QueueHealth): boolean {
  return (state === 'polling' || state === 'paused') && failuresInARow < TOLERATED_FAILURES;
}
