import { describe, expect, it } from 'vitest';
import { resolveBridgeOptions, type BridgeOptions } from './bridge-options.js';

const mns = { accountId: '1', accessKeyId: 'ak', accessKeySecret: 'top secret', region: 'cn-beijing' };
const minimal: BridgeOptions = { mns, queueName: 'q' };

describe('resolveBridgeOptions', () => {
  it('fills in the defaults', () => {
    expect(resolveBridgeOptions(minimal)).toMatchObject({
      queueNames: ['q'],
      settings: {
        concurrency: 16,
        prefetch: 0,
        waitSeconds: 20,
        retryDelaySeconds: { base: 1, cap: 300 },
        maxDeliveries: 5,
        deadLetterQueue: undefined,
        unhandled: 'release',
        lease: { extendBySeconds: undefined, maxMs: 3_600_000 },
      },
      deduplicator: undefined,
      recentEvents: { limit: 1000, maxAgeMs: 60_000 },
    });
  });

  it('takes an endpoint instead of a region, and drops its last slash, which would be signed and sent twice', () => {
    const { region: _, ...rest } = mns;
    const resolved = resolveBridgeOptions({ ...minimal, mns: { ...rest, endpoint: 'http://127.0.0.1:9324/' } });
    expect(resolved.mns.endpoint).toBe('http://127.0.0.1:9324');
  });

  it.each<[string, Partial<BridgeOptions>]>([
    ['queueName', { queueName: '' }],
    ['queueName', { queueName: 'a?b' }],
    ['queueName', { queueName: '-a' }],
    ['queueName', { queueName: ['a', '?'] }],
    ['queueName', { queueName: ['a', 'a'] }],
    ['deadLetterQueue', { queueName: ['a', 'b'], deadLetterQueue: 'b' }],
    ['prefetch', { prefetch: -1 }],
    ['prefetch', { prefetch: 1001 }],
    ['lease.extendBySeconds', { lease: { extendBySeconds: 0 } }],
    ['lease.maxSeconds', { lease: { maxSeconds: 43_201 } }],
    ['readTimeoutMs', { readTimeoutMs: 24_999 }],
    ['readTimeoutMs', { waitSeconds: 0, readTimeoutMs: 4999 }],
    ['readTimeoutMs', { readTimeoutMs: Number.NaN }],
    ['deadLetterQueue', { deadLetterQueue: 'a/b' }],
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: 1001 }],
    ['concurrency', { concurrency: 1.5 }],
    ['waitSeconds', { waitSeconds: -1 }],
    ['waitSeconds', { waitSeconds: 31 }],
    ['maxDeliveries', { maxDeliveries: 0 }],
    ['deadLetterQueue', { deadLetterQueue: '' }],
    ['deadLetterQueue', { deadLetterQueue: 'q' }],
    ['retryDelay.baseSeconds', { retryDelay: { baseSeconds: 0 } }],
    ['retryDelay.capSeconds', { retryDelay: { baseSeconds: 10, capSeconds: 9 } }],
    ['retryDelay.capSeconds', { retryDelay: { capSeconds: 43_201 } }],
    ['recentEvents.limit', { recentEvents: { limit: -1 } }],
    ['recentEvents.maxAgeMs', { recentEvents: { maxAgeMs: -1 } }],
    ['unhandled', { unhandled: 'ignore' as 'delete' }],
    ['mns.accountId', { mns: { ...mns, accountId: '' } }],
    ['mns.region', { mns: { ...mns, region: '' } }],
    ['mns.endpoint', { mns: { ...mns, endpoint: '127.0.0.1:9324' } }],
    ['mns.endpoint', { mns: { ...mns, endpoint: 'http://127.0.0.1:9324/path' } }],
  ])('refuses a wrong %s', (name, change) => {
    const resolve = (): unknown => resolveBridgeOptions({ ...minimal, ...change });
    expect(resolve).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(name) }),
    );
  });

  it.each<Partial<BridgeOptions>>([
    { concurrency: 1 },
    { concurrency: 1000 },
    { waitSeconds: 0 },
    { waitSeconds: 30 },
    { waitSeconds: 20, readTimeoutMs: 25_000 },
    { queueName: undefined },
    { queueName: ['a', 'b'] },
    { lease: { maxSeconds: 0 } },
    { prefetch: 1000 },
    { retryDelay: { baseSeconds: 600 } },
    {
      concurrency: undefined,
      lease: undefined,
      retryDelay: { capSeconds: undefined },
      clock: undefined,
      seed: undefined,
    },
    { maxDeliveries: 1 },
    { retryDelay: { baseSeconds: 43_200, capSeconds: 43_200 } },
  ])('accepts the bound %j', (change) => {
    expect(() => resolveBridgeOptions({ ...minimal, ...change })).not.toThrow();
  });
});
