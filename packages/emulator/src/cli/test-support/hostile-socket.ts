import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What a client does with its connection, wherever that stands. */
export type Act = 'FIN' | 'RST' | 'silence' | 'flood';

/** All of it. */
export const ACTS: readonly Act[] = ['FIN', 'RST', 'silence', 'flood'];

/** Bytes that are sent in a flood: many times what the server reads at once. */
const FLOOD_BYTES = 4 * 1024 * 1024;
const FLOOD_PIECE = Buffer.alloc(64 * 1024, 'x');

/** A client without manners. It reads nothing unless it is told to. */
export class HostileSocket {
  /** What TCP carries. */
  readonly #raw: Socket;
  /** What is said in it; under TLS another. */
  readonly #inner: Socket;
  readonly closed: Promise<void>;
  text = '';

  private constructor(raw: Socket, inner: Socket) {
    this.#raw = raw;
    this.#inner = inner;
    this.closed = new Promise((resolve) => raw.once('close', () => resolve()));
    for (const socket of [raw, inner]) socket.on('error', () => {});
  }

  /** Connects, and under TLS shakes hands. */
  static async open(port: number, ca: string | undefined): Promise<HostileSocket> {
    const bare = await HostileSocket.bare(port);
    if (ca === undefined) return bare;
    const inner = connectTls({ socket: bare.#raw, ca, servername: 'localhost' });
    const socket = new HostileSocket(bare.#raw, inner);
    await once(inner, 'secureConnect');
    return socket;
  }

  /** Connects, and says nothing. */
  static async bare(port: number): Promise<HostileSocket> {
    const raw = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const socket = new HostileSocket(raw, raw);
    await once(raw, 'connect');
    return socket;
  }

  get isClosed(): boolean {
    return this.#raw.destroyed;
  }

  send(bytes: string): void {
    this.#inner.write(bytes, 'latin1');
  }

  /** Begins to read; resolves when some of what came fits, or nothing more will come. */
  read(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      this.#inner.on('data', (bytes) => {
        this.text += bytes.toString('latin1');
        if (pattern.test(this.text)) resolve();
      });
      for (const event of ['end', 'close']) this.#inner.once(event, () => resolve());
    });
  }

  end(): void {
    this.#inner.end();
  }

  act(act: Act): void {
    if (act === 'RST') this.#raw.resetAndDestroy();
    else if (act === 'FIN') this.end();
    else if (act === 'flood') this.#flood();
  }

  /** Leaves for good. */
  leave(): void {
    this.#inner.destroy();
    this.#raw.destroy();
  }

  #flood(): void {
    let left = FLOOD_BYTES;
    const pour = (): void => {
      while (left > 0 && !this.#inner.destroyed) {
        left -= FLOOD_PIECE.length;
        if (!this.#inner.write(FLOOD_PIECE)) break;
      }
    };
    this.#inner.on('drain', pour);
    pour();
  }
}
