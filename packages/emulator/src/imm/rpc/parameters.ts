import type { WireRequest } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';

/** Decoded parameters by their exact names. */
export type RpcParameters = ReadonlyMap<string, string>;

/** Most parameters of a request, repeated ones included. */
export const MAX_FIELDS = 10_000;

/** Most bytes of query and form together. */
export const MAX_FIELD_BYTES: number = 2 * 1024 * 1024;

/** Longer targets do not come over sockets. */
const MAX_QUERY_BYTES = 65_536;

/** What could be read of a request's parameters. */
export interface ReadParameters {
  readonly parameters: RpcParameters;
  /** Whether every name and value was percent-encoded UTF-8; those that were not are left out. */
  readonly complete: boolean;
  /** What there is too much of: only what comes before it has been read then. */
  readonly excess?: string;
}

/**
 * Reads the parameters of the query and of a form body, in one pass.
 *
 * A name that occurs twice keeps its last value, and the body comes after the query (spec imm
 * §1.2). A body that says it is something else than a form is not looked at.
 */
export function readParameters(request: Pick<WireRequest, 'target' | 'headers' | 'body'>): ReadParameters {
  const parameters = new Map<string, string>();
  const query = queryOf(request.target);
  const form = formOf(request);
  const pairs = new Pairs(parameters);
  if (query.length + form.length > MAX_FIELD_BYTES) {
    // A query of usual length says in which format to answer.
    if (query.length < MAX_QUERY_BYTES) pairs.read(bytesOf(query) ?? NOTHING);
    return { parameters, complete: true, excess: `more than ${MAX_FIELD_BYTES} bytes of parameters` };
  }
  // What is no bytes could not have been sent, so only whoever calls directly loses the whole query by it.
  const queryBytes = bytesOf(query);
  const areFew = pairs.read(queryBytes ?? NOTHING) && pairs.read(form);
  const complete = pairs.areReadable && queryBytes !== undefined;
  return { parameters, complete, ...(areFew ? {} : { excess: `more than ${MAX_FIELDS} parameters` }) };
}

/** The path of a request target, which may be a whole URL when a proxy is in between. */
export function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] ?? '';
  return path === '' ? '/' : path;
}

function queryOf(target: string): string {
  const start = target.indexOf('?');
  return start < 0 ? '' : target.slice(start + 1);
}

function formOf({ headers, body }: Pick<WireRequest, 'headers' | 'body'>): Buffer {
  const type = headerOf({ headers }, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type !== '' && type !== 'application/x-www-form-urlencoded') return NOTHING;
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

const NOTHING = Buffer.alloc(0);
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const PLUS = 0x2b;
const EQUALS = 0x3d;
const BLANK = 0x20;

/** Reads pairs into a map, until there are too many. */
class Pairs {
  readonly #into: Map<string, string>;
  #left = MAX_FIELDS;
  areReadable = true;

  constructor(into: Map<string, string>) {
    this.#into = into;
  }

  /** Reads the pairs of a query or form; `false` when there are more than may be. */
  read(bytes: Buffer): boolean {
    for (let start = 0; start < bytes.length;) {
      const ampersand = bytes.indexOf(AMPERSAND, start);
      const end = ampersand < 0 ? bytes.length : ampersand;
      if (end > start) {
        if (this.#left === 0) return false;
        this.#left -= 1;
        if (!this.#readPair(bytes.subarray(start, end))) this.areReadable = false;
      }
      start = end + 1;
    }
    return true;
  }

  #readPair(pair: Buffer): boolean {
    const equals = pair.indexOf(EQUALS);
    const name = decodeFormBytes(equals < 0 ? pair : pair.subarray(0, equals));
    const value = equals < 0 ? '' : decodeFormBytes(pair.subarray(equals + 1));
    if (name === undefined || value === undefined) return false;
    this.#into.set(name, value);
    return true;
  }
}

/** A text with one character per byte as bytes; `undefined` when it has other characters. */
function bytesOf(text: string): Buffer | undefined {
  return /[^\0-\xff]/.test(text) ? undefined : Buffer.from(text, 'latin1');
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes form text with one character per byte: `+` is a space, `%XX` a byte, the bytes UTF-8.
 *
 * `undefined` for a broken escape or bytes that are no UTF-8. Replacing those, as browsers do,
 * would map different requests to the same parameters, and one signature would fit them all.
 */
export function decodeFormText(text: string): string | undefined {
  const bytes = bytesOf(text);
  return bytes === undefined ? undefined : decodeFormBytes(bytes);
}

function decodeFormBytes(bytes: Buffer): string | undefined {
  const isPlain = !bytes.includes(PERCENT) && !bytes.includes(PLUS);
  const decoded = isPlain ? bytes : unescaped(bytes);
  if (decoded === undefined) return undefined;
  try {
    return UTF8.decode(decoded);
  } catch {
    return undefined;
  }
}

/** The bytes that form text stands for; `undefined` for a broken escape. */
function unescaped(bytes: Buffer): Buffer | undefined {
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    let byte = bytes[at] ?? 0;
    if (byte === PLUS) byte = BLANK;
    else if (byte === PERCENT) {
      byte = hexDigit(bytes[at + 1]) * 16 + hexDigit(bytes[at + 2]);
      if (Number.isNaN(byte)) return undefined;
      at += 2;
    }
    decoded[length] = byte;
    length += 1;
  }
  return decoded.subarray(0, length);
}

/** What a hexadecimal digit stands for; `NaN` for anything else. */
function hexDigit(code: number = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
}
