/** How a subscription tries again (spec mns §5.6); the same as in `createProvisioner`. */
export type NotifyStrategy = 'BACKOFF_RETRY' | 'EXPONENTIAL_DECAY_RETRY';

/** What can be known of the attempts of a topic. */
export interface TopicRetries {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** From when on an attempt may have been the last, in milliseconds after publishing. */
  readonly lastFromMs: number;
}

/** The `Date` of an attempt is cut to the second, so a message may be so much older than it seems. */
const ROUNDING_MS = 1000;

/**
 * By strategy (spec mns §5.6): three retries, each after 10–20 s; or 176 of them, after 1, 2, 4 … 512 s and then 512 s each.
 *
 * An attempt does not say which one it is, and the others may have gone to another process, so the earliest time that the last
 * one can have is what tells whether another is certain to come.
 */
export const TOPIC_RETRIES: Readonly<Record<NotifyStrategy, TopicRetries>> = {
  BACKOFF_RETRY: { attempts: 4, lastFromMs: 3 * 10_000 - ROUNDING_MS },
  EXPONENTIAL_DECAY_RETRY: { attempts: 177, lastFromMs: (511 + 167 * 512) * 1000 - ROUNDING_MS },
};
