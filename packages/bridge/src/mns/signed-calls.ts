import type { CredentialsSource } from '../credentials/credentials-source.js';
import type { AccessKeys } from '../credentials/credentials.js';
import { asMnsbusError, MnsServiceError } from './mns-error.js';
import { createSdkClient, type MnsPlace, type SdkClient } from './sdk-client.js';

/** Refusals that other keys may cure (spec mns §1.8, §8). */
const REFUSED_KEYS: ReadonlySet<string> = new Set([
  'InvalidAccessKeyId',
  'InvalidSecurityToken',
  'SecurityTokenExpired',
]);

/** Gives each call a client that signs with the keys of the moment; a call whose keys are refused is made once more with newer ones. */
export class SignedCalls {
  readonly #place: MnsPlace;
  readonly #credentials: CredentialsSource;
  #keys: AccessKeys | undefined;
  #client: SdkClient | undefined;

  constructor(place: MnsPlace, credentials: CredentialsSource) {
    this.#place = place;
    this.#credentials = credentials;
  }

  async run<T>(call: (client: SdkClient) => Promise<T>): Promise<T> {
    const keys = await this.#credentials.current();
    try {
      return await call(this.#clientFor(keys));
    } catch (cause) {
      const error = asMnsbusError(cause);
      const isRefused = error instanceof MnsServiceError && REFUSED_KEYS.has(error.mnsCode);
      if (!isRefused || !this.#credentials.refused(keys)) throw error;
      return call(this.#clientFor(await this.#credentials.current()));
    }
  }

  #clientFor(keys: AccessKeys): SdkClient {
    if (this.#client === undefined || this.#keys !== keys) {
      this.#client = createSdkClient(this.#place, keys);
      this.#keys = keys;
    }
    return this.#client;
  }
}
