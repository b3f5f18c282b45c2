import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RequestBodies, type RequestBody } from './request-body.js';

const KIB = 1024;
const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => once(server.close(), 'close')));
});

interface Sender {
  readonly socket: Socket;
  readonly body: Promise<RequestBody>;
}

/** Begins to read what one client after the other sends. */
async function reading(bodies: RequestBodies, maxBytes = 64 * KIB): Promise<(head: string) => Promise<Sender>> {
  const server = createServer();
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return async (head) => {
    const arrived = once(server, 'request');
    const socket = connect(port, '127.0.0.1', () => socket.write(`POST / HTTP/1.1\r\nHost: h\r\n${head}\r\n\r\n`));
    socket.on('error', () => {});
    sockets.push(socket);
    const [message]: IncomingMessage[] = await arrived;
    if (message === undefined) throw new Error('no request');
    return { socket, body: bodies.read(message, maxBytes) };
  };
}

const write = (socket: Socket, bytes: string): Promise<void> =>
  new Promise((resolve) => void socket.write(bytes, () => resolve()));

describe('A body', () => {
  it('that comes in chunks of one byte costs little more than its bytes, however many they are', async () => {
    const bodies = new RequestBodies(1024 * KIB);
    const { socket, body } = await (await reading(bodies, 512 * KIB))('Transfer-Encoding: chunked');
    const count = 300_000;
    await write(socket, '1\r\nx\r\n'.repeat(count));
    await expect.poll(() => bodies.held).toBeGreaterThan(count);
    expect(bodies.held).toBeLessThanOrEqual(2 * count);
    await write(socket, '0\r\n\r\n');
    const whole = await body;
    expect([whole.state, whole.bytes.length, Buffer.from(whole.bytes).equals(Buffer.alloc(count, 'x'))]).toEqual([
      'whole',
      count,
      true,
    ]);
    whole.release();
    expect(bodies.held).toBe(0);
  });

  it('comes as it was sent, in whatever pieces', async () => {
    const open = await reading(new RequestBodies(1024 * KIB));
    const text = Array.from({ length: 5000 }, (_, index) => String(index)).join(' ');
    const { socket, body } = await open(`Content-Length: ${text.length}`);
    for (let from = 0; from < text.length; from += 997) await write(socket, text.slice(from, from + 997));
    expect(Buffer.from((await body).bytes).toString()).toBe(text);
  });

  it('is kept up to one byte more than is allowed, and read to its end', async () => {
    const bodies = new RequestBodies(1024 * KIB);
    const { socket, body } = await (await reading(bodies, 10 * KIB))(`Content-Length: ${500 * KIB}`);
    await write(socket, 'x'.repeat(500 * KIB));
    expect((await body).bytes).toHaveLength(10 * KIB + 1);
  });

  it('holds nothing when its client has hung up', async () => {
    const bodies = new RequestBodies(1024 * KIB);
    const { socket, body } = await (await reading(bodies))('Content-Length: 60000');
    await write(socket, 'x'.repeat(30_000));
    await expect.poll(() => bodies.held).toBe(30_000);
    socket.destroy();
    expect((await body).state).toBe('hung-up');
    expect(bodies.held).toBe(0);
  });
});

describe('All bodies together', () => {
  it('hold no more than their limit: the largest that has not come whole gives way, and is read to its end', async () => {
    const bodies = new RequestBodies(100 * KIB);
    const open = await reading(bodies);
    const large = await open(`Content-Length: ${60 * KIB}`);
    await write(large.socket, 'x'.repeat(60 * KIB - 1));
    await expect.poll(() => bodies.held).toBeGreaterThan(59 * KIB);
    const middle = await open(`Content-Length: ${50 * KIB}`);
    await write(middle.socket, 'y'.repeat(50 * KIB));
    const whole = await middle.body;
    expect([whole.state, whole.bytes.length]).toEqual(['whole', 50 * KIB]);
    expect(bodies.held).toBeLessThanOrEqual(100 * KIB);
    await write(large.socket, 'x');
    expect((await large.body).state).toBe('no-room');
    whole.release();
    expect(bodies.held).toBe(0);
  });

  it('count those that are in use, which nothing takes away', async () => {
    const bodies = new RequestBodies(100 * KIB);
    const open = await reading(bodies);
    const first = await open(`Content-Length: ${60 * KIB}`);
    await write(first.socket, 'x'.repeat(60 * KIB));
    const whole = await first.body;
    const second = await open(`Content-Length: ${60 * KIB}`);
    await write(second.socket, 'y'.repeat(60 * KIB));
    expect((await second.body).state).toBe('no-room');
    expect(Buffer.from(whole.bytes).equals(Buffer.alloc(60 * KIB, 'x'))).toBe(true);
  });
});
