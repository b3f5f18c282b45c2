import type { Clock, SeededRandom } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { tell, warnProcess } from '../status/tell.js';
import { checkKeys } from './check-keys.js';
import type { AccessKeys, Credentials, CredentialsFact } from './credentials.js';
import { RefreshingCredentials } from './refreshing-credentials.js';

/** What a source works with. */
export interface CredentialsParts {
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** May be a function of the app: what it throws or rejects with is a warning of the process. */
  readonly report: (fact: CredentialsFact) => void;
}

/** The keys of the moment. */
export interface CredentialsSource {
  /** Rejects with `CREDENTIALS_UNAVAILABLE` while there are none. The same object until they change. */
  readonly current: () => AccessKeys | Promise<AccessKeys>;
  /**
   * Says that the service has refused these keys; whether `current` may give better ones. Everybody who has met the same
   * refusal may say so: the keys are exchanged once.
   */
  readonly refused: (keys: AccessKeys) => boolean;
  /** Waits for the provider no longer, and asks it nothing more. */
  readonly close: () => void;
}

/** Checks credentials and makes a source of them. Throws `INVALID_ARGUMENT`; no message shows a value that may be a secret. */
export function credentialsSource(name: string, given: Credentials, parts: CredentialsParts): CredentialsSource {
  if (given.credentials === undefined) {
    const keys = checkKeys(name, given);
    return { current: () => keys, refused: () => false, close: () => {} };
  }
  if (typeof given.credentials !== 'function') {
    throw invalidArgument(`${name}.credentials`, 'a function that gives keys', undefined);
  }
  const source = new RefreshingCredentials(given.credentials, {
    ...parts,
    report: (fact) => tell(parts.report, fact, warnOfHearer),
  });
  return {
    current: () => source.current(),
    refused: (keys) => source.refused(keys),
    close: () => source.close(),
  };
}

function warnOfHearer(reason: string): void {
  warnProcess('credentials-listener', `who hears of keys failed: ${reason}`);
}
