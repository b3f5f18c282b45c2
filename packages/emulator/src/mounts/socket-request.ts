import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WireRequest } from '@mnsbus/core';

/** A request that came over a socket; a class, because V8 makes a hidden class for every single literal with a getter. */
export class SocketRequest implements WireRequest {
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

/** The headers of a request as they stood on the wire. */
export function headersOf({ rawHeaders }: IncomingMessage): WireRequest['headers'] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return headers;
}
