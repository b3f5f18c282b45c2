import type { WireRequest } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';

/** Decoded parameters by their exact names. */
export type RpcParameters = ReadonlyMap<string, string>;

/** What could be read of a request's parameters. */
export interface ReadParameters {
  readonly parameters: RpcParameters;
  /** Whether every name and value was percent-encoded UTF-8; those that were not are left out. */
  readonly complete: boolean;
}

/**
 * Reads the parameters of the query and of a form body.
 *
 * A name that occurs twice keeps its last value, and the body comes after the query (spec imm
 * §1.2). A body that says it is something else than a form is not looked at.
 */
export function readParameters(request: Pick<WireRequest, 'target' | 'headers' | 'body'>): ReadParameters {
  const parameters = new Map<string, string>();
  const complete = [queryOf(request.target), formOf(request)]
    .flatMap((text) => text.split('&'))
    .filter((pair) => pair !== '')
    .map((pair) => readPair(pair, parameters))
    .every((readable) => readable);
  return { parameters, complete };
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

function formOf({ headers, body }: Pick<WireRequest, 'headers' | 'body'>): string {
  const type = headerOf({ headers }, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type !== '' && type !== 'application/x-www-form-urlencoded') return '';
  // One character per byte: the escapes are decoded to bytes first, and the bytes to text after that.
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}

function readPair(pair: string, into: Map<string, string>): boolean {
  const equals = pair.indexOf('=');
  const name = decodeFormText(equals < 0 ? pair : pair.slice(0, equals));
  const value = decodeFormText(equals < 0 ? '' : pair.slice(equals + 1));
  if (name === undefined || value === undefined) return false;
  into.set(name, value);
  return true;
}

/**
 * Decodes form text with one character per byte: `+` is a space, `%XX` a byte, the bytes UTF-8.
 *
 * `undefined` for a broken escape or bytes that are no UTF-8. Replacing those, as browsers do,
 * would map different requests to the same parameters, and one signature would fit them all.
 */
export function decodeFormText(text: string): string | undefined {
  if (/%(?![\dA-Fa-f]{2})|[^\0-\xff]/.test(text)) return undefined;
  const bytes = text
    .replaceAll('+', ' ')
    .replaceAll(/%([\dA-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}
