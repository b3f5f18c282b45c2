import type { WireHandler } from '@mnsbus/core';
import type { ContractClient } from './wire-client.js';

/**
 * Knows when nothing is on its way between client and service, so that virtual time can move behind a socket.
 *
 * Every request that was sent has arrived, and every reply that was written has been read; what is still open waits for time.
 */
export class Traffic {
  #sent = 0;
  #arrived = 0;
  #written = 0;
  #read = 0;
  #waiting: (() => void)[] = [];

  /** Watches the service's end. */
  handler(handle: WireHandler): WireHandler {
    return async (request) => {
      this.#arrived += 1;
      this.#changed();
      try {
        return await handle(request);
      } finally {
        this.#written += 1;
        this.#changed();
      }
    };
  }

  /** Watches the client's end. */
  client(call: ContractClient): ContractClient {
    return async (request) => {
      request.signal?.throwIfAborted();
      this.#sent += 1;
      try {
        return await call(request);
      } finally {
        this.#read += 1;
        this.#changed();
      }
    };
  }

  /** Resolves when nothing is on its way. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#changed();
    });
  }

  #changed(): void {
    if (this.#sent !== this.#arrived || this.#written !== this.#read) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
