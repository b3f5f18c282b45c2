import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { MnsbusError, SystemClock, sleep } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { accessPolicy, type AdminAccessOptions } from '../admin/access.js';
import { AdminMount } from '../admin/admin-mount.js';
import { isAdminTarget } from '../admin/admin-target.js';
import type { Emulator } from '../emulator.js';
import { Connections } from './connections.js';
import { HttpDoor, giveUp } from './http-door.js';
import { listenHost } from './listen-host.js';
import { PageGuard } from './page-guard.js';
import { ReplyWriter } from './reply-writer.js';

/** Where to listen. */
export interface ListenOptions {
  /** 0–65535; 0 (the default) takes any free port. */
  readonly port?: number;
  /** Address to bind. Default `127.0.0.1`, also for a text of blanks or none: only this machine can connect. */
  readonly host?: string;
  /**
   * Who may call the admin API under `/_emulator`; `false` for none. Default the programs and pages of this machine. What
   * is no whole {@link Emulator} has none.
   */
  readonly admin?: AdminAccessOptions | false;
  /**
   * Origins of web pages that may call the two services, for example `http://localhost:3000`. Default none: keys of an
   * emulator are no secret, and so any page could sign. Programs are let in whatever is named here.
   */
  readonly cors?: readonly string[];
  /** Key and certificate in PEM: speaks HTTPS with them. Default plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** What is served: an emulator, or whatever else answers requests and can be closed. */
export type Served = Pick<Emulator, 'handle'> &
  Partial<Omit<Emulator, 'close'>> & {
    /** Answers whoever waits; a promise is waited for after that. */
    close(): void | Promise<void>;
  };

/** An emulator that can be reached over HTTP. */
export interface EmulatorServer {
  /** Base URL for clients, for example `http://127.0.0.1:9324`. */
  readonly endpoint: string;
  readonly port: number;
  readonly host: string;
  /** Closes the emulator, answers what is open, ends every connection, and frees the port. */
  close(): Promise<void>;
}

/** How long an idle connection is kept: one SDK keeps a socket for a minute and stumbles over a server that hangs up first (spec mns §10.3). */
export const KEEP_ALIVE_MS = 75_000;

/** How long a connection may take for its TLS handshake. */
export const HANDSHAKE_MS = 30_000;

/** How long closing waits for replies to be read, in milliseconds. */
export const CLOSE_GRACE_MS = 500;

/**
 * Serves an emulator over HTTP, or over HTTPS with `tls`.
 *
 * Rejects with `LISTEN_FAILED` when the address cannot be bound, and `INVALID_ARGUMENT` for an option out of range.
 */
export async function listen(emulator: Served, options: ListenOptions = {}): Promise<EmulatorServer> {
  const { port = 0, admin: access = {}, cors = [], tls } = options;
  const host = listenHost(options.host);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw invalidArgument('port', 'a whole number from 0 to 65535', port);
  }
  const policy = access === false ? undefined : accessPolicy(access, host);
  const admin = policy !== undefined && isAdminTarget(emulator) ? new AdminMount(emulator, policy) : undefined;
  const known = policy ?? { hosts: new Set([host.toLowerCase()]) };
  const pages = new PageGuard(cors, known, (page) => emulator.refusedAtDoor?.(page));
  const replies = new ReplyWriter(giveUp);
  const { take } = new HttpDoor(emulator, { admin, pages, replies });
  const keeping = { keepAliveTimeout: KEEP_ALIVE_MS, keepAlive: true };
  const server =
    tls === undefined
      ? createServer(keeping, take)
      : createTlsServer({ ...keeping, ...tls, handshakeTimeout: HANDSHAKE_MS }, take);
  const connections = new Connections(server, (authority) => emulator.refusedAtDoor?.({ kind: 'tunnel', authority }));
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => replies.connected(socket));
  const address = await bind(server, tls === undefined ? 'http' : 'https', port, host);
  server.on('error', (cause) => connections.notAccepted(cause));
  emulator.servedAt?.(address.endpoint);
  return {
    ...address,
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      const letGo = Promise.resolve(emulator.close());
      admin?.close();
      await settled(replies);
      connections.destroyAll();
      await closed;
      await letGo;
    },
  };
}

/** A client that does not read its reply must not keep the server. */
async function settled(replies: ReplyWriter): Promise<void> {
  const done = new AbortController();
  const all = replies.settled().then(() => done.abort());
  await Promise.race([all, sleep(new SystemClock(), CLOSE_GRACE_MS, done.signal)]);
}

function bind(
  server: Server | TlsServer,
  scheme: 'http' | 'https',
  port: number,
  host: string,
): Promise<Omit<EmulatorServer, 'close'>> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => reject(listenFailed(port, host, cause));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      const name = host.includes(':') ? `[${host}]` : host;
      resolve({ endpoint: `${scheme}://${name}:${bound}`, port: bound, host });
    });
  });
}

function listenFailed(port: number, host: string, cause: NodeJS.ErrnoException): MnsbusError<'LISTEN_FAILED'> {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'the port is taken, perhaps by another emulator: choose another one, or 0 for any free port',
    EACCES: 'no permission: ports below 1024 are usually reserved, choose a higher one',
    EADDRNOTAVAIL: 'this machine has no such address: use 127.0.0.1, or 0.0.0.0 for all of its addresses',
  };
  return new MnsbusError({
    code: 'LISTEN_FAILED',
    message: `cannot listen on ${host}:${port}: ${reasons[cause.code ?? ''] ?? cause.message}`,
    cause,
  });
}
