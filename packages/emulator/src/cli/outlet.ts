import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** Where a command talks to; the parts of a stream of the process that are needed. */
export interface Outlet {
  readonly isTTY?: boolean;
  write(text: string): unknown;
  /** Resolves to whether everything is with its reader, or with nobody for good, before `signal` aborts. */
  drained?(signal: AbortSignal): Promise<boolean>;
}

/** How much may wait for a reader who does not read, in bytes; what is said beyond that is dropped. */
export const MOST_UNREAD_BYTES = 1_048_576;

/**
 * A stream of the process whose reader may leave, sleep or have no room: none of that is a failure of the command.
 *
 * What cannot be written is dropped, and the next words are tried again. A single text is taken whole, however long.
 */
export class UnreliableOutlet implements Outlet {
  readonly #stream: Writable & { readonly isTTY: boolean };

  constructor(stream: Writable & { readonly isTTY: boolean }) {
    this.#stream = stream;
    // Without a listener, a reader that has left would end the process.
    stream.on('error', () => {});
  }

  get isTTY(): boolean {
    return this.#stream.isTTY;
  }

  write(text: string): void {
    if (this.#stream.writableLength > MOST_UNREAD_BYTES) return;
    try {
      this.#stream.write(text);
    } catch {
      // Files are written at once, and say at once that there is no room.
    }
  }

  async drained(signal: AbortSignal): Promise<boolean> {
    if (this.#stream.writableLength === 0) return true;
    try {
      await finished(this.#stream.end(), { signal });
    } catch {
      return !signal.aborted;
    }
    return true;
  }
}
