import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@mnsbus/core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createEmulator } from '../emulator.js';
import { serverCertificate, type ServerCertificate } from '../tls/certificate-store.js';
import { Connections } from './connections.js';
import { listen } from './http.js';

// In the process of a test: nothing that clients do may fail it, or keep it from ending.

let directory = '';
let certificate: ServerCertificate;
const sockets: Socket[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mnsbus-connections-'));
  certificate = await serverCertificate({
    directory,
    hosts: ['localhost'],
    alsoTrusted: [],
    nowMs: new SystemClock().now(),
  });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function open(port: number, bytes: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

/** What keeps this process alive, of the kinds that a server and its connections are of. */
const handles = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((name) => /^(?:TCP|TLS|Timeout)/.test(name));

const CONNECT = 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n';
const STATES = [
  '',
  'GET /',
  CONNECT,
  `${CONNECT}GET / HTTP/1.1\r\n`,
  'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n',
];

describe.each(['http', 'https'])('listen over %s', (scheme) => {
  const serve = (): ReturnType<typeof listen> =>
    listen(createEmulator({ seed: 'connections' }), scheme === 'http' ? {} : { tls: certificate });

  it('ends every connection when it closes, whatever state that is in, and leaves nothing behind', async () => {
    const before = handles().length;
    const server = await serve();
    const opened = await Promise.all(STATES.map((bytes) => open(server.port, bytes)));
    const closed = opened.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)));
    for (const socket of opened) socket.once('end', () => socket.end());
    await server.close();
    await Promise.all(closed);
    await expect.poll(() => handles().length).toBeLessThanOrEqual(before);
  });

  it('hears of the errors of all of them', async () => {
    const unheard = vi.fn<(error: Error) => void>();
    process.on('uncaughtExceptionMonitor', unheard);
    const server = await serve();
    for (let round = 0; round < 5; round += 1) {
      const opened = await Promise.all(STATES.map((bytes) => open(server.port, bytes)));
      for (const socket of opened) socket.resetAndDestroy();
    }
    await server.close();
    process.off('uncaughtExceptionMonitor', unheard);
    expect(unheard).not.toHaveBeenCalled();
  });
});

describe('Connections', () => {
  it('are bounded: one more is closed, which is told once', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const server = createServer();
    const connections = new Connections(server, () => {});
    server.maxConnections = 1;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const first = await open(port, '');
    for (const _ of [1, 2]) await once((await open(port, '')).resume(), 'end');
    connections.notAccepted(Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
    connections.notAccepted(Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
    expect(warned.mock.calls).toEqual([
      ['mns-emulator refuses connections: more than 4096 connections at once'],
      ['mns-emulator refuses connections: accept EMFILE'],
    ]);
    expect(first.destroyed).toBe(false);
    warned.mockRestore();
    const closed = once(server.close(), 'close');
    connections.destroyAll();
    await closed;
  });
});
