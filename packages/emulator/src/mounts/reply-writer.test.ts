import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { WireResponse } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { afterEach, describe, expect, it } from 'vitest';
import { ReplyWriter, UNREAD_MS } from './reply-writer.js';

const REPLY: WireResponse = { status: 200, headers: [['Content-Length', '2']], body: Buffer.from('{}') };
const UNWRITABLE: WireResponse = { ...REPLY, headers: [['Content-Length', 'two\r\nlines']] };

interface Client {
  readonly socket: Socket;
  readonly response: ServerResponse;
  /** Everything that arrives until the server hangs up or the reply is complete. */
  readonly received: Promise<string>;
}

const servers: Server[] = [];
const clients: Client[] = [];

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => once(server.close(), 'close')));
});

/** A writer, and real connections whose requests have arrived and are not answered yet. */
async function connected(
  count: number,
  failures: unknown[] = [],
  maxUnreadBytes?: number,
): Promise<{ writer: ReplyWriter; clients: Client[] }> {
  const writer = new ReplyWriter((response, cause) => {
    failures.push(cause);
    response.destroy();
  }, maxUnreadBytes);
  const server = createServer();
  servers.push(server);
  server.on('connection', (socket) => writer.connected(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const opened: Client[] = [];
  for (let index = 0; index < count; index += 1) {
    const asked = once(server, 'request');
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n'));
    const received = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        if (text.endsWith('{}')) resolve(text);
      });
      socket.on('close', () => resolve(text));
    });
    const [, response] = await asked;
    opened.push({ socket, response, received });
  }
  clients.push(...opened);
  return { writer, clients: opened };
}

const written = (opened: readonly Client[]): boolean[] => opened.map(({ response }) => response.headersSent);

describe('ReplyWriter', () => {
  it('writes at once to the only connection', async () => {
    const { writer, clients: opened } = await connected(1);
    for (const { response } of opened) writer.write(response, REPLY);
    expect(written(opened)).toEqual([true]);
    expect(await opened[0]?.received).toMatch(/\r\n\r\n\{\}$/);
  });

  it('writes to several connections at the end of the turn, and all of it', async () => {
    const { writer, clients: opened } = await connected(3);
    for (const { response } of opened) writer.write(response, REPLY);
    expect(written(opened)).toEqual([false, false, false]);
    await eventLoopTurn();
    expect(written(opened)).toEqual([true, true, true]);
    for (const { received } of opened) expect(await received).toMatch(/\r\n\r\n\{\}$/);
  });

  it('starts anew in every turn', async () => {
    const { writer, clients: opened } = await connected(2);
    for (const { response } of opened) {
      writer.write(response, REPLY);
      expect(response.headersSent).toBe(false);
      await eventLoopTurn();
      expect(response.headersSent).toBe(true);
    }
  });

  it('counts no connection that has closed', async () => {
    const { writer, clients: opened } = await connected(2);
    const [left, stayed] = opened;
    const closed = left === undefined ? undefined : once(left.response, 'close');
    left?.socket.destroy();
    await closed;
    if (stayed !== undefined) writer.write(stayed.response, REPLY);
    expect(stayed?.response.headersSent).toBe(true);
  });

  it.each([[1], [2]])(
    'tells of a reply that cannot be written, and writes the others (%i connections)',
    async (count) => {
      const failures: unknown[] = [];
      const { writer, clients: opened } = await connected(count, failures);
      for (const [index, { response }] of opened.entries()) writer.write(response, index === 0 ? UNWRITABLE : REPLY);
      const replies = await Promise.all(opened.map(({ received }) => received));
      expect(failures).toEqual([expect.objectContaining({ code: 'ERR_INVALID_CHAR' })]);
      expect(replies.map((text) => text.endsWith('{}'))).toEqual([false, true].slice(0, count));
    },
  );

  it('is settled when every reply that was owed has been read, and not before', async () => {
    const { writer, clients: opened } = await connected(2);
    for (const { response } of opened) writer.owe(response);
    let isSettled = false;
    const settled = writer.settled().then(() => (isSettled = true));
    for (const { response, received } of opened) {
      expect(isSettled).toBe(false);
      writer.write(response, REPLY);
      await received;
    }
    await settled;
    expect(isSettled).toBe(true);
  });

  it('is settled when a client that is owed a reply goes', async () => {
    const { writer, clients: opened } = await connected(1);
    for (const { response } of opened) writer.owe(response);
    const settled = writer.settled();
    for (const { socket } of opened) socket.destroy();
    await expect(settled).resolves.toBeUndefined();
  });

  it('is settled at once when it owes nothing, and waits for nothing that it owes later', async () => {
    const { writer, clients: opened } = await connected(1);
    const settled = writer.settled();
    for (const { response } of opened) writer.owe(response);
    await expect(settled).resolves.toBeUndefined();
  });

  describe('when a client reads nothing', () => {
    const MIB = 1024 * 1024;
    const large = (mebibytes: number): WireResponse => {
      const body = Buffer.alloc(mebibytes * MIB, 'x');
      return { status: 200, headers: [['Content-Length', String(body.length)]], body };
    };
    const unread = async (opened: readonly Client[]): Promise<void> => {
      for (const { socket } of opened) socket.removeAllListeners('data').pause();
      await eventLoopTurn();
    };

    it('has it closed in the end, and lets the next request take its time when all is read', async () => {
      const { writer, clients: opened } = await connected(1);
      await unread(opened);
      const [client] = opened;
      const server = client?.response.socket;
      writer.write(client?.response ?? expect.fail(), large(32));
      expect(server?.timeout).toBe(UNREAD_MS);
      const times: unknown[] = [];
      client?.response.once('finish', () => times.push(server?.timeout));
      client?.socket.resume();
      await expect.poll(() => times).toHaveLength(1);
      // Now that of an idle connection, to which Node adds a second.
      expect(times).not.toContain(UNREAD_MS);
    });

    it('keeps no more than its limit of unread replies: the client that owes most is cut off', async () => {
      const { writer, clients: opened } = await connected(3, [], 64 * MIB);
      await unread(opened);
      for (const [index, { response }] of opened.entries()) writer.write(response, large([24, 40, 24][index] ?? 0));
      await eventLoopTurn();
      expect(opened.map(({ response }) => response.destroyed || response.socket?.destroyed === true)).toEqual([
        false,
        true,
        false,
      ]);
    });
  });
});
