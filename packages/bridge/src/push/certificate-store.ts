import { X509Certificate, type KeyObject } from 'node:crypto';
import type { Clock } from '@mnsbus/core';
import { textOf } from '../dispatch/listener-call.js';
import { PushRefused } from './push-refusal.js';

/** Fetches a certificate in PEM, of at most `maxBytes`; rejects for any answer but a 200. Must not follow redirections. */
export type FetchCertificate = (url: string, maxBytes: number, signal: AbortSignal) => Promise<string>;

/** How certificates are fetched and kept. */
export interface CertificateLimits {
  /** Longest time for fetching one, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** How long one is kept, in milliseconds. */
  readonly cacheMs: number;
}

/** Certificates and failures that are kept. A service has one certificate, or two while it changes. */
const CACHE_LIMIT = 16;

/** How long a failure is kept, so that forged requests cannot make us ask again and again. */
const FAILURE_MS = 10_000;

/** Fetches at a time; the rest is refused. */
const MAX_OPEN = 4;

interface Kept {
  readonly untilMs: number;
  readonly key: Promise<KeyObject>;
}

/** The public keys of certificates, by URL: fetched once, kept for a while, and never more than a few at a time. */
export class CertificateStore {
  readonly #clock: Clock;
  readonly #fetch: FetchCertificate;
  readonly #limits: CertificateLimits;
  readonly #kept = new Map<string, Kept>();
  readonly #open = new Set<AbortController>();

  constructor(clock: Clock, fetch: FetchCertificate, limits: CertificateLimits) {
    this.#clock = clock;
    this.#fetch = fetch;
    this.#limits = limits;
  }

  /** The key of a certificate. Rejects with `PushRefused`. The URL must have been checked. */
  keyOf(url: string): Promise<KeyObject> {
    const nowMs = this.#clock.now();
    const kept = this.#kept.get(url);
    if (kept !== undefined && kept.untilMs > nowMs) return kept.key;
    if (this.#open.size >= MAX_OPEN) {
      return Promise.reject(new PushRefused('certificate', 'too many certificates are being fetched'));
    }
    const key = this.#load(url);
    this.#keep(url, { key, untilMs: nowMs + this.#limits.cacheMs });
    key.catch(() => this.#keep(url, { key, untilMs: this.#clock.now() + FAILURE_MS }));
    return key;
  }

  /** Gives up every fetch. */
  close(): void {
    for (const controller of this.#open) controller.abort();
  }

  #keep(url: string, kept: Kept): void {
    this.#kept.delete(url);
    this.#kept.set(url, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > CACHE_LIMIT && oldest !== undefined) this.#kept.delete(oldest);
  }

  async #load(url: string): Promise<KeyObject> {
    const { timeoutMs, maxBytes } = this.#limits;
    const controller = new AbortController();
    this.#open.add(controller);
    const timer = this.#clock.after(timeoutMs, () => controller.abort(new Error(`no answer within ${timeoutMs} ms`)));
    try {
      const pem = await orAborted(this.#fetch(url, maxBytes, controller.signal), controller.signal);
      // Its dates are not looked at: the service's own certificate ran out in 2016 (spec mns §5.5).
      const { publicKey } = new X509Certificate(pem);
      if (publicKey.asymmetricKeyType !== 'rsa') throw new Error('its key is not of RSA');
      return publicKey;
    } catch (cause) {
      throw new PushRefused('certificate', `the certificate cannot be used: ${textOf(cause)}`);
    } finally {
      timer.cancel();
      this.#open.delete(controller);
    }
  }
}

// A fetch that does not listen to its signal must not hold up the request.
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener(
      'abort',
      () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted')),
      {
        once: true,
      },
    );
    promise.then(resolve, reject);
  });
}
