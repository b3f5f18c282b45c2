import { X509Certificate, type KeyObject } from 'node:crypto';
import { SeededRandom, VirtualClock, sleep, type Clock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { createSigner, service } from '../test-support/push-room.js';
import { settableClock } from '../test-support/settable-clock.js';
import { SERVICE_CERTIFICATE, SERVICE_CERTIFICATES } from './certificate-prefixes.js';
import { CertificateStore, type FetchCertificate } from './certificate-store.js';

const others = Promise.all([createSigner(), createSigner()]);
const URL_A = `${SERVICE_CERTIFICATES}a.pem`;
const URL_B = `${SERVICE_CERTIFICATES}b.pem`;
const LIMITS = { timeoutMs: 3000, maxBytes: 16_384, cacheMs: 86_400_000 };

interface StoreRoom {
  readonly clock: VirtualClock;
  readonly store: CertificateStore;
  /** What each URL brings at this moment; anything else fails. */
  readonly pems: Map<string, string>;
  readonly fetched: string[];
}

function storeRoom(
  limits: Partial<typeof LIMITS> = {},
  expected: readonly string[] = [SERVICE_CERTIFICATE],
): StoreRoom {
  const clock = new VirtualClock(0);
  const pems = new Map<string, string>();
  const fetched: string[] = [];
  const fetch: FetchCertificate = async (url) => {
    fetched.push(url);
    return pems.get(url) ?? Promise.reject(new Error('404'));
  };
  return { clock, pems, fetched, store: storeOf(clock, fetch, limits, expected) };
}

function storeOf(
  clock: Clock,
  fetch: FetchCertificate,
  limits: Partial<typeof LIMITS> = {},
  expected: readonly string[] = [SERVICE_CERTIFICATE],
): CertificateStore {
  const random = new SeededRandom('store');
  return new CertificateStore({ clock, random, fetch, limits: { ...LIMITS, ...limits }, expected });
}

const keyIn = (pem: string): KeyObject => new X509Certificate(pem).publicKey;
const isKeyOf = async (pem: string, key: Promise<KeyObject>): Promise<boolean> => keyIn(pem).equals(await key);

/** Asks for so many made-up certificates, and waits until all are refused. */
async function flood({ store, clock }: StoreRoom, count: number, name: string): Promise<void> {
  const asked = Array.from({ length: count }, (_, index) => store.keyOf(`${SERVICE_CERTIFICATES}${name}-${index}.pem`));
  const refused = asked.map((key) => expect(key).rejects.toMatchObject({ reason: 'certificate', status: 503 }));
  await clock.runUntil(Promise.all(refused));
}

describe('CertificateStore', () => {
  it('keeps what a genuine signature has proven through any flood, and past the end of its time', async () => {
    const { pem } = await service;
    const made = storeRoom({ cacheMs: 60_000 }, []);
    const { store, clock, pems, fetched } = made;
    pems.set(URL_A, pem);
    expect(await isKeyOf(pem, store.keyOf(URL_A))).toBe(true);
    store.prove(URL_A);
    for (let round = 0; round < 20; round += 1) {
      await flood(made, 50, `round-${round}`);
      expect(await isKeyOf(pem, store.keyOf(URL_A))).toBe(true);
      await clock.advanceBy(5000);
    }
    // Once at first, and again when its minute was over.
    expect(fetched.filter((url) => url === URL_A)).toHaveLength(2);
  });

  it('lets a genuine certificate that nobody expected in during a flood', async () => {
    const { pem } = await service;
    const made = storeRoom();
    const { store, clock, pems } = made;
    pems.set(URL_A, pem);
    const answers: KeyObject[] = [];
    for (let second = 0; answers.length === 0 && second < 300; second += 1) {
      await flood(made, 100, `second-${second}`);
      // As often as topics try: what was drawn meanwhile is still there then.
      await store.keyOf(URL_A).then(
        (key) => answers.push(key),
        () => 0,
      );
      await clock.advanceBy(1000);
    }
    expect(answers[0]?.equals(keyIn(pem))).toBe(true);
  });

  it('tries an expected certificate again a second after its first fetch has failed, whatever is asked for besides', async () => {
    const { pem } = await service;
    const made = storeRoom();
    const { store, clock, pems, fetched } = made;
    await expect(store.keyOf(SERVICE_CERTIFICATE)).rejects.toMatchObject({ reason: 'certificate' });
    pems.set(SERVICE_CERTIFICATE, pem);
    await flood(made, 100, 'forged');
    await expect(store.keyOf(SERVICE_CERTIFICATE)).rejects.toMatchObject({ reason: 'certificate' });
    await clock.advanceBy(1000);
    expect(await isKeyOf(pem, store.keyOf(SERVICE_CERTIFICATE))).toBe(true);
    expect(fetched.filter((url) => url === SERVICE_CERTIFICATE)).toHaveLength(2);
  });

  it('knows an old and a new certificate side by side while the service changes', async () => {
    const [one, other] = await others;
    const { store, clock, pems } = storeRoom({}, []);
    pems.set(URL_A, one.pem).set(URL_B, other.pem);
    for (let round = 0; round < 5; round += 1) {
      expect(await isKeyOf(one.pem, store.keyOf(URL_A))).toBe(true);
      store.prove(URL_A);
      expect(await isKeyOf(other.pem, store.keyOf(URL_B))).toBe(true);
      store.prove(URL_B);
      await clock.advanceBy(1000);
    }
  });

  it('finds a certificate that was exchanged under its URL, asking for it every ten seconds at most', async () => {
    const [one, other] = await others;
    const { store, clock, pems, fetched } = storeRoom();
    pems.set(SERVICE_CERTIFICATE, one.pem);
    const old = await store.keyOf(SERVICE_CERTIFICATE);
    store.prove(SERVICE_CERTIFICATE);
    // Forged signatures fit no key: they have it fetched again, now and then.
    for (let second = 0; second < 30; second += 1) {
      await Promise.all(Array.from({ length: 20 }, () => store.successorOf(old, SERVICE_CERTIFICATE)));
      await clock.advanceBy(1000);
    }
    expect(fetched).toHaveLength(3);
    pems.set(SERVICE_CERTIFICATE, other.pem);
    await clock.advanceBy(10_000);
    const found = await store.successorOf(old, SERVICE_CERTIFICATE);
    expect(found?.equals(keyIn(other.pem))).toBe(true);
    expect(await isKeyOf(other.pem, store.keyOf(SERVICE_CERTIFICATE))).toBe(true);
    // Whoever still holds the old one learns of the new one without a fetch.
    expect((await store.successorOf(old, SERVICE_CERTIFICATE))?.equals(keyIn(other.pem))).toBe(true);
    expect(fetched).toHaveLength(4);
  });

  it('goes on with a known certificate while it cannot be fetched, for as long again as it is kept', async () => {
    const { pem } = await service;
    const { store, clock, pems } = storeRoom({ cacheMs: 60_000 });
    pems.set(SERVICE_CERTIFICATE, pem);
    await store.keyOf(SERVICE_CERTIFICATE);
    pems.clear();
    await clock.advanceBy(119_999);
    expect(await isKeyOf(pem, store.keyOf(SERVICE_CERTIFICATE))).toBe(true);
    await clock.advanceBy(1);
    await expect(store.keyOf(SERVICE_CERTIFICATE)).rejects.toMatchObject({ reason: 'certificate' });
  });

  it('keeps nothing longer because somebody sets the clock', async () => {
    const { pem } = await service;
    const time = new VirtualClock(1e12);
    const clock = settableClock(time);
    let fetches = 0;
    const store = storeOf(clock, async () => ((fetches += 1), pem), { cacheMs: 60_000 });
    await store.keyOf(SERVICE_CERTIFICATE);
    clock.setMs = -3_600_000;
    await time.advanceBy(60_000);
    await store.keyOf(SERVICE_CERTIFICATE);
    expect(fetches).toBe(2);
  });

  it('uses each certificate once when it is to keep none', async () => {
    const { pem } = await service;
    const { store, pems, fetched } = storeRoom({ cacheMs: 0 });
    pems.set(SERVICE_CERTIFICATE, pem);
    for (let count = 1; count <= 3; count += 1) {
      expect(await isKeyOf(pem, store.keyOf(SERVICE_CERTIFICATE))).toBe(true);
      expect(fetched).toHaveLength(count);
    }
  });

  const nonsense: [string, (signal: AbortSignal) => unknown][] = [
    ['throws', () => expect.fail('no network')],
    ['rejects with no error', () => Promise.reject(undefined)],
    ['never answers', () => new Promise(() => {})],
    ['answers with nothing', () => Promise.resolve(undefined)],
    ['answers with a number', () => Promise.resolve(42)],
    ['answers with bytes', () => Promise.resolve(new Uint8Array(10))],
    ['answers at once with no promise', () => 'certificate'],
    ['answers with more than was asked for', () => Promise.resolve('x'.repeat(16_385))],
    [
      'answers long after it was told to stop',
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('late'))),
    ],
  ];
  it.each(nonsense)('refuses one request, and nothing else, when the app’s function %s', async (_, answer) => {
    const clock = new VirtualClock(0);
    const store = storeOf(clock, (_url, _maxBytes, signal) => answer(signal) as Promise<string>);
    const refusal = store.keyOf(SERVICE_CERTIFICATE).catch((error: unknown) => error);
    expect(await clock.runUntil(refusal)).toMatchObject({ reason: 'certificate', status: 503 });
    expect(clock.now()).toBeLessThanOrEqual(3000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('fetches a certificate once for all that wait for it, and for nobody once it is closed', async () => {
    const { pem } = await service;
    const clock = new VirtualClock(0);
    const fetched: string[] = [];
    const store = storeOf(clock, async (url, _maxBytes, signal) => {
      fetched.push(url);
      await sleep(clock, 1000, signal);
      return pem;
    });
    const keys = [URL_A, SERVICE_CERTIFICATE].map((url) => Array.from({ length: 100 }, () => store.keyOf(url)));
    expect(await clock.runUntil(Promise.all(keys.flat()))).toHaveLength(200);
    expect(fetched).toEqual([URL_A, SERVICE_CERTIFICATE]);
    const late = store.keyOf(URL_B).catch((error: unknown) => error);
    store.close();
    expect(await late).toMatchObject({ reason: 'certificate' });
    await expect(store.keyOf(`${URL_B}2`)).rejects.toMatchObject({ reason: 'certificate' });
    expect(fetched).toHaveLength(3);
    expect(clock.pendingTimers).toBe(0);
  });

  it('holds a bounded number of certificates, however many are asked for or proven', async () => {
    const { pem } = await service;
    const clock = new VirtualClock(0);
    const fetched: string[] = [];
    const store = storeOf(clock, async (url) => {
      fetched.push(url);
      return pem;
    });
    for (let index = 0; index < 300; index += 1) {
      const url = `${SERVICE_CERTIFICATES}${index}.pem`;
      await store.keyOf(url);
      if (index < 20) store.prove(url);
      await clock.advanceBy(250);
    }
    const isKept = async (index: number): Promise<boolean> => {
      const before = fetched.length;
      await store.keyOf(`${SERVICE_CERTIFICATES}${index}.pem`);
      await clock.advanceBy(250);
      return fetched.length === before;
    };
    // Of those proven the last eight, of the others the last 256.
    expect(await isKept(12)).toBe(true);
    expect(await isKept(44)).toBe(true);
    expect(await isKept(43)).toBe(false);
    expect(await isKept(11)).toBe(false);
  });
});
