import type { WireResponse } from '@mnsbus/core';

/** The replies in the bytes of a connection; what is left over, because it was cut off, is no reply. */
export function repliesIn(bytes: Buffer): readonly WireResponse[] {
  const replies: WireResponse[] = [];
  for (let rest = bytes; ;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return replies;
    const [first = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 'NaN');
    const headers = lines.map((line): readonly [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
    rest = rest.subarray(end + 4);
    // Only tells the client to go on.
    if (status < 200) continue;
    const read = bodyIn(rest, headers);
    if (read === undefined) return replies;
    replies.push({ status, headers, body: read.body });
    rest = read.rest;
  }
}

interface ReadBody {
  readonly body: Buffer;
  readonly rest: Buffer;
}

function bodyIn(bytes: Buffer, headers: WireResponse['headers']): ReadBody | undefined {
  const value = (wanted: string): string | undefined => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  if (value('transfer-encoding') === 'chunked') return chunkedIn(bytes);
  const length = Number(value('content-length') ?? 0);
  return bytes.length < length ? undefined : { body: bytes.subarray(0, length), rest: bytes.subarray(length) };
}

function chunkedIn(bytes: Buffer): ReadBody | undefined {
  const pieces: Buffer[] = [];
  for (let rest = bytes; ;) {
    const end = rest.indexOf('\r\n');
    if (end < 0) return undefined;
    const size = Number.parseInt(rest.subarray(0, end).toString('latin1'), 16);
    const after = end + 2 + size + 2;
    if (!(rest.length >= after)) return undefined;
    if (size === 0) return { body: Buffer.concat(pieces), rest: rest.subarray(after) };
    pieces.push(rest.subarray(end + 2, end + 2 + size));
    rest = rest.subarray(after);
  }
}
