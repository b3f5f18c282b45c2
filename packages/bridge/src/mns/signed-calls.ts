import { abortable, joinSignals } from '@mnsbus/core/internal';
import type { CredentialsSource } from '../credentials/credentials-source.js';
import type { AccessKeys } from '../credentials/credentials.js';
import { sharedController } from '../shared-controller.js';
import { asMnsbusError, isKeyRefusal } from './mns-error.js';
import { createSdkClient, type MnsPlace, type SdkClient } from './sdk-client.js';
import type { MnsCall } from './transport.js';

/** Sends one request with a client that signs it; `signal` aborts with the caller's, and with the end of all calls. */
export type SignedCall<T> = (client: SdkClient, signal: AbortSignal) => Promise<T>;

/**
 * Gives each call a client that signs with the keys of the moment; a call whose keys are refused is made once more with newer
 * ones, where there are any. Neither a call nor `close` waits for keys once it is told to end.
 */
export class SignedCalls {
  readonly #place: MnsPlace;
  readonly #credentials: CredentialsSource;
  readonly #closed = sharedController();
  #keys: AccessKeys | undefined;
  #client: SdkClient | undefined;

  constructor(place: MnsPlace, credentials: CredentialsSource) {
    this.#place = place;
    this.#credentials = credentials;
  }

  /** Rejects with `MNS_ERROR`, `MNS_UNREACHABLE` or `CREDENTIALS_UNAVAILABLE`. */
  async run<T>(limits: Pick<MnsCall, 'signal' | 'sendUntil'>, call: SignedCall<T>): Promise<T> {
    const { signal, release } = joinSignals(limits.signal, this.#closed.signal);
    const send = async (keys: AccessKeys): Promise<T> => {
      limits.sendUntil?.throwIfAborted();
      return call(this.#clientFor(keys), signal);
    };
    try {
      const keys = await this.#currentKeys(signal);
      try {
        return await send(keys);
      } catch (cause) {
        if (!this.#areRefused(keys, cause)) throw cause;
        const newer = await this.#currentKeys(signal);
        if (newer === keys) throw cause;
        return await this.#again(newer, send);
      }
    } catch (cause) {
      throw asMnsbusError(cause);
    } finally {
      release();
    }
  }

  /** Ends every open call; later ones reject. */
  close(): void {
    this.#closed.abort(new Error('the connection was closed'));
    this.#credentials.close();
  }

  async #again<T>(keys: AccessKeys, send: (keys: AccessKeys) => Promise<T>): Promise<T> {
    try {
      return await send(keys);
    } catch (cause) {
      // No third time; but whoever asks next should know.
      this.#areRefused(keys, cause);
      throw cause;
    }
  }

  /** Whether the service has refused these keys, and there may be better ones. */
  #areRefused(keys: AccessKeys, cause: unknown): boolean {
    return isKeyRefusal(asMnsbusError(cause)) && this.#credentials.refused(keys);
  }

  async #currentKeys(signal: AbortSignal): Promise<AccessKeys> {
    signal.throwIfAborted();
    const keys = this.#credentials.current();
    return keys instanceof Promise ? abortable(keys, signal) : keys;
  }

  #clientFor(keys: AccessKeys): SdkClient {
    if (this.#client === undefined || this.#keys !== keys) {
      this.#client = createSdkClient(this.#place, keys);
      this.#keys = keys;
    }
    return this.#client;
  }
}
