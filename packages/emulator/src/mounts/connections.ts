import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SystemClock } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';

/** Most connections at once; one more is closed before it has said anything, and the process warns of that once. */
export const MAX_CONNECTIONS = 4096;

/** How long a client whose CONNECT was refused may take to read that, and to hang up, in milliseconds. */
export const REFUSED_TUNNEL_MS = 500;

/** How long a client that has ended its side may take nothing of what it is still sent, in milliseconds. */
export const HUNG_UP_MS = 2000;

// Clients behind HTTP_PROXY ask for a tunnel for traffic that is not for us (spec mns §11.11).
const NO_TUNNEL = 'HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/**
 * Every connection of a server, from its first byte to its last.
 *
 * Node's HTTP server knows only those that speak HTTP at the moment: not one before its TLS handshake is over, and none that
 * has asked for a tunnel. Those would have nobody who hears of their errors, which ends the process, and nobody who ends
 * them with the server.
 */
export class Connections {
  readonly #open = new Set<Socket>();
  readonly #warned = new Set<string>();

  /** Takes over the connections of a server that does not listen yet; `tunnelRefused` is told where a client wanted to. */
  constructor(server: Server, tunnelRefused: (authority: string) => void) {
    server.maxConnections = MAX_CONNECTIONS;
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      lookAfter(socket);
    });
    // What is inside of TLS is a socket of its own, with errors and an end of its own.
    server.on('secureConnection', lookAfter);
    // Without a listener of ours, Node destroys the connection there and then.
    server.on('timeout', (socket: Socket) => void hangUpOnIdle(socket));
    server.on('connect', ({ url = '' }: IncomingMessage, socket: Duplex) => {
      tunnelRefused(url);
      refuseTunnel(socket);
    });
    server.on('drop', () => this.#warn('MAX_CONNECTIONS', `more than ${MAX_CONNECTIONS} connections at once`));
  }

  /** Takes note of a connection that could not be accepted, for example because the process may open no more files. */
  notAccepted({ code = 'unknown', message }: NodeJS.ErrnoException): void {
    this.#warn(code, message);
  }

  /** Ends all of them where they stand. */
  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Warns of each kind of trouble once: whoever makes it could make any number of warnings. */
  #warn(code: string, reason: string): void {
    if (this.#warned.has(code)) return;
    this.#warned.add(code);
    process.emitWarning(`mns-emulator refuses connections: ${reason}`);
  }
}

function lookAfter(socket: Socket): void {
  // A connection that fails closes as well, and that is what whoever uses it waits for.
  socket.on('error', goneBySomeError);
  // That the client then goes for good cannot be relied on to show: Node 24 sees nothing of it under TLS.
  socket.once('end', () => {
    if (socket.writableLength > 0) socket.setTimeout(HUNG_UP_MS);
  });
}

function goneBySomeError(): void {}

/**
 * Ends a connection whose time is up, unless a request has come that nobody has read yet.
 *
 * Timers run before sockets are read. So what came while the process was busy or had no processor would be thrown away
 * unread, and its client would find the connection reset.
 */
async function hangUpOnIdle(socket: Socket): Promise<void> {
  const { bytesRead } = socket;
  // The turn that is under way may have looked for data already; the next one reads all that is here now.
  await eventLoopTurn();
  await eventLoopTurn();
  if (socket.bytesRead === bytesRead) socket.destroy();
}

/** What else comes is read and dropped: with bytes unread, the system would reset the connection, and the reply be lost. */
function refuseTunnel(socket: Duplex): void {
  socket.end(NO_TUNNEL);
  socket.resume();
  const patience = new SystemClock().after(REFUSED_TUNNEL_MS, () => socket.destroy());
  socket.once('close', () => patience.cancel());
}
