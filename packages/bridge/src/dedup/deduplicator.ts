/** What a claim of an event meets. */
export type Claim =
  /** Nobody has the event: it is yours, until `complete`, `release`, or the end of its time. */
  | { readonly state: 'claimed'; readonly token: string }
  /** Somebody handles it at this moment. */
  | { readonly state: 'busy' }
  /** Somebody has handled it. */
  | { readonly state: 'completed' };

/**
 * Remembers which events have been handled, so that a second delivery does not call the listeners again.
 *
 * Keys are those of `deduplicationKeyOf` (spec imm §5), with `fanout: 'replica'` behind the name of the replica's queue, because
 * each replica is to get every event. Replicas that share a queue need one that they share, for example
 * over Redis: each of the four is a single conditional write. What it rejects with is reported; the event is then
 * handled as if there were none, because a duplicate does less harm than an event that is held up.
 */
export interface Deduplicator {
  /** Claims an event for `ttlMs` milliseconds: about as long as its message is leased. */
  claim(key: string, ttlMs: number): Promise<Claim>;
  /**
   * Keeps a claim for `ttlMs` milliseconds from now, as the lease of its message was extended; `false` when the claim is no
   * longer that of `token`. Without it a claim ends with the first lease, and then a second message of the same event is handled
   * beside the first.
   */
  renew?(key: string, token: string, ttlMs: number): Promise<boolean>;
  /** Marks it as handled; does nothing when the claim is no longer that of `token`. */
  complete(key: string, token: string): Promise<void>;
  /** Gives the claim up, because handling failed; does nothing when it is no longer that of `token`. */
  release(key: string, token: string): Promise<void>;
}
