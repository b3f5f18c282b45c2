import { MnsbusError, sleep, type Clock, type SeededRandom } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { textOf } from '../dispatch/listener-call.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import type { AccessKeys, Credentials, CredentialsFact, CredentialsProvider, ProvidedKeys } from './credentials.js';

/** Keys are refreshed when this share of their life is left, but five minutes before their end at the latest where that is possible. */
const LEFT_SHARE = 0.25;
const LEAST_LEFT_MS = 300_000;

/** A provider that does not answer counts as failed. */
const TIMEOUT_MS = 30_000;

const RETRY_MS: BackoffRange = { base: 1000, cap: 60_000 };

/** What a source works with. */
export interface CredentialsParts {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly report: (fact: CredentialsFact) => void;
}

/** The keys of the moment. */
export interface CredentialsSource {
  /** Rejects with `CREDENTIALS_UNAVAILABLE` while there are none. The same object until they change. */
  readonly current: () => AccessKeys | Promise<AccessKeys>;
  /** Says that the service has refused these keys; whether there may be better ones. */
  readonly refused: (keys: AccessKeys) => boolean;
}

/** Checks credentials and makes a source of them. Throws `INVALID_ARGUMENT`; no message shows a value that may be a secret. */
export function credentialsSource(name: string, given: Credentials, parts: CredentialsParts): CredentialsSource {
  if (given.credentials !== undefined) {
    if (typeof given.credentials !== 'function') {
      throw invalidArgument(`${name}.credentials`, 'a function that gives keys', undefined);
    }
    const source = new RefreshingCredentials(given.credentials, parts);
    return { current: () => source.current(), refused: (keys) => source.refused(keys) };
  }
  const keys = checkKeys(name, given);
  return { current: () => keys, refused: () => false };
}

function checkKeys(name: string, { accessKeyId, accessKeySecret, securityToken }: AccessKeys): AccessKeys {
  for (const [member, value] of Object.entries({ accessKeyId, accessKeySecret })) {
    if (typeof value !== 'string' || value === '') throw invalidArgument(`${name}.${member}`, 'a text', undefined);
  }
  return { accessKeyId, accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) };
}

interface Held {
  readonly keys: AccessKeys;
  readonly refreshAtMs: number;
  readonly endsAtMs: number;
}

/** Keys out of a provider: refreshed ahead of their end when somebody needs them, one refresh at a time. */
class RefreshingCredentials {
  readonly #provide: CredentialsProvider;
  readonly #parts: CredentialsParts;
  #held: Held | undefined;
  #refreshing: Promise<void> | undefined;
  #failures = 0;
  #notBeforeMs = 0;
  #lastError: unknown;

  constructor(provide: CredentialsProvider, parts: CredentialsParts) {
    this.#provide = provide;
    this.#parts = parts;
  }

  current(): AccessKeys | Promise<AccessKeys> {
    const nowMs = this.#parts.clock.now();
    const held = this.#held;
    if (held === undefined || nowMs >= held.endsAtMs) return this.#fresh();
    // Whoever asks meanwhile gets the old ones, which are still good.
    if (nowMs >= held.refreshAtMs) void this.#refresh();
    return held.keys;
  }

  refused(keys: AccessKeys): boolean {
    // Somebody else may have noticed before.
    if (this.#held?.keys === keys) this.#held = undefined;
    return true;
  }

  async #fresh(): Promise<AccessKeys> {
    await this.#refresh();
    const held = this.#held;
    if (held !== undefined && this.#parts.clock.now() < held.endsAtMs) return held.keys;
    throw new MnsbusError({
      code: 'CREDENTIALS_UNAVAILABLE',
      message: `the credentials provider gave no valid keys: ${textOf(this.#lastError)}`,
      retryable: true,
      cause: this.#lastError,
    });
  }

  #refresh(): Promise<void> {
    if (this.#refreshing !== undefined) return this.#refreshing;
    if (this.#parts.clock.now() < this.#notBeforeMs) return Promise.resolve();
    this.#refreshing = this.#ask().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #ask(): Promise<void> {
    const { clock, random, report } = this.#parts;
    try {
      const keys = await this.#provided();
      this.#held = holding(keys, clock.now());
      this.#failures = 0;
      this.#lastError = undefined;
      report({ type: 'credentials-refreshed', expiresAt: keys.expiresAt });
    } catch (cause) {
      this.#failures += 1;
      this.#lastError = cause;
      const retryInMs = fullJitter(RETRY_MS, this.#failures, random);
      this.#notBeforeMs = clock.now() + retryInMs;
      report({
        type: 'credentials-failed',
        error: cause instanceof Error ? cause : new Error(textOf(cause)),
        retryInMs,
      });
    }
  }

  async #provided(): Promise<ProvidedKeys> {
    const { clock } = this.#parts;
    const answered = new AbortController();
    const late = sleep(clock, TIMEOUT_MS, answered.signal).then(() => {
      throw new Error(`no answer within ${TIMEOUT_MS} ms`);
    });
    // The race is over when the provider has answered; what `late` says then is of no interest.
    late.catch(() => {});
    try {
      const provided = await Promise.race([this.#provide(), late]);
      const keys = checkKeys('credentials()', provided);
      const { expiresAt } = provided;
      if (expiresAt !== undefined && !(expiresAt.getTime() > clock.now()))
        throw new Error('the keys have run out already');
      return { ...keys, expiresAt };
    } finally {
      answered.abort();
    }
  }
}

function holding({ expiresAt, ...keys }: ProvidedKeys, nowMs: number): Held {
  if (expiresAt === undefined) return { keys, refreshAtMs: Infinity, endsAtMs: Infinity };
  const endsAtMs = expiresAt.getTime();
  const lifeMs = endsAtMs - nowMs;
  const leftMs = Math.min(Math.max(lifeMs * LEFT_SHARE, LEAST_LEFT_MS), lifeMs / 2);
  return { keys, refreshAtMs: endsAtMs - leftMs, endsAtMs };
}
