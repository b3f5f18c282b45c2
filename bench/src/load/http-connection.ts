import { connect, type Socket } from 'node:net';
import { readReply, type HttpReply } from './http-message.js';

interface Waiting {
  readonly resolve: (reply: HttpReply) => void;
  readonly reject: (error: Error) => void;
}

/** The server has ended a connection that was still in use. */
export class ConnectionLost extends Error {}

/**
 * A kept-alive connection that carries one request at a time, given as bytes.
 *
 * A bare socket instead of `node:http`'s client, because on a small machine client and server share
 * the cores, and the server is what is measured.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | undefined;
  #answered = 0;
  #answeredAtMs = performance.now();
  #askedAtMs = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', ({ message }) => this.#lose(message));
    socket.on('close', () => this.#lose('closed'));
  }

  /** Connects to a port of this machine; rejects when nobody listens. */
  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => resolve(new HttpConnection(socket)));
    });
  }

  /** Sends the bytes of one request; the one before must have been answered. Rejects with {@link ConnectionLost}. */
  request(bytes: Buffer): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      this.#askedAtMs = performance.now();
      this.#waiting = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const reply = readReply(this.#received);
    if (reply === undefined) return;
    this.#received = Buffer.alloc(0);
    this.#answered += 1;
    this.#answeredAtMs = performance.now();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(reply);
  }

  #lose(how: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    const nowMs = performance.now();
    const idleMs = this.#askedAtMs - this.#answeredAtMs;
    // A server that hangs up on idle connections may have done so just as this request came, or before it read it.
    waiting?.reject(
      new ConnectionLost(
        `${how}: the server hung up ${(nowMs - this.#askedAtMs).toFixed(1)} ms after a request, which came ` +
          `${idleMs.toFixed(1)} ms after its last answer on this connection (${this.#answered} in all)`,
      ),
    );
  }
}
