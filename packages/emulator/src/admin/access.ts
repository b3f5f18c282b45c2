import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { headerOf, invalidArgument } from '@mnsbus/core/internal';
import type { WireRequest } from '@mnsbus/core';
import type { WrongTokens } from './wrong-tokens.js';

/** Who may call the admin API: without a token, the programs and pages of this machine. */
export interface AdminAccessOptions {
  /**
   * Lets in whoever sends it as `Authorization: Bearer …`, and nobody else, from this machine or another: 16 or more
   * visible characters. Default none, and then only this machine is let in, and not through a proxy that says so. What
   * forwards connections as they are looks like this machine: where there is such a thing, set a token.
   */
  readonly token?: string;
  /** Names under which the emulator is reached, besides `localhost`, addresses, and the host it listens at. Default none. */
  readonly hosts?: readonly string[];
}

/** Under which names an emulator is known, besides addresses and those of this machine. */
export interface KnownHosts {
  /** In lower case. */
  readonly hosts: ReadonlySet<string>;
}

/** Decides who may call. */
export interface AccessPolicy extends KnownHosts {
  /** The digest of the token; absent when this machine needs none and others have no access. */
  readonly tokenDigest?: Buffer;
}

/** What is known of a caller before its body is read. */
export interface Caller {
  readonly headers: WireRequest['headers'];
  /** The address at the other end of the connection. */
  readonly remoteAddress: string | undefined;
}

/** Why a caller is refused. */
export interface AccessRefusal {
  readonly status: 401 | 403 | 429;
  readonly code: 'HOST_REFUSED' | 'ORIGIN_REFUSED' | 'LOOPBACK_ONLY' | 'TOKEN_REQUIRED' | 'TOO_MANY_WRONG_TOKENS';
  readonly expected: string;
  readonly received: string;
  /** When to come again; with 429 only. */
  readonly retryAfterSeconds?: number;
}

/** Fewest characters of a token. */
export const MIN_TOKEN_LENGTH = 16;

/** Checks options. Throws `INVALID_ARGUMENT`; the error never shows the token. */
export function accessPolicy({ token, hosts = [] }: AdminAccessOptions, boundHost: string): AccessPolicy {
  if (
    token !== undefined &&
    (typeof token !== 'string' || token.length < MIN_TOKEN_LENGTH || !/^[!-~]+$/.test(token))
  ) {
    throw invalidArgument('admin.token', `${MIN_TOKEN_LENGTH} or more visible ASCII characters`, undefined);
  }
  if (!Array.isArray(hosts) || !hosts.every((name) => typeof name === 'string' && /^[a-z0-9.-]+$/i.test(name))) {
    throw invalidArgument('admin.hosts', 'a list of host names without scheme and port', hosts);
  }
  const names = [...hosts, boundHost].map((name) => name.toLowerCase());
  return { hosts: new Set(names), ...(token === undefined ? {} : { tokenDigest: digest(token) }) };
}

/**
 * Why a caller may not come in; `undefined` when it may.
 *
 * A page of another origin is told by `Origin` and `Sec-Fetch-Site`. A name that an attacker lets point here (DNS
 * rebinding) is told by `Host`, which is an address, `localhost` or a name that was configured in honest requests.
 */
export function refusalOf(
  { headers, remoteAddress }: Caller,
  policy: AccessPolicy,
  wrongTokens: Pick<WrongTokens, 'count'>,
): AccessRefusal | undefined {
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host').map(([, value]) => value);
  const [host] = hosts;
  if (host === undefined || hosts.length > 1 || !isKnownHost(host, policy)) {
    const expected = 'a Host header with an address, localhost, or a name that the admin API was told';
    return { status: 403, code: 'HOST_REFUSED', expected, received: hosts.join(', ') || 'nothing' };
  }
  const origin = headerOf({ headers }, 'origin');
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return { status: 403, code: 'ORIGIN_REFUSED', expected: `the origin http://${host}`, received: origin };
  }
  const site = headerOf({ headers }, 'sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    const expected = 'a request from a page of this origin';
    return { status: 403, code: 'ORIGIN_REFUSED', expected, received: `Sec-Fetch-Site: ${site}` };
  }
  if (policy.tokenDigest !== undefined) {
    return tokenRefusal(headerOf({ headers }, 'authorization'), policy.tokenDigest, wrongTokens);
  }
  if (isFromHere({ headers, remoteAddress })) return undefined;
  const expected = 'a caller on this machine; other machines need a token, which was not configured';
  return { status: 403, code: 'LOOPBACK_ONLY', expected, received: 'another machine' };
}

/** Asks everybody: of what forwards a connection, the address says nothing about who is behind it. */
function tokenRefusal(
  authorization: string | undefined,
  tokenDigest: Buffer,
  wrongTokens: Pick<WrongTokens, 'count'>,
): AccessRefusal | undefined {
  const token = /^Bearer ([!-~]+)$/i.exec(authorization ?? '')?.[1];
  // Digests are of one length, and take the same time to compare wherever they differ.
  if (token !== undefined && timingSafeEqual(digest(token), tokenDigest)) return undefined;
  const expected = 'Authorization: Bearer, with the configured token';
  if (authorization === undefined) {
    return { status: 401, code: 'TOKEN_REQUIRED', expected, received: 'no Authorization header' };
  }
  const retryAfterSeconds = wrongTokens.count();
  if (retryAfterSeconds === undefined)
    return { status: 401, code: 'TOKEN_REQUIRED', expected, received: 'another one' };
  const received = 'many wrong ones lately';
  return { status: 429, code: 'TOO_MANY_WRONG_TOKENS', expected, received, retryAfterSeconds };
}

/** Whether a request comes from this machine, and not for somebody else through a proxy on it that says so. */
function isFromHere({ headers, remoteAddress = '' }: Caller): boolean {
  const isForwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip'].some(
    (name) => headerOf({ headers }, name) !== undefined,
  );
  return !isForwarded && /^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i.test(remoteAddress);
}

/** Whether a `Host` header has an address, a name of this machine, or one of those that are known: no name that somebody else may let point here. */
export function isKnownHost(host: string, { hosts }: KnownHosts): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host)?.[1]?.toLowerCase();
  if (name === undefined || name === '') return false;
  const isAddress = name.startsWith('[') ? isIP(name.slice(1, -1)) === 6 : isIP(name) === 4;
  return isAddress || name === 'localhost' || name.endsWith('.localhost') || hosts.has(name);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
