import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that wait for the reply to an earlier one before nothing more is read from it. */
export const MAX_READ_AHEAD = 16;

/** Most requests of one connection that wait; one that sends more in one piece is cut off. A signed request of MNS has 300 bytes, and Node reads 64 KiB at once. */
export const MAX_WAITING = 256;

/**
 * Requests that have come before an earlier one of their connection was answered.
 *
 * Each is begun when its reply may be written, as HTTP has replies in order: what is begun sooner would have to be kept
 * until then, however many there are.
 */
export class Pipelines {
  readonly #waiting = new WeakMap<Socket, number>();

  /** Calls `begin` when it is the turn of a request, unless its connection is gone by then. */
  queue({ socket }: IncomingMessage, response: ServerResponse, begin: () => void): void {
    if (socket.destroyed) return;
    const waiting = (this.#waiting.get(socket) ?? 0) + 1;
    this.#waiting.set(socket, waiting);
    if (waiting > MAX_WAITING) {
      socket.destroy();
      return;
    }
    // Node reads on when it has parsed a request, so it is stopped after all that it has read by now.
    if (waiting === MAX_READ_AHEAD) queueMicrotask(() => this.#rest(socket));
    response.once('socket', () => {
      const left = (this.#waiting.get(socket) ?? 1) - 1;
      this.#waiting.set(socket, left);
      if (left === 0 && socket.isPaused()) socket.resume();
      begin();
    });
  }

  #rest(socket: Socket): void {
    if ((this.#waiting.get(socket) ?? 0) > 0) socket.pause();
  }
}
