import type { SeededRandom } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { readAccountId } from './account-options.js';
import type { Accounts } from './accounts.js';
import type { TimeLine } from './time-line.js';

/** What a security token is asked for with. */
export interface SecurityTokenRequest {
  /** One of the emulator's accounts. Default the account of requests whose host names none. */
  readonly accountId?: string;
  /** How long the token works, 1–43,200 seconds. Default 3600. */
  readonly durationSeconds?: number;
}

/** A key pair that works only with its token, and only for a while. */
export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  /** When they stop working by the emulator's clock, in milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** Longest life of a security token, in seconds. */
export const MAX_SESSION_SECONDS = 43_200;

/** Life of a security token that is asked for without one, in seconds. */
export const DEFAULT_SESSION_SECONDS = 3600;

/** Stands in for the Security Token Service: issues temporary keys of the accounts. */
export class SecurityTokens {
  readonly #accounts: Accounts;
  readonly #time: TimeLine;
  readonly #random: SeededRandom;

  /** `random` makes up keys and tokens. */
  constructor(accounts: Accounts, time: TimeLine, random: SeededRandom) {
    this.#accounts = accounts;
    this.#time = time;
    this.#random = random;
  }

  /** Issues a temporary key. Throws `INVALID_ARGUMENT` for an unknown account and a duration out of range. */
  issue(request: SecurityTokenRequest = {}): TemporaryCredentials {
    const { durationSeconds = DEFAULT_SESSION_SECONDS } = request;
    const accountId = readAccountId('accountId', request.accountId ?? this.#accounts.defaultTenant.accountId);
    if (!this.#accounts.hasAccount(accountId)) throw invalidArgument('accountId', 'an account with keys', accountId);
    if (!(Number.isInteger(durationSeconds) && durationSeconds >= 1 && durationSeconds <= MAX_SESSION_SECONDS)) {
      throw invalidArgument('durationSeconds', `a whole number from 1 to ${MAX_SESSION_SECONDS}`, durationSeconds);
    }
    const credentials: TemporaryCredentials = {
      // The real ones begin so, too.
      accessKeyId: `STS.${this.#random.hex(24)}`,
      accessKeySecret: this.#random.hex(44),
      securityToken: `CAIS${this.#random.hex(200)}`,
      expiresAtMs: this.#time.now() + durationSeconds * 1000,
    };
    const { accessKeyId, accessKeySecret, ...session } = credentials;
    this.#accounts.addKey({ accountId, accessKeyId, accessKeySecret, session });
    return this.#time.named(credentials);
  }
}
