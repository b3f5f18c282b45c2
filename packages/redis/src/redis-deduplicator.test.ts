import { SeededRandom } from '@mnsbus/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { deduplicatorLaws, tokenOf } from '../../bridge/src/dedup/test-support/deduplicator-laws.js';
import { createRedisDeduplicator, type RedisDeduplicatorOptions } from './redis-deduplicator.js';
import { CLIENTS, type OpenClient } from './test-support/clients.js';
import { startRedis, type RedisServer } from './test-support/redis-server.js';
import { layWire, type Wire } from './test-support/wire.js';

const DAY_MS = 86_400_000;

// Takes time off what is left of every key, as if the server's clock had gone on.
const PASS = `
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key) - ARGV[1]
  if left > 0 then redis.call('PEXPIRE', key, left) else redis.call('DEL', key) end
end`;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.kill());

describe.each(CLIENTS)('The deduplicator over Redis, by %s', (_, open) => {
  let client: OpenClient;
  const deduplicator = (options: Partial<RedisDeduplicatorOptions> = {}) =>
    createRedisDeduplicator({ redis: client.redis, prefix: 'app:', ...options });
  const flush = (): Promise<unknown> => client.command('FLUSHALL');

  beforeAll(async () => {
    client = await open(server.port);
  });
  afterAll(() => client.close());
  beforeEach(flush);

  describe('holds every law', () => {
    deduplicatorLaws(async (completedTtlMs) => {
      await flush();
      return {
        deduplicator: deduplicator({ completedTtlMs }),
        pass: async (ms) => void (await client.command('EVAL', PASS, '0', String(ms))),
      };
    });
  });

  it('ends a claim by the time of Redis', async () => {
    const store = deduplicator();
    await store.claim('a', 0.5);
    await expect.poll(() => store.claim('a', 60_000)).toMatchObject({ state: 'claimed' });
    expect(await store.claim('a', 60_000)).toEqual({ state: 'busy' });
  });

  it('has two replicas take turns', async () => {
    const other = await open(server.port);
    onTestFinished(() => other.close());
    const [first, second] = [deduplicator(), deduplicator({ redis: other.redis })];
    const token = tokenOf(await first.claim('a', 60_000));
    expect(await second.claim('a', 60_000)).toEqual({ state: 'busy' });
    await first.release('a', token);
    const next = tokenOf(await second.claim('a', 60_000));
    await first.complete('a', token);
    expect(await first.claim('a', 60_000)).toEqual({ state: 'busy' });
    await second.complete('a', next);
    expect(await first.claim('a', 60_000)).toEqual({ state: 'completed' });
  });

  it('keeps what apps with other prefixes have handled apart', async () => {
    const [first, second] = [deduplicator(), deduplicator({ prefix: 'other:' })];
    await first.complete('a', tokenOf(await first.claim('a', 60_000)));
    expect(await second.claim('a', 60_000)).toMatchObject({ state: 'claimed' });
  });

  it('remembers a claim for its time and a handled event for a day, in one key each', async () => {
    const store = deduplicator();
    const token = tokenOf(await store.claim('a', 1500.2));
    const left = async (): Promise<number> => Number(await client.command('PTTL', 'app:a'));
    // Above what was asked for never, and below it by the time that this test takes.
    const isAbout = async (ms: number): Promise<void> => {
      const leftMs = await left();
      expect(leftMs).toBeLessThanOrEqual(ms);
      expect(leftMs).toBeGreaterThan(ms - 60_000);
    };
    await isAbout(1501);
    await store.renew('a', token, 90_000);
    await isAbout(90_000);
    await store.complete('a', token);
    await isAbout(DAY_MS);
    expect([await client.command('GET', 'app:a'), await client.command('DBSIZE')]).toEqual(['1', 1]);
  });

  it('takes no text that is passed for a token for the mark of a handled event', async () => {
    const store = deduplicator();
    await store.complete('a', tokenOf(await store.claim('a', 60_000)));
    for (const token of ['1', 't1', '']) {
      await store.release('a', token);
      expect(await store.renew('a', token, 1)).toBe(false);
    }
    expect(await store.claim('a', 60_000)).toEqual({ state: 'completed' });
  });

  it('bounds the length of its keys, whatever an event calls itself', async () => {
    const store = deduplicator({ prefix: 'p'.repeat(64) });
    for (const length of [1, 128, 129, 100_000]) await store.claim('é'.repeat(length), 60_000);
    for (const length of [128, 129, 1_000_000]) await store.claim('k'.repeat(length), 60_000);
    const keys = (await client.command('KEYS', '*')) as string[];
    expect(keys).toHaveLength(7);
    expect(Math.max(...keys.map((key) => Buffer.byteLength(key)))).toBe(192);
  });

  it('teaches its scripts to a server that has forgotten them', async () => {
    const store = deduplicator();
    for (let round = 0; round < 2; round += 1) {
      await client.command('SCRIPT', 'FLUSH');
      const token = tokenOf(await store.claim(`${round}`, 60_000));
      expect(await store.renew(`${round}`, token, 60_000)).toBe(true);
      await store.complete(`${round}`, token);
      await store.release(`${round}`, token);
      expect(await store.claim(`${round}`, 60_000)).toEqual({ state: 'completed' });
    }
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a time to live of %s, and changes nothing',
    async (ttlMs) => {
      const store = deduplicator();
      const refusal = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
      await expect(store.claim('a', ttlMs)).rejects.toThrow(refusal);
      expect(await client.command('DBSIZE')).toBe(0);
      const token = tokenOf(await store.claim('a', 60_000));
      await expect(store.renew('a', token, ttlMs)).rejects.toThrow(refusal);
      expect(await store.claim('a', 60_000)).toEqual({ state: 'busy' });
    },
  );

  it('rejects with what Redis says', async () => {
    await client.command('RPUSH', 'app:a', 'a list, by somebody else');
    await expect(deduplicator().claim('a', 60_000)).rejects.toThrow(/WRONGTYPE/);
    await expect(deduplicator().complete('a', 'none')).rejects.toThrow(/WRONGTYPE/);
  });
});

describe.each(CLIENTS)('When Redis fails, the deduplicator by %s', (name, open) => {
  let own: RedisServer;
  let wire: Wire;
  const startedWith = async (): Promise<{ store: ReturnType<typeof createRedisDeduplicator>; client: OpenClient }> => {
    own = await startRedis();
    wire = await layWire(own.port);
    const client = await open(wire.port);
    onTestFinished(async () => {
      client.close();
      await wire.close();
      await own.kill();
    });
    return { store: createRedisDeduplicator({ redis: client.redis, prefix: 'app:' }), client };
  };

  it('is given its own claim when the answer was lost and the client asks again, or rejects', async () => {
    const { store, client } = await startedWith();
    // So that the script is known, and the lost answer is that of the claim.
    await store.claim('other', 60_000);
    wire.loseAnswer();
    const claim = store.claim('a', 60_000);
    if (name === 'ioredis') {
      // This one sends again by itself what was not answered.
      const token = tokenOf(await claim);
      wire.loseAnswer();
      expect(await store.renew('a', token, 60_000)).toBe(true);
      wire.loseAnswer();
      await store.complete('a', token);
      expect(await store.claim('a', 60_000)).toEqual({ state: 'completed' });
    } else {
      await expect(claim).rejects.toThrow(Error);
      expect(await store.claim('a', 60_000)).toEqual({ state: 'busy' });
    }
    expect(await client.command('DBSIZE')).toBe(2);
  });

  it('goes on with a server that came back empty: who still works has his claim again, what was handled is forgotten', async () => {
    const { store } = await startedWith();
    const working = tokenOf(await store.claim('working', 60_000));
    const ended = tokenOf(await store.claim('ended', 60_000));
    await store.complete('handled', tokenOf(await store.claim('handled', 60_000)));
    await own.kill();
    own = await startRedis();
    wire.target = own.port;
    wire.cut();
    await expect.poll(() => store.renew('working', working, 60_000).catch(String)).toBe(true);
    await store.complete('ended', ended);
    expect(await store.claim('working', 60_000)).toEqual({ state: 'busy' });
    expect(await store.claim('ended', 60_000)).toEqual({ state: 'completed' });
    expect(await store.claim('handled', 60_000)).toMatchObject({ state: 'claimed' });
  });

  it('rejects what was asked of a server that was killed', async () => {
    const doomed = await startRedis();
    const client = await open(doomed.port);
    onTestFinished(() => client.close());
    const store = createRedisDeduplicator({ redis: client.redis, prefix: 'app:' });
    const token = tokenOf(await store.claim('a', 60_000));
    doomed.freeze();
    const calls = [
      store.claim('a', 60_000),
      store.renew('a', token, 60_000),
      store.complete('a', token),
      store.release('a', token),
    ];
    const refused = calls.map((call) => expect(call).rejects.toThrow(Error));
    await doomed.kill();
    await Promise.all(refused);
  });

  it('hands out again what a failover has lost, and never takes the old holder for the new one', async () => {
    const { store } = await startedWith();
    const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(own.port)] });
    onTestFinished(() => replica.kill());
    const onReplica = await open(replica.port);
    onTestFinished(() => onReplica.close());
    const kept = tokenOf(await store.claim('kept', 60_000));
    await expect.poll(() => onReplica.command('EXISTS', 'app:kept')).toBe(1);
    await onReplica.command('REPLICAOF', 'NO', 'ONE');
    const lost = tokenOf(await store.claim('lost', 60_000));
    await store.complete('kept', kept);
    wire.target = replica.port;
    wire.cut();
    // Handled, but the replica does not know: busy until its time is over, then handed out a second time.
    await expect.poll(() => store.claim('kept', 60_000).catch(String)).toEqual({ state: 'busy' });
    const again = tokenOf(await store.claim('lost', 60_000));
    expect(await store.renew('lost', lost, 60_000)).toBe(false);
    await store.complete('lost', lost);
    expect(await store.claim('lost', 60_000)).toEqual({ state: 'busy' });
    expect(await store.renew('lost', again, 60_000)).toBe(true);
  });
});

describe('createRedisDeduplicator', () => {
  const answers = (reply: unknown) => ({
    eval: () => Promise.resolve(reply),
    evalsha: () => Promise.resolve(reply),
  });

  it.each([
    [{ prefix: '' }],
    [{ prefix: 'a b' }],
    [{ prefix: 'x'.repeat(65) }],
    [{ prefix: undefined as unknown as string }],
    [{ completedTtlMs: 0 }],
    [{ completedTtlMs: Number.NaN }],
    [{ redis: {} as never }],
    [{ redis: undefined as never }],
    [{ redis: { eval: () => Promise.resolve(1) } as never }],
  ])('refuses %j', (options) => {
    expect(() => createRedisDeduplicator({ redis: answers(1), prefix: 'app:', ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('takes numbers that a client gives as texts, and refuses what is none', async () => {
    const claimedBy = (reply: unknown) =>
      createRedisDeduplicator({ redis: answers(reply), prefix: 'app:' }).claim('a', 1);
    expect(await claimedBy('1')).toMatchObject({ state: 'claimed' });
    for (const reply of ['QUEUED', undefined, null, '']) {
      await expect(claimedBy(reply)).rejects.toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    }
  });

  it('draws its tokens from the source that it is given', async () => {
    const tokens = async (random?: SeededRandom): Promise<string> =>
      tokenOf(
        await createRedisDeduplicator({
          redis: answers(1),
          prefix: 'app:',
          ...(random === undefined ? {} : { random }),
        }).claim('a', 1),
      );
    expect(await tokens(new SeededRandom('s'))).toBe(await tokens(new SeededRandom('s')));
    expect(await tokens()).not.toBe(await tokens());
  });
});
