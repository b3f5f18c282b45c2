import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createGzip, deflateSync, gzipSync } from 'node:zlib';
import { fc, it } from '@fast-check/vitest';
import { describe, expect, onTestFinished } from 'vitest';
import { services, type ServiceWay, type ServiceWayInput } from '../test-support/services.js';

const LIMIT = 10_000;
const KIB = Buffer.alloc(1024, 'a');

const packers = { identity: (bytes: Buffer) => bytes, gzip: gzipSync, deflate: deflateSync } as const;

/** Writes for as long as somebody reads. */
function writeForEver(stream: NodeJS.WritableStream, response: ServerResponse, chunk: Buffer): void {
  const write = (): void => {
    while (!response.destroyed) if (!stream.write(chunk)) return;
  };
  stream.on('drain', write);
  write();
}

/** When the first connection has closed, however it ended. */
async function firstClosed([socket]: readonly Socket[]): Promise<void> {
  if (socket !== undefined && !socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

/** What may come instead of an answer of the service: each more than `LIMIT`. */
const tooLarge: readonly (readonly [string, RequestListener])[] = [
  [
    'a page',
    (_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end(Buffer.alloc(LIMIT + 1)),
  ],
  [
    'a page that says how long it is, and does not come',
    (_, response) =>
      response.writeHead(502, { 'content-type': 'text/html', 'content-length': LIMIT + 1 }).flushHeaders(),
  ],
  [
    'a page of unknown length',
    (_, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).flushHeaders();
      response.end(Buffer.alloc(LIMIT + 1));
    },
  ],
  [
    'a page up to the end of the connection',
    ({ socket }) =>
      void socket.end(`HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n${'a'.repeat(LIMIT + 1)}`),
  ],
  [
    'a page without end',
    (_, response) => writeForEver(response.writeHead(502, { 'content-type': 'text/html' }), response, KIB),
  ],
  ...(['gzip', 'deflate'] as const).map((encoding): readonly [string, RequestListener] => [
    `a page of 4 MiB in ${encoding}`,
    (_, response) =>
      void response
        .writeHead(502, { 'content-type': 'text/html', 'content-encoding': encoding })
        .end(packers[encoding](Buffer.alloc(4 * 1024 * 1024))),
  ]),
  [
    'a page without end in gzip',
    (_, response) => {
      const packer = createGzip();
      packer.pipe(response.writeHead(502, { 'content-type': 'text/html', 'content-encoding': 'gzip' }));
      writeForEver(packer, response, KIB);
    },
  ],
  [
    'nothing in gzip without end',
    (_, response) => {
      response.writeHead(502, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).write(gzipSync(''));
      // Members that are empty: nothing ever comes out.
      writeForEver(response, response, gzipSync(''));
    },
  ],
];

describe.each(Object.entries(services))('A reply of %s', (_, { contentType, unreachable, refusal, replyOf, wayTo }) => {
  /** A server that answers as it is told, the connections to it, and a way there. */
  async function made(
    listener: RequestListener,
    input: Partial<ServiceWayInput> = {},
  ): Promise<{ way: ServiceWay; sockets: readonly Socket[]; answerWith: (next: RequestListener) => void }> {
    let answer = listener;
    const sockets: Socket[] = [];
    const server = createServer((request, response) => {
      request.resume().on('end', () => answer(request, response));
    }).listen(0, '127.0.0.1');
    // What has been refused is broken off.
    server.on('connection', (socket) => sockets.push(socket.on('error', () => {})));
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const way = wayTo({ endpoint, maxReplyBytes: LIMIT, ...input });
    onTestFinished(() => {
      way.close();
      server.closeAllConnections();
      server.close();
    });
    return { way, sockets, answerWith: (next) => (answer = next) };
  }

  const good: RequestListener = (__, response) =>
    void response.writeHead(200, { 'content-type': contentType }).end(replyOf(LIMIT));

  it.each(tooLarge)('that is %s is refused at the limit, and the next one read', async (__, answer) => {
    const { way, sockets, answerWith } = await made(answer);
    await expect(way.ask()).rejects.toMatchObject({
      code: unreachable,
      retryable: true,
      message: expect.stringMatching(/ a reply \(status 502, text\/html\) of more than 10000 bytes\. Check /),
    });
    await firstClosed(sockets);
    answerWith(good);
    await expect(way.ask()).resolves.toBeDefined();
    expect(sockets.length).toBe(2);
  });

  const law = fc.record({
    bytes: fc.oneof(fc.integer({ min: LIMIT - 2, max: LIMIT + 2 }), fc.integer({ min: 100, max: 4 * LIMIT })),
    encoding: fc.constantFrom('identity', 'gzip', 'deflate', 'GZIP'),
    isAnnounced: fc.boolean(),
    keepsAlive: fc.boolean(),
    pieceBytes: fc.integer({ min: 1, max: LIMIT }),
  });

  it('passes when it is within the limit, however it is packed and cut', async () => {
    const { way, answerWith } = await made(good);
    await fc.assert(
      fc.asyncProperty(law, async ({ bytes, encoding, isAnnounced, keepsAlive, pieceBytes }) => {
        const packer = packers[encoding === 'GZIP' ? 'gzip' : encoding];
        const body = packer(Buffer.from(replyOf(bytes)));
        answerWith((__, response) => {
          response.shouldKeepAlive = keepsAlive;
          response.writeHead(200, {
            'content-type': contentType,
            ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
            ...(isAnnounced ? { 'content-length': body.length } : {}),
          });
          const step = Math.max(pieceBytes, Math.ceil(body.length / 50));
          for (let at = 0; at < body.length; at += step) response.write(body.subarray(at, at + step));
          response.end();
        });
        const answer = await way.ask().then(
          () => 'read',
          (error: unknown) => error,
        );
        expect(answer).toEqual(bytes <= LIMIT ? 'read' : expect.objectContaining({ code: unreachable }));
      }),
    );
  });

  it.each(['identity', 'gzip'] as const)('in %s leaves its connection to the next call', async (encoding) => {
    const body = packers[encoding](Buffer.from(replyOf(LIMIT)));
    const headers = { 'content-type': contentType, 'content-encoding': encoding };
    const { way, sockets } = await made((__, response) => void response.writeHead(200, headers).end(body));
    for (let count = 0; count < 5; count += 1) await way.ask();
    expect(sockets.length).toBe(1);
    way.close();
    await firstClosed(sockets);
  });

  it('that refuses leaves its connection to the next call', async () => {
    const { way, sockets } = await made(
      (__, response) => void response.writeHead(403, { 'content-type': contentType }).end(refusal),
    );
    for (let count = 0; count < 5; count += 1) {
      await expect(way.ask()).rejects.toMatchObject({ code: unreachable.replace('UNREACHABLE', 'ERROR') });
    }
    expect(sockets.length).toBe(1);
  });

  it.each<[string, RequestListener]>([
    ['is not packed, though it says so', (__, response) => void response.end('<html>')],
    ['is packed, and not whole', (__, response) => void response.end(gzipSync(replyOf(LIMIT)).subarray(0, 40))],
    [
      'is packed, and breaks off',
      (__, response) => void response.write(gzipSync(replyOf(LIMIT)).subarray(0, 40), () => response.destroy()),
    ],
    ['says that it is packed, and is nothing', (__, response) => void response.end()],
  ])('that %s fails its call at once', async (__, answer) => {
    const { way } = await made((request, response) => {
      response.writeHead(502, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
      answer(request, response);
    });
    await expect(way.ask()).rejects.toMatchObject({
      code: unreachable,
      retryable: true,
      message: expect.not.stringContaining('ReadTimeout'),
    });
  });

  it('that trickles beyond the time-out ends with its connection', async () => {
    const { way, sockets } = await made((__, response) => void response.writeHead(200).write('<'), { timeoutMs: 100 });
    await expect(way.ask()).rejects.toMatchObject({
      code: unreachable,
      message: expect.stringContaining('ReadTimeout'),
    });
    await firstClosed(sockets);
  });

  it.each([
    ['is read', LIMIT, 'read'],
    ['is refused', LIMIT + 1, unreachable],
  ])('of a function %s with %i bytes', async (__, bytes, expected) => {
    const way = wayTo({
      endpoint: 'http://service.test',
      maxReplyBytes: LIMIT,
      handler: async () => ({
        status: 200,
        headers: [['Content-Type', contentType]],
        body: Buffer.from(replyOf(bytes)),
      }),
    });
    const answer = way.ask().then(
      () => 'read',
      (error: Error & { code: string }) => (error.message.includes('more than 10000 bytes') ? error.code : error),
    );
    expect(await answer).toBe(expected);
    way.close();
  });
});
