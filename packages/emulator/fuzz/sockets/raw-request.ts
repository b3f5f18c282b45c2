import type { WireRequest } from '@mnsbus/core';
import type { Draw } from '../drawing/draw.js';
import { mutatedBytes } from '../drawing/hostile-values.js';

const CRLF = '\r\n';

/** The bytes of a request: as a client writes them, or in one of the ways that HTTP allows, forbids or never thought of. */
export function requestBytes(draw: Draw, request: WireRequest): Buffer {
  const { method, target, headers, body } = request;
  const version = draw.once(25) ? draw.one(['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'http/1.1', '']) : 'HTTP/1.1';
  const line = Buffer.from(`${method} ${target} ${version}${CRLF}`, 'utf8');
  const framed = framing(draw, Buffer.from(body));
  const host = headers.some(([name]) => name === 'Host') || draw.once(20) ? [] : [['Host', '127.0.0.1'] as const];
  const all = [...host, ...headers, ...(draw.once(20) ? oddHeaders(draw) : []), ...framed.headers];
  const head = all.map(([name, value]) => `${name}: ${value}${CRLF}`).join('');
  const bytes = Buffer.concat([line, Buffer.from(`${head}${CRLF}`, draw.once(2) ? 'utf8' : 'latin1'), framed.body]);
  return draw.once(10) ? Buffer.from(mutatedBytes(draw, bytes)) : bytes;
}

interface Framed {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

function framing(draw: Draw, body: Buffer): Framed {
  const length = String(body.length);
  return draw.weighted<() => Framed>([
    [12, () => ({ headers: [['Content-Length', length]], body })],
    [4, () => ({ headers: [['Transfer-Encoding', 'chunked']], body: chunked(draw, body) })],
    [
      1,
      () => ({
        headers: [['Content-Length', draw.one(['-1', '1e3', 'x', '', '99', '0', '18446744073709551616'])]],
        body,
      }),
    ],
    [
      1,
      () => ({
        headers: [
          ['Content-Length', length],
          ['Content-Length', draw.one([length, '0'])],
        ],
        body,
      }),
    ],
    [
      1,
      () => ({
        headers: [
          ['Content-Length', length],
          ['Transfer-Encoding', 'chunked'],
        ],
        body: chunked(draw, body),
      }),
    ],
    [
      1,
      () => ({
        headers: [['Transfer-Encoding', draw.one(['gzip', 'chunked, chunked', 'identity', ' chunked'])]],
        body,
      }),
    ],
    [
      1,
      () => ({
        headers: [
          ['Content-Length', length],
          ['Content-Encoding', 'gzip'],
        ],
        body,
      }),
    ],
    [
      1,
      () => ({
        headers: [
          ['Content-Length', length],
          ['Expect', draw.one(['100-continue', 'x'])],
        ],
        body,
      }),
    ],
    [1, () => ({ headers: [], body })],
  ])();
}

function chunked(draw: Draw, body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  const most = draw.one([1, 7, 4096]);
  for (let at = 0; at < Math.min(body.length, 3000);) {
    const size = Math.min(draw.integer(1, most), body.length - at);
    const extension = draw.once(20) ? `;x=${'y'.repeat(draw.one([1, 20_000]))}` : '';
    pieces.push(
      Buffer.from(`${size.toString(16)}${extension}${CRLF}`),
      body.subarray(at, at + size),
      Buffer.from(CRLF),
    );
    at += size;
  }
  const end = draw.one([
    '0\r\n\r\n',
    '0\r\n\r\n',
    '0\r\nX-Trailer: 1\r\n\r\n',
    '',
    'zz\r\n',
    '-1\r\n',
    'ffffffffffffffff\r\n',
  ]);
  return Buffer.concat([...pieces, Buffer.from(end)]);
}

function oddHeaders(draw: Draw): readonly (readonly [string, string])[] {
  return draw.one([
    [['Connection', draw.one(['close', 'keep-alive', 'upgrade', 'Host', ''])]],
    [['Upgrade', 'websocket']],
    [[draw.one(['X Y', '', ':', '\u0000', 'X\t']), '1']],
    [['X', `a\n b`]],
    [['X', 'x'.repeat(draw.one([8000, 20_000]))]],
    Array.from({ length: draw.one([60, 3000]) }, (_, index) => [`X-${index}`, '1'] as const),
    [['Origin', draw.one(['null', 'http://example.com', 'http://127.0.0.1'])]],
    [['Sec-Fetch-Site', 'cross-site']],
    [
      ['Accept-Encoding', 'gzip, br'],
      ['Range', 'bytes=0-1'],
    ],
    [
      ['X-Forwarded-For', '1.2.3.4'],
      ['Forwarded', 'for=x'],
    ],
  ]);
}
