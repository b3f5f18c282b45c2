import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { MnsbusError, SystemClock, sleep, type WireRequest } from '@mnsbus/core';
import { eventLoopTurn, headerOf, invalidArgument } from '@mnsbus/core/internal';
import { accessPolicy, type AdminAccessOptions } from '../admin/access.js';
import { AdminMount, isForAdmin } from '../admin/admin-mount.js';
import { isAdminTarget } from '../admin/admin-target.js';
import type { Emulator } from '../emulator.js';
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

/** More than any valid request needs; what comes after it is read and dropped, and the rest fails its checks. */
export const MAX_BODY_BYTES: number = 8 * 1024 * 1024;

/** How long closing waits for replies to be read. */
const CLOSE_GRACE_MS = 500;

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
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    const isAdmin = admin !== undefined && isForAdmin(message.url ?? '');
    if (!isAdmin && pages.hasAnswered(message, response)) return;
    const answered = isAdmin
      ? answerAdmin(admin, message, response, replies)
      : answer(emulator, message, response, replies);
    answered.catch((cause: unknown) => giveUp(response, cause));
  };
  const keeping = { keepAliveTimeout: KEEP_ALIVE_MS, keepAlive: true };
  const server =
    tls === undefined ? createServer(keeping, listener) : createTlsServer({ ...keeping, ...tls }, listener);
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => replies.connected(socket));
  // Without a listener of ours, Node destroys the connection there and then.
  server.on('timeout', (socket: Socket) => void hangUpOnIdle(socket));
  // Clients behind HTTP_PROXY send this for traffic that is not for us (spec mns §11.11).
  server.on('connect', ({ url = '' }, socket) => {
    emulator.refusedAtDoor?.({ kind: 'tunnel', authority: url });
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  const address = await bind(server, tls === undefined ? 'http' : 'https', port, host);
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
      server.closeAllConnections();
      await closed;
      await letGo;
    },
  };
}

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

/** A client that does not read its reply must not keep the server. */
async function settled(replies: ReplyWriter): Promise<void> {
  const done = new AbortController();
  const all = replies.settled().then(() => done.abort());
  await Promise.race([all, sleep(new SystemClock(), CLOSE_GRACE_MS, done.signal)]);
}

async function answer(
  emulator: Served,
  message: IncomingMessage,
  response: ServerResponse,
  replies: ReplyWriter,
): Promise<void> {
  const headers = headersOf(message);
  const body = hasBody({ headers }) ? await readBody(message) : NO_BODY;
  if (body === undefined) return; // the client hung up half way; there is nobody to answer
  replies.owe(response);
  const request = new SocketRequest(message, response, headers, body);
  response.once('close', () => request.closed());
  replies.write(response, await emulator.handle(request));
}

/** A request that came over a socket; a class, because V8 makes a hidden class for every single literal with a getter. */
class SocketRequest implements WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: WireRequest['headers'];
  readonly body: Uint8Array;
  readonly #socket: Socket;
  readonly #response: ServerResponse;

  constructor(
    { method = 'GET', url = '/', socket }: IncomingMessage,
    response: ServerResponse,
    headers: WireRequest['headers'],
    body: Uint8Array,
  ) {
    this.method = method;
    this.target = url;
    this.headers = headers;
    this.body = body;
    this.#socket = socket;
    this.#response = response;
  }

  /** Made when first asked for: only what waits needs it. */
  get signal(): AbortSignal {
    const departure = departureOf(this.#socket);
    if (this.#response.destroyed) departure.abort();
    return departure.signal;
  }

  /** To be called when the response has closed. */
  closed(): void {
    // Not after a complete reply: nobody listens any more, and an abort makes an error with a stack each time.
    if (!this.#response.writableFinished) departures.get(this.#socket)?.abort();
  }
}

async function answerAdmin(
  admin: AdminMount,
  message: IncomingMessage,
  response: ServerResponse,
  replies: ReplyWriter,
): Promise<void> {
  // A stream is owed its end.
  replies.owe(response);
  await admin.answer(message, response, headersOf(message), (maxBytes) => readBody(message, maxBytes));
}

/** Tells that the client of a connection has gone. */
const departures = new WeakMap<Socket, AbortController>();

/** Made when first asked for, and once for all requests of a connection: it is dear, and every receive asks for it. */
function departureOf(socket: Socket): AbortController {
  const existing = departures.get(socket);
  if (existing !== undefined) return existing;
  const departure = new AbortController();
  departures.set(socket, departure);
  return departure;
}

/** Whoever waits must not wait for ever, and whoever runs this must hear of it. */
function giveUp(response: ServerResponse, cause: unknown): void {
  process.emitWarning(cause instanceof Error ? cause : String(cause));
  response.destroy();
}

function headersOf({ rawHeaders }: IncomingMessage): WireRequest['headers'] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return headers;
}

const NO_BODY = new Uint8Array();

/** Whether a body follows; one of no bytes does not have to be waited for. */
function hasBody(message: Pick<WireRequest, 'headers'>): boolean {
  const length = headerOf(message, 'content-length') ?? '0';
  return length !== '0' || headerOf(message, 'transfer-encoding') !== undefined;
}

/** The body, or `undefined` when the client hung up before its end. */
function readBody(message: IncomingMessage, maxBytes: number = MAX_BODY_BYTES): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    message.on('data', (chunk: Uint8Array) => {
      if (length <= maxBytes) chunks.push(chunk);
      length += chunk.length;
    });
    // A small body comes in one chunk, which need not be copied.
    message.once('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)),
    );
    message.once('error', () => resolve(undefined));
    message.once('close', () => resolve(undefined));
  });
}

function bind(
  server: Server | TlsServer,
  scheme: 'http' | 'https',
  port: number,
  host: string,
): Promise<Omit<EmulatorServer, 'close'>> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenFailed(port, host, cause)));
    server.listen(port, host, () => {
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
