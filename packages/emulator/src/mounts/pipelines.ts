import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { SystemClock, type Timer } from '@mnsbus/core';

/** Requests of one connection that wait for the reply to an earlier one before no more is read from it for a while. */
export const MAX_READ_AHEAD = 16;

/** Most requests of one connection that wait; one that sends more in one piece is cut off. A signed request of MNS has 300 bytes, and Node reads 64 KiB at once. */
export const MAX_WAITING = 256;

/** How long a connection is left unread, in milliseconds: who does not read does not see either that the client has gone. */
export const REST_MS = 1000;

/** What waits on one connection. */
interface Line {
  waiting: number;
  /** Rings when it has rested; absent while it is read. */
  rest: Timer | undefined;
}

/**
 * Requests that have come before an earlier one of their connection was answered.
 *
 * Each is begun when its reply may be written, as HTTP has replies in order: what is begun sooner would have to be kept
 * until then, however many there are.
 */
export class Pipelines {
  readonly #clock = new SystemClock();
  readonly #lines = new WeakMap<Socket, Line>();

  /** Calls `begin` when it is the turn of a request, unless its connection is gone by then. */
  queue({ socket }: IncomingMessage, response: ServerResponse, begin: () => void): void {
    if (socket.destroyed) return;
    const line = this.#lineOf(socket);
    line.waiting += 1;
    if (line.waiting > MAX_WAITING) {
      socket.destroy();
      return;
    }
    if (line.waiting >= MAX_READ_AHEAD && line.rest === undefined) this.#rest(socket, line);
    response.once('socket', () => {
      line.waiting -= 1;
      if (line.waiting === 0 && line.rest !== undefined) {
        endRest(line);
        socket.resume();
      }
      begin();
    });
  }

  #lineOf(socket: Socket): Line {
    const existing = this.#lines.get(socket);
    if (existing !== undefined) return existing;
    const line: Line = { waiting: 0, rest: undefined };
    this.#lines.set(socket, line);
    socket.once('close', () => endRest(line));
    return line;
  }

  #rest(socket: Socket, line: Line): void {
    line.rest = this.#clock.after(REST_MS, () => {
      line.rest = undefined;
      // With room left for another piece it is read until the next request; else it rests on.
      if (line.waiting <= MAX_WAITING / 2) socket.resume();
      else this.#rest(socket, line);
    });
    // Node reads on when it has parsed a request, so it is stopped after all that it has read by now.
    queueMicrotask(() => {
      if (line.rest !== undefined) socket.pause();
    });
  }
}

function endRest(line: Line): void {
  line.rest?.cancel();
  line.rest = undefined;
}
