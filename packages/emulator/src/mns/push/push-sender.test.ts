import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { generateKeyPairSync } from 'node:crypto';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import forge from 'node-forge';
import { afterEach, describe, expect, it } from 'vitest';
import type { PushRequest } from './push-request.js';
import { sendOverSocket } from './push-sender.js';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

function portOf(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return new Promise((resolve) => {
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
  });
}

const serve = (listener: RequestListener, host?: string): Promise<number> => portOf(createServer(listener), host);
const requestTo = (url: string, body = 'hello'): PushRequest => ({
  url,
  headers: [
    ['Host', new URL(url).host],
    ['x-MNS-Odd', 'a'],
    ['Content-md5', 'X'],
    ['x-mns-tag', '\u00e4\u00b8\u00ad'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Connection', 'keep-alive'],
  ],
  body: Buffer.from(body),
});
const never = new AbortController().signal;

describe('sendOverSocket', () => {
  it('puts exactly the given bytes onto the wire', async () => {
    let received = '';
    const port = await portOf(
      createTcpServer((socket) => {
        socket.setEncoding('latin1').on('data', (text) => {
          received += text;
          if (received.endsWith('hello')) socket.end('HTTP/1.1 204 No Content\r\n\r\n');
        });
      }),
    );
    const url = `http://127.0.0.1:${port}/a%20b?c=d&e`;
    expect(await sendOverSocket(requestTo(url), never)).toEqual({ status: 204 });
    expect(received).toBe(
      [
        'POST /a%20b?c=d&e HTTP/1.1',
        `Host: 127.0.0.1:${port}`,
        'x-MNS-Odd: a',
        'Content-md5: X',
        'x-mns-tag: \u00e4\u00b8\u00ad',
        'Content-Length: 5',
        'Connection: keep-alive',
        '',
        'hello',
      ].join('\r\n'),
    );
  });

  it.each([200, 204, 403, 500])('gives the status %i', async (status) => {
    const port = await serve((message, response) => {
      message.resume();
      response.writeHead(status).end();
    });
    expect(await sendOverSocket(requestTo(`http://127.0.0.1:${port}/`), never)).toEqual({ status });
  });

  it('follows no redirection', async () => {
    const targets: (string | undefined)[] = [];
    const port = await serve((message, response) => {
      targets.push(message.url);
      response.writeHead(302, { Location: '/elsewhere' }).end();
    });
    expect(await sendOverSocket(requestTo(`http://127.0.0.1:${port}/first`), never)).toEqual({ status: 302 });
    expect(targets).toEqual(['/first']);
  });

  it('reaches IPv6 addresses', async () => {
    const port = await serve((_, response) => response.end(), '::1');
    expect(await sendOverSocket(requestTo(`http://[::1]:${port}/`), never)).toEqual({ status: 200 });
  });

  it('makes a connection for each push, and leaves none open', async () => {
    const server = createServer((_, response) => response.end('ok'));
    const port = await portOf(server);
    const ended: Promise<unknown>[] = [];
    server.on('connection', (socket) => ended.push(new Promise((resolve) => socket.once('close', resolve))));
    for (let count = 0; count < 2; count += 1) {
      expect(await sendOverSocket(requestTo(`http://127.0.0.1:${port}/`), never)).toEqual({ status: 200 });
    }
    expect(ended).toHaveLength(2);
    await Promise.all(ended);
  });

  it('rejects when nobody listens', async () => {
    const server = createServer();
    const port = await portOf(server);
    await closing.pop()?.();
    await expect(sendOverSocket(requestTo(`http://127.0.0.1:${port}/`), never)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it.each([
    ['hangs up', ''],
    ['speaks no HTTP', 'nonsense\r\n\r\n'],
    ['changes to another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
    ['breaks its answer off', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc'],
  ])('rejects when the server %s', async (_, answer) => {
    const port = await portOf(
      createTcpServer((socket) => {
        socket.on('error', () => {}).once('data', () => socket.end(answer));
      }),
    );
    await expect(sendOverSocket(requestTo(`http://127.0.0.1:${port}/`), never)).rejects.toThrow(Error);
  });

  it('rejects and hangs up when it is aborted', async () => {
    const abort = new AbortController();
    let hangUp = (): void => {};
    const hungUp = new Promise<void>((resolve) => (hangUp = resolve));
    const port = await serve((message) => {
      message.once('close', hangUp);
      abort.abort();
    });
    const outcome = sendOverSocket(requestTo(`http://127.0.0.1:${port}/`), abort.signal);
    await expect(outcome).rejects.toMatchObject({ name: 'AbortError' });
    await hungUp;
  });

  it('trusts no HTTPS server that nobody vouches for', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
    certificate.serialNumber = '01';
    certificate.validity.notBefore = new Date(0);
    certificate.validity.notAfter = new Date(4_102_444_800_000);
    certificate.setSubject([{ name: 'commonName', value: 'localhost' }]);
    certificate.setIssuer([{ name: 'commonName', value: 'localhost' }]);
    certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
    const cert = forge.pki.certificateToPem(certificate);
    const port = await portOf(createSecureServer({ key: privateKey, cert }, (_, response) => response.end()));
    await expect(sendOverSocket(requestTo(`https://localhost:${port}/`), never)).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });
});
