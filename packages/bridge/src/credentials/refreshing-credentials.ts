import { MnsbusError, monotonicMs } from '@mnsbus/core';
import { abortable, joinSignals } from '@mnsbus/core/internal';
import { textOf } from '../dispatch/listener-call.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import { areEqualKeys, checkProvided } from './check-keys.js';
import type { CredentialsParts } from './credentials-source.js';
import type { AccessKeys, CredentialsProvider, ProvidedKeys } from './credentials.js';
import { KeyLife } from './key-life.js';

/** A provider that does not answer counts as failed. */
const TIMEOUT_MS = 30_000;

/** Between two questions to a provider that fails. */
const RETRY_MS: BackoffRange = { base: 1000, cap: 60_000 };

/** After refused keys were exchanged, refused ones are exchanged again at the earliest after so long: new ones that are refused too are no accident. */
const EXCHANGE_AGAIN_MS = { low: 60_000, high: 300_000 } as const;

interface Held {
  readonly keys: AccessKeys;
  readonly life: KeyLife;
  /** The service has refused them, and they are to be exchanged before anybody uses them again. */
  isSpent: boolean;
}

/**
 * Keys out of a provider: refreshed ahead of their end when somebody needs them, exchanged when the service refuses them, one
 * question to the provider at a time.
 */
export class RefreshingCredentials {
  readonly #provide: CredentialsProvider;
  readonly #parts: CredentialsParts;
  readonly #closed = new AbortController();
  #held: Held | undefined;
  #refreshing: Promise<void> | undefined;
  #failures = 0;
  #askFromMs = -Infinity;
  #exchangeFromMs = -Infinity;
  #lastError: unknown;

  constructor(provide: CredentialsProvider, parts: CredentialsParts) {
    this.#provide = provide;
    this.#parts = parts;
  }

  current(): AccessKeys | Promise<AccessKeys> {
    const held = this.#held;
    if (held === undefined || held.isSpent || held.life.seemsOver) return this.#fresh();
    // Whoever asks meanwhile gets the old ones, which are still good.
    if (held.life.needsRefresh) void this.#refresh();
    return held.keys;
  }

  refused(keys: AccessKeys): boolean {
    const held = this.#held;
    // Somebody else has noticed before: they are exchanged already, or are being so.
    if (held?.keys !== keys || held.isSpent) return true;
    held.isSpent = this.#nowMs() >= this.#exchangeFromMs;
    return held.isSpent;
  }

  close(): void {
    this.#closed.abort(new Error('nobody needs keys any more'));
  }

  async #fresh(): Promise<AccessKeys> {
    await this.#refresh();
    const held = this.#held;
    if (held !== undefined && !held.isSpent && !held.life.isOver) return held.keys;
    throw new MnsbusError({
      code: 'CREDENTIALS_UNAVAILABLE',
      message: `the credentials provider gave no valid keys: ${textOf(this.#lastError)}`,
      retryable: true,
      cause: this.#lastError,
    });
  }

  /** Asks the provider, unless it is being asked, or has failed just now. Never rejects. */
  #refresh(): Promise<void> {
    if (this.#refreshing !== undefined) return this.#refreshing;
    if (this.#nowMs() < this.#askFromMs || this.#closed.signal.aborted) return Promise.resolve();
    this.#refreshing = this.#ask().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #ask(): Promise<void> {
    const { random, report } = this.#parts;
    try {
      const provided = await this.#provided();
      this.#take(provided);
      report({ type: 'credentials-refreshed', expiresAt: provided.expiresAt });
    } catch (cause) {
      this.#lastError = cause;
      if (this.#closed.signal.aborted) return;
      this.#failures += 1;
      const retryInMs = fullJitter(RETRY_MS, this.#failures, random);
      this.#askFromMs = this.#nowMs() + retryInMs;
      const error = cause instanceof Error ? cause : new Error(textOf(cause));
      report({ type: 'credentials-failed', error, retryInMs });
    }
  }

  #take({ expiresAt, ...keys }: ProvidedKeys): void {
    const { clock, random } = this.#parts;
    const last = this.#held;
    this.#failures = 0;
    this.#lastError = undefined;
    if (last?.isSpent === true) {
      this.#exchangeFromMs = this.#nowMs() + random.integer(EXCHANGE_AGAIN_MS.low, EXCHANGE_AGAIN_MS.high);
    }
    this.#held = {
      // The same ones again are no others: nobody needs to try them once more.
      keys: last !== undefined && areEqualKeys(last.keys, keys) ? last.keys : keys,
      life: new KeyLife(clock, expiresAt),
      isSpent: false,
    };
  }

  async #provided(): Promise<ProvidedKeys> {
    const { clock } = this.#parts;
    const late = new AbortController();
    const giveUp = (): void => late.abort(new Error(`no answer within ${TIMEOUT_MS} ms`));
    const timer = clock.after(TIMEOUT_MS, giveUp, { isBackground: true });
    const { signal, release } = joinSignals(late.signal, this.#closed.signal);
    try {
      // In a function of its own, so that what it throws at once is a rejection as well.
      const asked = (async () => this.#provide())();
      return checkProvided(await abortable(asked, signal), clock.now());
    } finally {
      timer.cancel();
      release();
    }
  }

  #nowMs(): number {
    return monotonicMs(this.#parts.clock);
  }
}
