import { fc, it as prop } from '@fast-check/vitest';
import { SeededRandom, VirtualClock, type WireHandler } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { directTransport } from '../mns/direct-transport.js';
import { createTransport } from '../mns/mns-transport.js';
import type { MnsCall, MnsTransport } from '../mns/transport.js';
import { transportOf } from '../test-support/mounts.js';
import { settableClock } from '../test-support/settable-clock.js';
import { credentialsSource } from './credentials-source.js';
import type { CredentialsFact, CredentialsProvider, ProvidedKeys } from './credentials.js';

const ACCOUNT = { accountId: '1', endpoint: 'http://mns.test' };
const MINUTE_MS = 60_000;

const CALL: MnsCall = {
  method: 'DELETE',
  resource: '/queues/q',
  rootName: 'Queue',
  expected: [204],
  body: '',
  timeoutMs: 10_000,
};

const keys = (count: number): ProvidedKeys => ({ accessKeyId: `id-${count}`, accessKeySecret: `secret-${count}` });

/** A service that takes the keys that `isGood` says; the requests that it has seen. */
function serviceOf(isGood: (accessKeyId: string) => boolean): { handle: WireHandler; seen: string[] } {
  const seen: string[] = [];
  const handle: WireHandler = async (request) => {
    const accessKeyId = /^MNS (.*):/.exec(headerOf(request, 'authorization') ?? '')?.[1] ?? '';
    seen.push(accessKeyId);
    if (isGood(accessKeyId)) return { status: 204, headers: [['x-mns-request-id', 'R']], body: new Uint8Array() };
    const text =
      '<Error xmlns="http://mns.aliyuncs.com/doc/v1"><Code>InvalidSecurityToken</Code><Message>m</Message>' +
      '<RequestId>R</RequestId><HostId>http://mns.test</HostId></Error>';
    return { status: 403, headers: [['content-type', 'text/xml']], body: Buffer.from(text) };
  };
  return { handle, seen };
}

/** A provider whose keys count up, and when it was asked. */
function providerOf(
  clock: VirtualClock,
  give: (count: number) => ProvidedKeys | Promise<ProvidedKeys> = keys,
): { credentials: CredentialsProvider; asked: number[] } {
  const asked: number[] = [];
  const credentials: CredentialsProvider = () => {
    asked.push(clock.now());
    return give(asked.length);
  };
  return { credentials, asked };
}

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'done',
    (error: unknown) => (error as { code?: unknown }).code,
  );

afterEach(() => {
  vi.restoreAllMocks();
});

describe('Refused keys', () => {
  it('have nothing sent again that is not to be sent any more', async () => {
    const clock = new VirtualClock();
    const { credentials, asked } = providerOf(clock);
    const { handle, seen } = serviceOf((id) => id !== 'id-1');
    const over = new AbortController();
    const transport = transportOf({ ...ACCOUNT, credentials }, clock, async (request) => {
      await new Promise<void>((resolve) => void clock.after(100, resolve));
      return handle(request);
    });
    const call = codeOf(transport.call({ ...CALL, sendUntil: over.signal }));
    await clock.advanceBy(50);
    over.abort();
    expect(await clock.runUntil(call)).toBe('MNS_UNREACHABLE');
    expect(seen).toEqual(['id-1']);
    // Whoever asks next has good ones at once.
    expect(await clock.runUntil(codeOf(transport.call(CALL)))).toBe('done');
    expect([seen, asked.length]).toEqual([['id-1', 'id-2'], 2]);
    transport.close();
  });

  it('are exchanged once for all calls of two transports that meet the refusal, early or late', async () => {
    const clock = new VirtualClock();
    const { credentials, asked } = providerOf(clock, (count) =>
      count === 1 ? keys(1) : new Promise((resolve) => void clock.after(500, () => resolve(keys(count)))),
    );
    const { handle } = serviceOf((id) => id !== 'id-1');
    const slow: WireHandler = async (request) => {
      await new Promise<void>((resolve) => void clock.after(request.target.endsWith('slow') ? 5000 : 100, resolve));
      return handle(request);
    };
    const source = credentialsSource('mns', { credentials }, { clock, random: new SeededRandom(1), report: () => {} });
    const transports = [handle, slow].map((handler) => directTransport(ACCOUNT, source, clock, handler));
    const calls = transports.flatMap((transport) =>
      ['/queues/a', '/queues/b', '/queues/slow'].map((resource) => codeOf(transport.call({ ...CALL, resource }))),
    );
    expect(await clock.runUntil(Promise.all(calls))).toEqual(Array(6).fill('done'));
    expect(asked).toHaveLength(2);
  });

  it('are exchanged only now and then when the new ones are refused too, however many calls are refused', async () => {
    const clock = new VirtualClock();
    const { credentials, asked } = providerOf(clock);
    const { handle, seen } = serviceOf(() => false);
    const transport = transportOf({ ...ACCOUNT, credentials }, clock, handle);
    const hours = 6;
    for (let second = 0; second < hours * 3600; second += 10) {
      const codes = await Promise.all([1, 2, 3].map(() => codeOf(transport.call(CALL))));
      expect(new Set(codes)).toEqual(new Set(['MNS_ERROR']));
      await clock.advanceBy(10_000);
    }
    const [first = 0, second = 0, ...later] = asked;
    expect([first, second - first]).toEqual([clock.now() - hours * 3_600_000, 0]);
    const pauses = later.map((at, index) => at - (asked[index + 1] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(MINUTE_MS);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5 * MINUTE_MS + 10_000);
    expect(new Set(pauses).size).toBeGreaterThan(5);
    // Each call once, and those that met an exchange twice.
    expect(seen.length).toBeLessThanOrEqual(hours * 360 * 3 + asked.length * 3);
  });

  it('that are good again, or are followed by good ones, end it', async () => {
    const clock = new VirtualClock();
    let goodFrom = 3;
    const { credentials, asked } = providerOf(clock);
    const { handle } = serviceOf((id) => Number(id.slice(3)) >= goodFrom);
    const transport = transportOf({ ...ACCOUNT, credentials }, clock, handle);
    expect(await codeOf(transport.call(CALL))).toBe('MNS_ERROR');
    await clock.advanceBy(5 * MINUTE_MS);
    expect(await codeOf(transport.call(CALL))).toBe('done');
    // Revoked once more, an hour later: again at once.
    await clock.advanceBy(60 * MINUTE_MS);
    goodFrom = 4;
    expect(await codeOf(transport.call(CALL))).toBe('done');
    expect(asked).toHaveLength(4);
  });

  it('are not tried once more when the provider has no others', async () => {
    const clock = new VirtualClock();
    const { credentials } = providerOf(clock, () => keys(1));
    const { handle, seen } = serviceOf(() => false);
    const transport = transportOf({ ...ACCOUNT, credentials }, clock, handle);
    expect(await codeOf(transport.call(CALL))).toBe('MNS_ERROR');
    expect(seen).toEqual(['id-1']);
  });

  it('are used no more while the provider fails', async () => {
    const clock = new VirtualClock();
    const { credentials } = providerOf(clock, (count) => (count === 1 ? keys(1) : Promise.reject(new Error('down'))));
    const { handle, seen } = serviceOf(() => false);
    const transport = transportOf({ ...ACCOUNT, credentials }, clock, handle);
    for (let count = 0; count < 3; count += 1)
      expect(await codeOf(transport.call(CALL))).toBe('CREDENTIALS_UNAVAILABLE');
    expect(seen).toEqual(['id-1']);
  });

  prop.prop([
    fc.array(fc.record({ pauseMs: fc.integer({ min: 0, max: 400_000 }), calls: fc.integer({ min: 1, max: 4 }) }), {
      minLength: 1,
      maxLength: 25,
    }),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
  ])('never ask the provider more than twice within a minute', async (steps, verdicts) => {
    const clock = new VirtualClock();
    const { credentials, asked } = providerOf(clock);
    let request = 0;
    const { handle } = serviceOf(() => verdicts[request++ % verdicts.length] ?? true);
    const transport = transportOf({ ...ACCOUNT, credentials }, clock, handle);
    for (const { pauseMs, calls } of steps) {
      await Promise.all(Array.from({ length: calls }, () => codeOf(transport.call(CALL))));
      await clock.advanceBy(pauseMs);
    }
    const thirds = asked.slice(2).map((at, index) => at - (asked[index] ?? 0));
    expect(thirds.every((ms) => ms >= MINUTE_MS)).toBe(true);
  });
});

describe('A provider that hangs', () => {
  const hanging = (clock: VirtualClock): { transport: MnsTransport; facts: CredentialsFact[] } => {
    const facts: CredentialsFact[] = [];
    const { handle } = serviceOf(() => true);
    const transport = createTransport(
      { ...ACCOUNT, credentials: () => new Promise(() => {}) },
      { clock, random: new SeededRandom(1), handler: handle, report: (fact) => facts.push(fact) },
    );
    return { transport, facts };
  };

  it('does not hold up a call that is aborted', async () => {
    const clock = new VirtualClock();
    const { transport } = hanging(clock);
    const caller = new AbortController();
    const other = codeOf(transport.call(CALL));
    const aborted = codeOf(transport.call({ ...CALL, signal: caller.signal }));
    await clock.advanceBy(1000);
    caller.abort();
    expect(await aborted).toBe('MNS_UNREACHABLE');
    await clock.advanceBy(29_000);
    expect(await other).toBe('CREDENTIALS_UNAVAILABLE');
  });

  it('does not hold up the end, and leaves no timer', async () => {
    const clock = new VirtualClock();
    const { transport, facts } = hanging(clock);
    const open = codeOf(transport.call(CALL));
    await clock.advanceBy(1000);
    transport.close();
    expect(await open).toBe('MNS_UNREACHABLE');
    expect(await codeOf(transport.call(CALL))).toBe('MNS_UNREACHABLE');
    await clock.advanceBy(0);
    expect([clock.pendingTimers, facts]).toEqual([0, []]);
  });
});

describe('The end of keys', () => {
  /** Keys for an hour, on a clock that is set by so much after they came. */
  async function afterSetting(byMs: number): Promise<{ askedAfterMs: () => Promise<number>; codes: Set<unknown> }> {
    const virtual = new VirtualClock();
    const clock = settableClock(virtual);
    const startMs = virtual.now();
    const { credentials, asked } = providerOf(virtual, (count) => ({
      ...keys(count),
      expiresAt: new Date(clock.now() + 60 * MINUTE_MS),
    }));
    const transport = transportOf({ ...ACCOUNT, credentials }, clock, serviceOf(() => true).handle);
    await transport.call(CALL);
    clock.setMs = byMs;
    const codes = new Set<unknown>();
    const askedAfterMs = async (): Promise<number> => {
      for (let minute = 0; asked.length < 2 && minute < 24 * 60; minute += 1) {
        await virtual.advanceBy(MINUTE_MS);
        codes.add(await codeOf(transport.call(CALL)));
      }
      return (asked[1] ?? Infinity) - startMs;
    };
    return { askedAfterMs, codes };
  }

  it.each([
    ['stays as it is', 0, 45 * MINUTE_MS],
    ['is set back by a day', -24 * 60 * MINUTE_MS, 45 * MINUTE_MS],
    ['is set forward by half an hour', 30 * MINUTE_MS, 15 * MINUTE_MS],
    ['is set forward by a day', 24 * 60 * MINUTE_MS, MINUTE_MS],
  ])('is noticed in time on a clock that %s', async (_, byMs, askedAtMs) => {
    const { askedAfterMs, codes } = await afterSetting(byMs);
    expect(await askedAfterMs()).toBe(askedAtMs);
    expect(codes).toEqual(new Set(['done']));
  });

  it('is not believed on a clock that was set forward, while the provider fails', async () => {
    const virtual = new VirtualClock();
    const clock = settableClock(virtual);
    const expiresAt = new Date(virtual.now() + 60 * MINUTE_MS);
    const { credentials } = providerOf(virtual, (count) => {
      if (count === 1) return { ...keys(1), expiresAt };
      throw new Error('sts is down');
    });
    const transport = transportOf({ ...ACCOUNT, credentials }, clock, serviceOf(() => true).handle);
    await transport.call(CALL);
    clock.setMs = 2 * 60 * MINUTE_MS;
    await virtual.advanceBy(59 * MINUTE_MS);
    expect(await codeOf(transport.call(CALL))).toBe('done');
    await virtual.advanceBy(2 * MINUTE_MS);
    expect(await codeOf(transport.call(CALL))).toBe('CREDENTIALS_UNAVAILABLE');
  });
});

describe('Who hears of keys', () => {
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no logger');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no logger'))],
  ])('may fail: one that %s is a warning of the process, and nothing else', async (_, fail) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const clock = new VirtualClock();
    const { credentials, asked } = providerOf(clock);
    const random = new SeededRandom(1);
    const source = credentialsSource('imm', { credentials }, { clock, random, report: fail });
    const first = await source.current();
    source.refused(first);
    expect(await source.current()).toMatchObject({ accessKeyId: 'id-2' });
    await clock.advanceBy(0);
    expect(asked).toHaveLength(2);
    expect(warn).toHaveBeenCalledTimes(2);
    expect(warn).toHaveBeenCalledWith('mnsbus: who hears of keys failed: no logger', {
      type: 'MnsbusWarning',
      code: 'credentials-listener',
    });
  });
});
