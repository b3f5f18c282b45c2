import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { WireRequest, WireResponse } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmulator } from '../emulator.js';
import { MAX_BODIES_BYTES, MAX_BODY_BYTES } from './http-door.js';
import { listen, type EmulatorServer } from './http.js';
import { MAX_WAITING } from './pipelines.js';

const servers: EmulatorServer[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(handle: (request: WireRequest) => Promise<WireResponse>): Promise<EmulatorServer> {
  const server = await listen({ ...createEmulator({ seed: 'door' }), handle });
  servers.push(server);
  return server;
}

async function open({ port }: EmulatorServer): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  return { socket, received: () => text };
}

const write = (socket: Socket, bytes: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => void socket.write(bytes, () => resolve()));

const reply = (text: string): WireResponse => ({
  status: 200,
  headers: [['Content-Length', String(text.length)]],
  body: Buffer.from(text),
});

const ask = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`;

describe('Requests of one connection', () => {
  it('are begun one after the other, and answered in order', async () => {
    let running = 0;
    let most = 0;
    const server = await serve(async ({ target }) => {
      running += 1;
      most = Math.max(most, running);
      await eventLoopTurn();
      running -= 1;
      return reply(`<${target}>`);
    });
    const { socket, received } = await open(server);
    const targets = Array.from({ length: 40 }, (_, index) => `/${index}`);
    socket.write(targets.map(ask).join(''));
    await expect.poll(received).toContain('</39>');
    expect(received().match(/<[^>]*>/g)).toEqual(targets.map((target) => `<${target}>`));
    expect(most).toBe(1);
    socket.write(ask('/more'));
    await expect.poll(received).toContain('</more>');
  });

  it('are not read while many wait for the reply to an earlier one, and are all answered after it', async () => {
    let answerFirst = (): void => {};
    const first = new Promise<void>((resolve) => (answerFirst = resolve));
    let answered = 0;
    const server = await serve(async ({ target }) => {
      if (target === '/first') await first;
      answered += 1;
      return reply('{}');
    });
    const { socket, received } = await open(server);
    const one = `GET /next HTTP/1.1\r\nHost: h\r\nX-Padding: ${'x'.repeat(4000)}\r\n\r\n`;
    const count = 8000;
    socket.write(ask('/first'));
    socket.write(one.repeat(count));
    const other = await open(server);
    for (const _ of [1, 2, 3]) {
      other.socket.write(ask('/other'));
      await once(other.socket, 'data');
    }
    // What the buffers of the system do not take stays with the client.
    expect(socket.writableLength).toBeGreaterThan(10 * 1024 * 1024);
    expect(received()).toBe('');
    answerFirst();
    await expect.poll(() => answered).toBe(count + 4);
  });

  it('are too many where a piece holds hundreds: the connection is closed, and nobody else', async () => {
    const server = await serve(() => new Promise(() => {}));
    const { socket } = await open(server);
    const closed = once(socket, 'close');
    const modest = await open(server);
    modest.socket.write(ask('/').repeat(MAX_WAITING));
    socket.write(ask('/').repeat(MAX_WAITING + 2));
    await closed;
    expect(modest.socket.destroyed).toBe(false);
  });
});

describe('Bodies of all connections', () => {
  it('are bounded: who sends little is served, and the largest is refused when it ends', async () => {
    const server = await serve(async ({ body }) => reply(String(body.length)));
    const piece = Buffer.alloc(MAX_BODY_BYTES - 1, 'x');
    const count = MAX_BODIES_BYTES / MAX_BODY_BYTES;
    const hoarders = await Promise.all(Array.from({ length: count + 1 }, () => open(server)));
    for (const { socket } of hoarders) {
      await write(socket, `PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: ${MAX_BODY_BYTES}\r\n\r\n`);
      await write(socket, piece);
    }
    const modest = await open(server);
    modest.socket.write('PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello');
    await expect.poll(modest.received).toMatch(/ 200 OK[^]*\r\n\r\n5$/);
    for (const { socket } of hoarders) socket.write('x');
    await expect.poll(() => hoarders.every(({ received }) => received() !== '')).toBe(true);
    const statuses = hoarders.map(({ received }) => received().slice(9, 12));
    expect(new Set(statuses)).toEqual(new Set(['200', '503']));
    const refused = hoarders.find(({ received }) => received().includes('503'));
    expect(refused?.received()).toMatch(/Retry-After: 1\r\n[^]*exceed 134217728 bytes/);
    // The connection goes on.
    refused?.socket.write('PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi');
    await expect.poll(() => refused?.received() ?? '').toMatch(/ 200 OK[^]*\r\n\r\n2$/);
  });
});
