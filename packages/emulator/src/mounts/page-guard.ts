import type { IncomingMessage, ServerResponse } from 'node:http';
import { invalidArgument } from '@mnsbus/core/internal';
import { isKnownHost, type KnownHosts } from '../admin/access.js';

/** A request of a web page that was not let in. */
export interface RefusedPage {
  readonly kind: 'page';
  /** As the browser tells it; `undefined` where it tells none. */
  readonly origin: string | undefined;
  /** The name under which the page has reached the emulator. */
  readonly host: string;
}

/**
 * Keeps web pages out of the two services: the keys of an emulator are no secret, so a page that its user has opened
 * could sign anything.
 *
 * A page cannot hide that it is one. To this machine browsers send `Sec-Fetch-Site`, which says whose page asks; `Origin`
 * goes with all but plain GETs; and where both are left out – plain HTTP to another name or address – there is still
 * `Accept-Language`, and a `User-Agent` that begins with `Mozilla/`, which no page can change without sending its
 * `Origin`. One can that has let a name of its own point here (DNS rebinding), so at a name of the internet the language
 * alone is enough. Programs send none of these, whatever their `Host`: that of the service behind a proxy, a container's
 * name, an address. Those made with Node.js's `fetch` send a language, but with it `Sec-Fetch-Mode`, which a page cannot.
 */
export class PageGuard {
  readonly #hosts: KnownHosts;
  readonly #origins: ReadonlySet<string>;
  readonly #refused: (page: RefusedPage) => void;

  /** `origins` are let in, and told so as CORS wants it; `refused` is told of the others. Throws `INVALID_ARGUMENT`. */
  constructor(origins: readonly string[], hosts: KnownHosts, refused: (page: RefusedPage) => void) {
    if (!Array.isArray(origins) || !origins.every((origin) => isOrigin(origin))) {
      throw invalidArgument('cors', 'a list of origins such as http://localhost:3000', origins);
    }
    this.#origins = new Set(origins);
    this.#hosts = hosts;
    this.#refused = refused;
  }

  /** Answers a request that is not for the services: one that is refused, and what a browser asks before its own. */
  hasAnswered(message: IncomingMessage, response: ServerResponse): boolean {
    if (!hasMark(message.rawHeaders)) return false;
    const { headers, method } = message;
    const { origin, host = '' } = headers;
    if (origin !== undefined && this.#origins.has(origin)) {
      allow(origin, response);
      if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
      allowAhead(headers, response);
      return true;
    }
    const saysWhose = origin !== undefined || headers['sec-fetch-site'] !== undefined;
    if (saysWhose ? this.#isOwn(message, host) : !this.#isBrowser(message, host)) return false;
    this.#refused({ kind: 'page', origin, host });
    refuse(origin, response);
    return true;
  }

  /** Whether what a browser says of itself is what it says of a page of the emulator, or of an address that was typed. */
  #isOwn({ headers }: IncomingMessage, host: string): boolean {
    const { origin, 'sec-fetch-site': site = 'same-origin' } = headers;
    const isOwnOrigin = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
    return isOwnOrigin && (site === 'same-origin' || site === 'none') && isKnownHost(host, this.#hosts);
  }

  /** Whether a request comes from a browser that says nothing about its page. */
  #isBrowser({ headers }: IncomingMessage, host: string): boolean {
    if (headers['accept-language'] === undefined || headers['sec-fetch-mode'] !== undefined) return false;
    return headers['user-agent']?.startsWith('Mozilla/') === true || this.#isOfTheInternet(host);
  }

  /** Whether somebody may own this name, and let it point wherever they like. */
  #isOfTheInternet(host: string): boolean {
    const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
    return !isKnownHost(host, this.#hosts) && name.includes('.') && !RESERVED.test(name);
  }
}

/** Names that nobody can register (RFC 2606, RFC 6762, RFC 8375, .internal of ICANN), and those of the services. */
const RESERVED = /\.(?:test|example|invalid|local|internal|home\.arpa|aliyuncs\.com)\.?$/;

/** The headers that only browsers send, or nearly. */
const MARKS: ReadonlySet<string> = new Set(['origin', 'sec-fetch-site', 'accept-language']);

/** Asked of every request, and answered from the raw headers: the parsed ones are made when they are first looked at. */
function hasMark(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const isLikely = name.length === 6 || name.length === 14 || name.length === 15;
    if (isLikely && MARKS.has(name.toLowerCase())) return true;
  }
  return false;
}

function isOrigin(text: unknown): boolean {
  return typeof text === 'string' && /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function allow(origin: string, response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', '*');
  response.setHeader('Vary', 'Origin');
}

/** Answers what a browser asks before a request that a plain form could not send. */
function allowAhead(headers: IncomingMessage['headers'], response: ServerResponse): void {
  const asked = headers['access-control-request-headers'];
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
    ...(asked === undefined ? {} : { 'Access-Control-Allow-Headers': asked }),
    ...(headers['access-control-request-private-network'] === 'true'
      ? { 'Access-Control-Allow-Private-Network': 'true' }
      : {}),
    'Access-Control-Max-Age': '600',
  });
  response.end();
}

function refuse(origin: string | undefined, response: ServerResponse): void {
  const whose = origin ?? 'another origin, or one that the browser does not tell';
  // Whatever follows of the body is not waited for.
  response.shouldKeepAlive = false;
  response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
  response.end(
    `ORIGIN_REFUSED: expected a program, or a page whose origin the option cors names, received a page of ${whose}\n`,
  );
}
