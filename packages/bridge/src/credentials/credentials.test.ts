import { SeededRandom, VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { lowest } from '../test-support/lowest.js';
import { credentialsSource, type CredentialsSource } from './credentials-source.js';
import type { CredentialsFact, CredentialsProvider, ProvidedKeys } from './credentials.js';

const START_MS = 1_767_225_600_000;
const HOUR_MS = 3_600_000;

interface Room {
  readonly clock: VirtualClock;
  readonly source: CredentialsSource;
  readonly facts: CredentialsFact[];
  readonly asked: number[];
}

function room(
  provide: (count: number, clock: VirtualClock) => ProvidedKeys | Promise<ProvidedKeys>,
  random = new SeededRandom('credentials'),
): Room {
  const clock = new VirtualClock(START_MS);
  const facts: CredentialsFact[] = [];
  const asked: number[] = [];
  const credentials: CredentialsProvider = () => {
    asked.push(clock.now() - START_MS);
    return provide(asked.length, clock);
  };
  const source = credentialsSource('mns', { credentials }, { clock, random, report: (fact) => facts.push(fact) });
  return { clock, source, facts, asked };
}

const keys = (count: number, expiresAt?: Date): ProvidedKeys => ({
  accessKeyId: `id-${count}`,
  accessKeySecret: `secret-${count}`,
  ...(expiresAt === undefined ? {} : { expiresAt }),
});

describe('credentialsSource', () => {
  it('asks once for keys that do not run out, and not before they are needed', async () => {
    const { source, asked, clock, facts } = room((count) => keys(count));
    expect(asked).toEqual([]);
    const [one, other] = await Promise.all([source.current(), source.current()]);
    expect(one).toBe(other);
    await clock.advanceBy(1000 * HOUR_MS);
    expect(await source.current()).toBe(one);
    expect(asked).toEqual([0]);
    expect(facts).toEqual([{ type: 'credentials-refreshed', expiresAt: undefined }]);
  });

  it('refreshes ahead of the end while the old keys go on being used', async () => {
    let give: (keys: ProvidedKeys) => void = () => {};
    const { source, clock, asked } = room((count, { now }) => {
      void now;
      return count === 1
        ? keys(1, new Date(START_MS + HOUR_MS))
        : new Promise<ProvidedKeys>((resolve) => (give = resolve));
    });
    const first = await source.current();
    await clock.advanceBy(0.75 * HOUR_MS - 1);
    expect(await source.current()).toBe(first);
    expect(asked).toHaveLength(1);
    await clock.advanceBy(1);
    expect(await source.current()).toBe(first);
    expect(await source.current()).toBe(first);
    expect(asked).toHaveLength(2);
    give(keys(2, new Date(START_MS + 2 * HOUR_MS)));
    await clock.advanceBy(0);
    expect(await source.current()).toMatchObject({ accessKeyId: 'id-2' });
  });

  it('goes on with the old keys while the provider fails, says so, and asks again after growing waits', async () => {
    const { source, clock, asked, facts } = room((count, { now }) => {
      void now;
      if (count === 1) return keys(1, new Date(START_MS + HOUR_MS));
      throw new Error('sts is down');
    });
    await source.current();
    for (let minute = 0; minute < 59; minute += 1) {
      await clock.advanceBy(60_000);
      expect(await source.current()).toMatchObject({ accessKeyId: 'id-1' });
    }
    expect(asked.length).toBeGreaterThan(10);
    expect(facts.at(-1)).toMatchObject({ type: 'credentials-failed', error: { message: 'sts is down' } });
    await clock.advanceBy(120_000);
    await expect(Promise.resolve(source.current())).rejects.toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('sts is down'),
    });
  });

  it('does not ask a failing provider with every call', async () => {
    const { source, asked } = room(() => Promise.reject(new Error('down')));
    for (let count = 0; count < 20; count += 1) await expect(Promise.resolve(source.current())).rejects.toThrow('down');
    expect(asked).toHaveLength(1);
  });

  it.each<[string, () => ProvidedKeys | Promise<ProvidedKeys>, string]>([
    ['hangs', () => new Promise(() => {}), 'no answer within 30000 ms'],
    ['gives keys of the past', () => keys(1, new Date(START_MS)), 'expiresAt: expected a time to come'],
    ['gives an end that is no time', () => keys(1, new Date(Number.NaN)), 'expiresAt: expected a time to come'],
    [
      'gives an end that is a text',
      () => keys(1, '2027-01-01T00:00:00Z' as unknown as Date),
      'expiresAt: expected a Date',
    ],
    ['gives a token that is none', () => ({ ...keys(1), securityToken: 7 as unknown as string }), 'securityToken'],
    [
      'throws at once',
      () => {
        throw new Error('sts is down');
      },
      'sts is down',
    ],
    ['throws nothing', () => Promise.reject(), 'undefined'],
    ['gives no secret', () => ({ accessKeyId: 'a', accessKeySecret: '' }), 'accessKeySecret'],
    ['gives nothing', () => undefined as unknown as ProvidedKeys, 'expected an object with keys'],
    ['gives a text', () => 'the-secret' as unknown as ProvidedKeys, 'expected an object with keys'],
  ])('takes a provider for failed that %s', async (_, provide, message) => {
    const { source, clock } = room(provide);
    const current = Promise.resolve(source.current());
    current.catch(() => {});
    await clock.advanceBy(30_000);
    await expect(current).rejects.toThrow(message);
    expect(clock.pendingTimers).toBe(0);
  });

  it('asks a failing provider again as soon as it has said, after longer and longer waits', async () => {
    const highest = Object.assign(new SeededRandom('highest'), { integer: (_: number, high: number) => high });
    const { source, clock, asked } = room(() => Promise.reject(new Error('down')), highest);
    for (const waitMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
      const { length } = asked;
      await expect(Promise.resolve(source.current())).rejects.toThrow('down');
      await clock.advanceBy(waitMs - 1);
      await expect(Promise.resolve(source.current())).rejects.toThrow('down');
      expect(asked).toHaveLength(length + 1);
      await clock.advanceBy(1);
    }
  });

  it('is nothing that a program waits for that has nothing else to do, though the provider hangs', async () => {
    const { source, clock } = room(() => new Promise(() => {}));
    void Promise.resolve(source.current()).catch(() => {});
    await clock.runUntilIdle();
    expect([clock.now(), clock.pendingTimers]).toEqual([START_MS, 1]);
  });

  it('exchanges those refused again after a minute at the earliest', async () => {
    const { source, clock } = room((count) => keys(count), lowest);
    // Refused before there were any: there may be better ones.
    expect(source.refused(keys(0))).toBe(true);
    source.refused(await source.current());
    const second = await source.current();
    await clock.advanceBy(59_999);
    expect(source.refused(second)).toBe(false);
    await clock.advanceBy(1);
    expect(source.refused(second)).toBe(true);
  });

  it('asks at once for others when the service has refused them', async () => {
    const { source, asked } = room((count) => keys(count));
    const first = await source.current();
    expect(source.refused(first)).toBe(true);
    const second = await source.current();
    expect(source.refused(first)).toBe(true);
    expect(await source.current()).toBe(second);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['accessKeyId', { accessKeyId: 'key\n', accessKeySecret: 's' }],
    ['accessKeyId', { accessKeyId: ' key', accessKeySecret: 's' }],
    ['securityToken', { accessKeyId: 'key', accessKeySecret: 's', securityToken: 'to\nken' }],
    ['securityToken', { accessKeyId: 'key', accessKeySecret: 's', securityToken: '令牌' }],
  ])(
    'refuses an %s that cannot travel in a header: static ones at once, of a provider as a failure',
    async (name, refused) => {
      const clock = new VirtualClock();
      const parts = { clock, random: new SeededRandom('refused'), report: (): void => {} };
      expect(() => credentialsSource('mns', refused, parts)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(`mns.${name}`) }),
      );
      const source = credentialsSource('mns', { credentials: () => refused }, parts);
      await expect(clock.runUntil(Promise.resolve(source.current()))).rejects.toMatchObject({
        code: 'CREDENTIALS_UNAVAILABLE',
        message: expect.stringContaining('printable ASCII'),
      });
      expect(() =>
        credentialsSource('mns', { ...refused, accessKeyId: 'key', securityToken: '' }, parts),
      ).not.toThrow();
    },
  );

  it('has nothing better than static keys, and refuses what is none', () => {
    const parts = { clock: new VirtualClock(), random: new SeededRandom(1), report: () => {} };
    const source = credentialsSource('mns', keys(1), parts);
    expect([source.current(), source.refused(keys(1))]).toEqual([keys(1), false]);
    expect(() => credentialsSource('mns', { accessKeyId: '', accessKeySecret: 'x' }, parts)).toThrow('mns.accessKeyId');
    expect(() => credentialsSource('mns', { credentials: 'x' as never }, parts)).toThrow(
      'mns.credentials: expected a function that gives keys, received nothing',
    );
  });
});
