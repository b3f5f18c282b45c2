import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WireResponse } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { ByteBudget } from './byte-budget.js';

/** Bytes of replies that clients have not read yet, of all connections together; beyond it the one that owes most is closed. */
export const MAX_UNREAD_BYTES: number = 128 * 1024 * 1024;

/** How long a client may read nothing of a reply before its connection is closed, in milliseconds. */
export const UNREAD_MS = 60_000;

interface ReadyReply {
  readonly response: ServerResponse;
  readonly reply: WireResponse;
}

/**
 * Writes replies, those of one turn of the event loop together.
 *
 * A write that wakes a waiting client is dear, and one to a client that is awake already is not. So replies leave one right after the other at the end of the turn in which they became ready. With one
 * connection there is nothing to wait for, and they leave at once.
 */
export class ReplyWriter {
  readonly #onFailure: (response: ServerResponse, cause: unknown) => void;
  #connections = 0;
  // A number, not a set of responses: what a set has thrown away holds on to what it took since, and with it every
  // request, until the next full collection.
  #owed = 0;
  #onSettled: (() => void) | undefined;
  readonly #unread: ByteBudget;
  #ready: ReadyReply[] = [];

  /** `onFailure` is told of a reply that could not be written. */
  constructor(
    onFailure: (response: ServerResponse, cause: unknown) => void,
    maxUnreadBytes: number = MAX_UNREAD_BYTES,
  ) {
    this.#onFailure = onFailure;
    this.#unread = new ByteBudget(maxUnreadBytes);
  }

  /** Takes note of a connection, until it closes. */
  connected(socket: Socket): void {
    this.#connections += 1;
    socket.once('close', () => {
      this.#connections -= 1;
    });
  }

  /** Takes note that a reply is owed, until its response closes. */
  owe(response: ServerResponse): void {
    if (this.#onSettled !== undefined || response.closed) return;
    this.#owed += 1;
    response.once('close', () => {
      this.#owed -= 1;
      if (this.#owed === 0) this.#onSettled?.();
    });
  }

  /** Resolves when every reply that is owed now has been read, or has lost its client. Replies from here on are the last of their connections. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSettled = resolve;
      if (this.#owed === 0) resolve();
    });
  }

  /** Writes a reply, now or at the end of this turn. */
  write(response: ServerResponse, reply: WireResponse): void {
    if (this.#connections < 2) {
      this.#writeNow({ response, reply });
      return;
    }
    if (this.#ready.length === 0) void eventLoopTurn().then(() => this.#writeReady());
    this.#ready.push({ response, reply });
  }

  #writeReady(): void {
    const ready = this.#ready;
    this.#ready = [];
    for (const each of ready) this.#writeNow(each);
  }

  #writeNow({ response, reply }: ReadyReply): void {
    try {
      if (this.#onSettled !== undefined) response.shouldKeepAlive = false;
      const { socket } = response;
      writeReply(response, reply);
      if (socket !== null && socket.writableLength > 0) this.#watch(response, socket);
    } catch (cause) {
      this.#onFailure(response, cause);
    }
  }

  /** Looks after a reply of which the system has not taken everything. */
  #watch(response: ServerResponse, socket: Socket): void {
    boundReading(response, socket);
    const debt = { giveWay: () => void socket.destroy() };
    response.once('close', () => this.#unread.set(debt, 0));
    this.#unread.set(debt, socket.writableLength);
  }
}

/** Closes the connection of a client that reads nothing of what it is sent for {@link UNREAD_MS}. */
export function boundReading(response: ServerResponse, socket: Socket): void {
  socket.setTimeout(UNREAD_MS);
  // The next request may wait as long as it likes. First of all who hear of it, for Node then sets the time of an idle connection.
  response.prependOnceListener('finish', () => socket.setTimeout(0));
}

function writeReply(response: ServerResponse, { status, headers, body, broken }: WireResponse): void {
  if (broken === 'no-answer') {
    response.destroy();
    return;
  }
  response.sendDate = false;
  const lines: string[] = [];
  // Node believes what the reply says, and the service says "keep-alive" whatever it was asked.
  const { shouldKeepAlive } = response;
  for (const [name, value] of headers) {
    lines.push(name, shouldKeepAlive || name.toLowerCase() !== 'connection' ? value : 'close');
  }
  response.writeHead(status, lines);
  if (broken === 'cut-short') {
    response.write(body, () => response.destroy());
    return;
  }
  // As text of one character per byte, head and body leave in one piece; bytes would be a write of their own.
  response.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'), 'latin1');
}
