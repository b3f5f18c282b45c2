import { X509Certificate, type KeyObject } from 'node:crypto';
import { monotonicMs, type Clock, type SeededRandom } from '@mnsbus/core';
import { abortable, describeValue } from '@mnsbus/core/internal';
import { textOf } from '../dispatch/listener-call.js';
import { FetchPlaces } from './fetch-places.js';
import { PushRefused } from './push-refusal.js';

/** Fetches a certificate in PEM, of at most `maxBytes`; rejects for any answer but a 200. Must not follow redirections. */
export type FetchCertificate = (url: string, maxBytes: number, signal: AbortSignal) => Promise<string>;

/** How certificates are fetched and kept. */
export interface CertificateLimits {
  /** Longest time for fetching one, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** How long one is used before it is fetched again, in milliseconds. */
  readonly cacheMs: number;
}

/** What a store works with. */
export interface CertificateStoreParts {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly fetch: FetchCertificate;
  readonly limits: CertificateLimits;
  /** Where certificates are expected: each has a place of its own from the start. */
  readonly expected: readonly string[];
}

/** Certificates with a genuine signature that are kept. A service has one, or two while it changes. */
const PROVEN_LIMIT = 8;

/** Others that are kept of one host, good or bad. At four a second none is displaced within a minute, so a topic's next attempt finds its own. */
const UNPROVEN_LIMIT = 256;

/** How long a failure is kept, in milliseconds: of a certificate that is expected or proven, and of any other. */
const PINNED_FAILURE_MS = 1000;
const FAILURE_MS = 10_000;

/** A certificate that a signature does not fit may have been exchanged: it is fetched again, this often at most, in milliseconds. */
const RECHECK_MS = 10_000;

/** What one URL has brought so far. */
interface Kept {
  key: KeyObject | undefined;
  /** When the key was fetched, monotonic. */
  keyAtMs: number;
  /** Why the last fetch failed, if it did. */
  error: PushRefused | undefined;
  /** When the last fetch ended, monotonic. */
  endedMs: number;
  /** The fetch under way: resolves with a key, or with nothing when it failed. */
  loading: Promise<KeyObject | undefined> | undefined;
}

/** The certificates of one host that no genuine signature has proven. */
interface Unproven {
  readonly kept: Map<string, Kept>;
  readonly places: FetchPlaces;
}

/**
 * The public keys of certificates, by URL.
 *
 * Anybody can ask for any URL under the prefixes, so those that are expected, and those that a genuine signature has proven, are
 * kept and fetched apart: what forged requests ask for has a budget of its own and displaces only its like.
 */
export class CertificateStore {
  readonly #parts: CertificateStoreParts;
  readonly #expected: ReadonlyMap<string, Kept>;
  readonly #proven = new Map<string, Kept>();
  /** By host: never more than the prefixes name. */
  readonly #unproven = new Map<string, Unproven>();
  readonly #open = new Set<AbortController>();
  #isClosed = false;

  constructor(parts: CertificateStoreParts) {
    this.#parts = parts;
    this.#expected = new Map(parts.expected.map((url) => [url, nothingYet()]));
  }

  /** The key of a certificate. Rejects with `PushRefused`. The URL must have been checked. */
  async keyOf(url: string): Promise<KeyObject> {
    const { cacheMs } = this.#parts.limits;
    const known = this.#find(url);
    if (known?.key !== undefined && this.#now() - known.keyAtMs < cacheMs) return known.key;
    const fetched = await this.#fetch(url);
    if (fetched !== undefined) return fetched;
    const kept = this.#find(url);
    // A host that is down for a while is no reason to refuse what it has vouched for: but not for ever.
    if (kept?.key !== undefined && this.#now() - kept.keyAtMs < 2 * cacheMs) return kept.key;
    throw kept?.error ?? new PushRefused('certificate', 'too many unknown certificates are asked for at this moment');
  }

  /** The key that has taken the place of one that does not fit a signature, if there is one. Never rejects. */
  async successorOf(key: KeyObject, url: string): Promise<KeyObject | undefined> {
    const kept = this.#find(url);
    if (kept?.key?.equals(key) === false) return kept.key;
    if (kept !== undefined && kept.loading === undefined && this.#now() - kept.endedMs < RECHECK_MS) return undefined;
    const fetched = await this.#fetch(url);
    return fetched === undefined || fetched.equals(key) ? undefined : fetched;
  }

  /** Notes that a genuine signature fits the certificate of this URL. */
  prove(url: string): void {
    const { host } = new URL(url);
    const kept = this.#proven.get(url) ?? this.#unproven.get(host)?.kept.get(url);
    if (kept === undefined) return;
    this.#unproven.get(host)?.kept.delete(url);
    keepNewest(this.#proven, url, kept, PROVEN_LIMIT);
  }

  /** Gives up every fetch, and begins none any more. */
  close(): void {
    this.#isClosed = true;
    for (const { places } of this.#unproven.values()) places.close();
    for (const controller of this.#open) controller.abort(new Error('the handler was closed'));
  }

  #now(): number {
    return monotonicMs(this.#parts.clock);
  }

  #find(url: string): Kept | undefined {
    return this.#expected.get(url) ?? this.#proven.get(url) ?? this.#unproven.get(new URL(url).host)?.kept.get(url);
  }

  /** Fetches, or waits for the fetch under way. Resolves with nothing when that fails, has failed just now, or there is no place. */
  async #fetch(url: string): Promise<KeyObject | undefined> {
    if (this.#isClosed) return undefined;
    const pinned = this.#expected.get(url) ?? this.#proven.get(url);
    const kept = pinned ?? this.#find(url);
    if (kept?.loading !== undefined) return kept.loading;
    const failureMs = pinned === undefined ? FAILURE_MS : PINNED_FAILURE_MS;
    if (kept?.error !== undefined && this.#now() - kept.endedMs < failureMs) return undefined;
    if (pinned !== undefined) return this.#load(url, pinned);
    return this.#unprovenAt(new URL(url).host).places.ask(url) ? this.#find(url)?.loading : undefined;
  }

  #unprovenAt(host: string): Unproven {
    const known = this.#unproven.get(host);
    if (known !== undefined) return known;
    const kept = new Map<string, Kept>();
    const start = (url: string): Promise<unknown> => {
      const one = this.#find(url) ?? nothingYet();
      // Only what is fetched takes room, and how much that can be is limited.
      if (!this.#expected.has(url) && !this.#proven.has(url)) keepNewest(kept, url, one, UNPROVEN_LIMIT);
      return one.loading ?? this.#load(url, one);
    };
    const places = new FetchPlaces(this.#parts.clock, this.#parts.random.fork(host), start);
    const made = { kept, places };
    this.#unproven.set(host, made);
    return made;
  }

  #load(url: string, kept: Kept): Promise<KeyObject | undefined> {
    kept.loading = this.#outcomeOf(url).then((outcome) => {
      kept.loading = undefined;
      kept.endedMs = this.#now();
      kept.error = outcome instanceof PushRefused ? outcome : undefined;
      if (outcome instanceof PushRefused) return undefined;
      kept.key = outcome;
      kept.keyAtMs = kept.endedMs;
      return outcome;
    });
    return kept.loading;
  }

  async #outcomeOf(url: string): Promise<KeyObject | PushRefused> {
    const { clock, fetch, limits } = this.#parts;
    const { timeoutMs, maxBytes } = limits;
    const controller = new AbortController();
    const { signal } = controller;
    this.#open.add(controller);
    const timer = clock.after(timeoutMs, () => controller.abort(new Error(`no answer within ${timeoutMs} ms`)));
    // The app's own function may throw, hang, or give anything.
    const asked = async (): Promise<unknown> => fetch(url, maxBytes, signal);
    try {
      return keyIn(await abortable(asked(), signal), maxBytes);
    } catch (cause) {
      return new PushRefused('certificate', `the certificate cannot be used: ${textOf(cause)}`);
    } finally {
      timer.cancel();
      this.#open.delete(controller);
      // Of an answer that was too large, the rest is not worth having.
      controller.abort(new Error('no longer wanted'));
    }
  }
}

function nothingYet(): Kept {
  const never = Number.NEGATIVE_INFINITY;
  return { key: undefined, keyAtMs: never, error: undefined, endedMs: never, loading: undefined };
}

function keepNewest(kept: Map<string, Kept>, url: string, one: Kept, limit: number): void {
  kept.delete(url);
  kept.set(url, one);
  const [oldest] = kept.keys();
  if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
}

function keyIn(pem: unknown, maxBytes: number): KeyObject {
  if (typeof pem !== 'string') throw new Error(`expected a text in PEM, received ${describeValue(pem)}`);
  if (pem.length > maxBytes) throw new Error(`expected at most ${maxBytes} bytes, received ${pem.length}`);
  // Its dates are not looked at: the service's own certificate ran out in 2016 (spec mns §5.5).
  const { publicKey } = new X509Certificate(pem);
  if (publicKey.asymmetricKeyType !== 'rsa') throw new Error('its key is not of RSA');
  return publicKey;
}
