import type { Claim, Deduplicator } from '@mnsbus/bridge';
import { SeededRandom, freshSeed } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { Script, checkClient, type RedisClient } from './redis-client.js';
import { checkPrefix, redisKey } from './redis-key.js';

/** Where a {@link createRedisDeduplicator} remembers events, and for how long. */
export interface RedisDeduplicatorOptions {
  /** A connected client of the package `ioredis` or `redis`; it is used, never closed. */
  readonly redis: RedisClient;
  /**
   * How every key begins: 1–64 printable ASCII characters, for example `invoices:`.
   *
   * Replicas that share their events need the same; whoever is to get every event for himself needs one of his own, or what one
   * app has handled counts as handled for all. There is no default for that reason.
   */
  readonly prefix: string;
  /**
   * How long a handled event is remembered, in milliseconds from 1. Default a day.
   *
   * A topic repeats a delivery for a day at most (spec mns §5.6), and a message whose delete was lost comes again after its
   * visibility timeout, of at most 12 hours.
   */
  readonly completedTtlMs?: number | undefined;
  /** Draws the tokens of the claims. Default one with a fresh seed; two replicas with the same one take each other for themselves. */
  readonly random?: SeededRandom | undefined;
}

/*
 * A key holds `1` when its event is handled, which Redis keeps without memory of its own, or else the token of whoever handles it.
 * Every key ends by Redis' own clock, so the clocks of the replicas do not matter. Each script is right when a client that lost the
 * answer sends it again: it finds what the first one did, under a token that nobody else has.
 *
 * A key that is gone – its time was over, or Redis lost it – is still that of the last token, as long as nobody else has come: who
 * renews takes it again, and what was handled to its end is marked as handled.
 */

const CLAIMED = 1;
const COMPLETED = 2;

/** Answers 0 to whoever meets the claim of another. */
const CLAIM = new Script(`
local held = redis.call('GET', KEYS[1])
if held == '1' then return ${COMPLETED} end
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ${CLAIMED}`);

const RENEW = new Script(`
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);

const COMPLETE = new Script(`
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
return 1`);

const RELEASE = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`);

/**
 * Creates a deduplicator that replicas share over Redis (4.0 or later, Valkey, a cluster).
 *
 * What Redis has lost – it came back empty, a failover dropped the last writes, it evicted a key – nobody has handled: then an
 * event may be handled twice, but none is lost. Each method rejects with what the client rejects with, and waits as long as the
 * client does. A time to live that is not above 0 rejects with `INVALID_ARGUMENT`.
 *
 * Throws `INVALID_ARGUMENT` for an option out of range.
 */
export function createRedisDeduplicator(options: RedisDeduplicatorOptions): Required<Deduplicator> {
  const redis = checkClient(options.redis);
  const prefix = checkPrefix(options.prefix);
  const completedTtl = ttlOf('completedTtlMs', options.completedTtlMs ?? 86_400_000);
  // One seed has 47 bits, too few to keep every process that ever was from sharing its tokens with another.
  const random = options.random ?? new SeededRandom(`${freshSeed()}/${freshSeed()}/${freshSeed()}`);
  const keyOf = (key: string): string => redisKey(prefix, key);
  return {
    claim: async (key, ttlMs): Promise<Claim> => {
      const token = random.hex(32);
      const reply = await CLAIM.run(redis, keyOf(key), held(token), ttlOf('ttlMs', ttlMs));
      if (reply === CLAIMED) return { state: 'claimed', token };
      return { state: reply === COMPLETED ? 'completed' : 'busy' };
    },
    renew: async (key, token, ttlMs) => (await RENEW.run(redis, keyOf(key), held(token), ttlOf('ttlMs', ttlMs))) === 1,
    complete: async (key, token) => void (await COMPLETE.run(redis, keyOf(key), held(token), completedTtl)),
    release: async (key, token) => void (await RELEASE.run(redis, keyOf(key), held(token))),
  };
}

/** A token as Redis holds it: no text that somebody passes for one can be the mark of a handled event. */
function held(token: string): string {
  return `t${token}`;
}

/** Milliseconds as Redis takes them, rounded up, so that no claim ends before its time. Throws `INVALID_ARGUMENT`. */
function ttlOf(name: string, ms: number): string {
  if (!(ms > 0 && ms <= Number.MAX_SAFE_INTEGER)) {
    throw invalidArgument(name, `milliseconds above 0, at most ${Number.MAX_SAFE_INTEGER}`, ms);
  }
  return String(Math.ceil(ms));
}
