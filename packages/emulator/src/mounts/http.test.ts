import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { Socket, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEmulator, type Emulator } from '../emulator.js';
import { KEEP_ALIVE_MS, listen, type EmulatorServer } from './http.js';

const servers: EmulatorServer[] = [];

async function serve(handle?: Emulator['handle'], options = {}): Promise<EmulatorServer> {
  const emulator = createEmulator({ seed: 'http' });
  const server = await listen(handle === undefined ? emulator : { ...emulator, handle }, options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Sends bytes as they are and gives back everything until the server hangs up or falls silent on a complete reply. */
function exchange({ port }: EmulatorServer, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (text.includes('</Error>') || text.endsWith('}') || text.startsWith('HTTP/1.1 204')) socket.end();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('listen', () => {
  it('takes any free port, on this machine only, and tells its address', async () => {
    const server = await serve();
    expect(server.host).toBe('127.0.0.1');
    expect(server.port).toBeGreaterThan(0);
    expect(server.endpoint).toBe(`http://127.0.0.1:${server.port}`);
  });

  it('writes an IPv6 address as a URL wants it', async () => {
    const server = await serve(undefined, { host: '::1' });
    expect(server.endpoint).toBe(`http://[::1]:${server.port}`);
  });

  it('says clearly that a port is taken', async () => {
    const { port } = await serve();
    await expect(serve(undefined, { port })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringMatching(
        new RegExp(`cannot listen on 127.0.0.1:${port}: the port is taken.*choose another`),
      ),
    });
  });

  it('says clearly that an address is not of this machine', async () => {
    await expect(serve(undefined, { host: '203.0.113.1' })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: expect.stringContaining('no such address'),
    });
  });

  it.each([[-1], [65_536], [1.5], [Number.NaN]])('refuses the port %s', async (port) => {
    await expect(serve(undefined, { port })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('hands on the request as it stood on the wire', async () => {
    const seen: unknown[] = [];
    const server = await serve(async ({ method, target, headers, body }) => {
      seen.push({ method, target, headers, body: Buffer.from(body).toString('latin1') });
      return { status: 204, headers: [['Content-Type', 'text/xml;charset=utf-8']], body: new Uint8Array() };
    });
    await exchange(
      server,
      'PUT /queues/q/messages?ReceiptHandle=a+b/=%3D&x=%20 HTTP/1.1\r\nHost: h\r\nX-Mns-Version: 2015-06-06\r\nx-mns-Version: 2\r\n' +
        'Content-Length: 3\r\n\r\n\u00ffab',
    );
    expect(seen).toEqual([
      {
        method: 'PUT',
        target: '/queues/q/messages?ReceiptHandle=a+b/=%3D&x=%20',
        headers: [
          ['Host', 'h'],
          ['X-Mns-Version', '2015-06-06'],
          ['x-mns-Version', '2'],
          ['Content-Length', '3'],
        ],
        body: '\u00c3\u00bfa',
      },
    ]);
  });

  it('takes absolute-form targets and chunked bodies', async () => {
    const seen: unknown[] = [];
    const server = await serve(async ({ target, body }) => {
      seen.push([target, Buffer.from(body).toString('utf8')]);
      return { status: 204, headers: [], body: new Uint8Array() };
    });
    await exchange(
      server,
      'POST http://1.mns.cn-beijing.aliyuncs.com/queues/q HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    );
    expect(seen).toEqual([['http://1.mns.cn-beijing.aliyuncs.com/queues/q', 'abcde']]);
  });

  it('writes the reply to the byte: header names, order, no body and no length on 204', async () => {
    const server = await serve(async () => ({
      status: 204,
      headers: [
        ['Server', 'AliyunMQS'],
        ['Location', 'http://h/queues/q'],
        ['x-mns-request-id', 'ABC'],
        ['Connection', 'keep-alive'],
      ],
      body: new Uint8Array(),
    }));
    const reply = await exchange(server, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    const [head = '', body] = reply.split('\r\n\r\n');
    expect(head.split('\r\n').slice(0, 5)).toEqual([
      'HTTP/1.1 204 No Content',
      'Server: AliyunMQS',
      'Location: http://h/queues/q',
      'x-mns-request-id: ABC',
      'Connection: keep-alive',
    ]);
    expect(head).not.toMatch(/content-length|transfer-encoding/i);
    expect(body).toBe('');
  });

  it('adds no header of its own, not even a date', async () => {
    const server = await serve(async () => ({
      status: 200,
      headers: [['Content-Length', '2']],
      body: Buffer.from('{}'),
    }));
    const reply = await exchange(server, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    expect(reply).toContain('Content-Length: 2');
    expect(reply).not.toMatch(/^date:/im);
  });

  it('writes a body of any bytes as it is, from wherever it lies in its buffer', async () => {
    const bytes = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
    const body = bytes.subarray(100, 500);
    const server = await serve(async () => ({ status: 200, headers: [['Content-Length', '400']], body }));
    const reply = await fetch(`${server.endpoint}/queues/q`);
    expect(new Uint8Array(await reply.arrayBuffer())).toEqual(body);
  });

  it.each([
    ['no word about a body', ''],
    ['a length of nothing', 'Content-Length: 0\r\n'],
    ['no chunk but the last', 'Transfer-Encoding: chunked\r\n'],
  ])('takes a request with %s, and the next one on the same connection', async (_, header) => {
    const seen: unknown[] = [];
    const server = await serve(async ({ target, body }) => {
      seen.push([target, body.length]);
      return { status: target === '/2' ? 204 : 202, headers: [['Content-Length', '0']], body: new Uint8Array() };
    });
    const end = header.startsWith('Transfer') ? '0\r\n\r\n' : '';
    const ask = (target: string): string => `DELETE ${target} HTTP/1.1\r\nHost: h\r\n${header}\r\n${end}`;
    const socket = connect(server.port, '127.0.0.1', () => socket.write(ask('/1')));
    const text = await new Promise<string>((resolve) => {
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        if (received.includes(' 204 ')) resolve(received);
        else if (received.includes('\r\n\r\n')) socket.write(ask('/2'));
      });
    });
    socket.destroy();
    expect(text).toMatch(/^HTTP\/1\.1 202 [\s\S]*HTTP\/1\.1 204 /);
    expect(seen).toEqual([
      ['/1', 0],
      ['/2', 0],
    ]);
  });

  it('routes by path and header: a bare GET / is IMM, anything of MNS is MNS', async () => {
    const server = await serve();
    expect(await exchange(server, 'GET /queues/q HTTP/1.1\r\nHost: h\r\n\r\n')).toContain(
      '<Code>MissingAuthorizationHeader</Code>',
    );
    expect(await exchange(server, 'GET / HTTP/1.1\r\nHost: h\r\nx-mns-version: 2015-06-06\r\n\r\n')).toContain(
      'http://mns.aliyuncs.com/doc/v1',
    );
    expect(await exchange(server, 'GET /?Action=GetProject&Format=JSON HTTP/1.1\r\nHost: h\r\n\r\n')).toContain(
      '"Code"',
    );
  });

  it('has every header of a recorded reply on its own, an empty one, too (spec mns §1.6)', async () => {
    const [head = ''] = (await exchange(await serve(), 'GET /queues/q HTTP/1.1\r\nHost: h\r\n\r\n')).split('\r\n\r\n');
    expect(
      head
        .split('\r\n')
        .slice(1)
        .map((line) => line.replace(/(?<=^(?:Date|Content-Length|x-mns-request-id): ).*/, '')),
    ).toEqual([
      'Server: AliyunMQS',
      'Date: ',
      'Content-Type: text/xml;charset=utf-8',
      'Content-Length: ',
      'Connection: keep-alive',
      'x-mns-version: 2015-06-06',
      'x-mns-request-id: ',
      'x-mns-response-format: xml',
      expect.stringMatching(/^x-mns-netty-total-time: \d+$/),
      'x-mns-threadpool-wait-time: 0',
      'x-mns-account-type: ',
    ]);
  });

  describe('when the time of an idle connection is up', () => {
    const OK = { status: 200, headers: [['Content-Length', '2']], body: Buffer.from('{}') } as const;
    const ask = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';

    /** Calls once over a connection; gives both of its ends, and what is to fire the server's timer. */
    async function idle(): Promise<{ client: Socket; timeIsUp: () => void }> {
      const { port } = await serve(async () => OK);
      const accepted: Socket[] = [];
      const note = (message: unknown): void => {
        if (typeof message !== 'object' || message === null || !('socket' in message)) return;
        if (message.socket instanceof Socket && message.socket.localPort === port) accepted.push(message.socket);
      };
      subscribe('net.server.socket', note);
      const client = connect(port, '127.0.0.1', () => client.write(ask));
      await new Promise((resolve) => client.once('data', resolve));
      unsubscribe('net.server.socket', note);
      const [socket] = accepted;
      if (socket === undefined) throw new Error('the server has not accepted the connection');
      // Node adds a second of its own.
      expect(socket.timeout).toBeGreaterThanOrEqual(KEEP_ALIVE_MS);
      return { client, timeIsUp: () => socket.emit('timeout') };
    }

    /** How a connection goes on: with an answer, or with its end. */
    const next = (client: Socket): Promise<string> =>
      new Promise((resolve) => {
        client.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1', 0, 12)));
        client.once('error', ({ message }) => resolve(message));
        client.once('end', () => resolve('end'));
      });

    it('answers a request that has come and is not read yet', async () => {
      const { client, timeIsUp } = await idle();
      const answer = next(client);
      client.write(ask);
      timeIsUp();
      expect(await answer).toBe('HTTP/1.1 200');
      client.destroy();
    });

    it('hangs up where there is none', async () => {
      const { client, timeIsUp } = await idle();
      const end = next(client);
      timeIsUp();
      expect(await end).toBe('end');
      client.destroy();
    });
  });

  it('aborts the request’s signal when the client hangs up', async () => {
    let aborted = (): void => {};
    const gone = new Promise<void>((resolve) => (aborted = resolve));
    let arrived = (): void => {};
    const waiting = new Promise<void>((resolve) => (arrived = resolve));
    const server = await serve(async ({ signal }) => {
      signal?.addEventListener('abort', aborted);
      arrived();
      await gone;
      return { status: 204, headers: [], body: new Uint8Array() };
    });
    const client = request(`${server.endpoint}/queues/q`);
    client.on('error', () => {});
    client.end();
    await waiting;
    client.destroy();
    await gone;
    expect(servers).toHaveLength(1);
  });

  it('gives a signal that has aborted already to who first asks for it after the client hung up', async () => {
    let arrived = (): void => {};
    const waiting = new Promise<void>((resolve) => (arrived = resolve));
    let isGone = (): void => {};
    const gone = new Promise<void>((resolve) => (isGone = resolve));
    let told: (signals: readonly unknown[]) => void = () => {};
    const signals = new Promise((resolve) => (told = resolve));
    const server = await serve(async (message) => {
      if (message.target === '/queues/q') {
        arrived();
        await gone;
        told([message.signal?.aborted, message.signal === message.signal]);
      } else if (message.signal?.aborted !== false) throw new Error('the living have a signal that has not aborted');
      return { status: 200, headers: [['Content-Length', '2']], body: Buffer.from('{}') };
    });
    const client = request(`${server.endpoint}/queues/q`);
    client.on('error', () => {});
    client.end();
    await waiting;
    client.destroy();
    // Whoever gets an answer to a second request knows that the server has seen what happened before the first.
    for (const _ of [1, 2]) expect(await exchange(server, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')).toContain('{}');
    isGone();
    expect(await signals).toEqual([true, true]);
  });

  it('does not abort the signal of a request that was answered', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const server = await serve(async ({ signal }) => {
      signals.push(signal);
      return { status: 200, headers: [['Content-Length', '2']], body: Buffer.from('{}') };
    });
    // The first connection has ended when the second one is answered.
    for (const _ of [1, 2]) await exchange(server, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    expect(signals[0]?.aborted).toBe(false);
  });

  it('gives all requests of a connection one signal, which aborts when the client goes', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    let aborted = (): void => {};
    const gone = new Promise<void>((resolve) => (aborted = resolve));
    const server = await serve(async ({ target, signal }) => {
      signals.push(signal);
      if (target === '/2') {
        signal?.addEventListener('abort', aborted);
        socket.destroy();
        await gone;
      }
      return { status: 200, headers: [['Content-Length', '2']], body: Buffer.from('{}') };
    });
    const ask = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`;
    const socket = connect(server.port, '127.0.0.1', () => socket.write(ask('/1')));
    await new Promise((resolve) => socket.once('data', resolve));
    expect(signals[0]?.aborted).toBe(false);
    expect(await exchange(server, ask('/other'))).toContain('{}');
    socket.write(ask('/2'));
    await gone;
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false, true]);
    expect(signals[2]).toBe(signals[0]);
  });

  it('waits on closing for the replies that it owes', async () => {
    let arrived = (): void => {};
    const waiting = new Promise<void>((resolve) => (arrived = resolve));
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const emulator = createEmulator({ seed: 'owed' });
    const server = await listen({
      handle: async () => {
        arrived();
        await finished;
        return { status: 200, headers: [['Content-Length', '2']], body: Buffer.from('{}') };
      },
      close: () => {
        emulator.close();
        // Not at once, as a service that has something to tidy up before it answers.
        void readFile(fileURLToPath(import.meta.url)).then(finish);
      },
    });
    const reply = exchange(server, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await waiting;
    await server.close();
    expect(await reply).toContain('{}');
  });

  it('says nothing when there is nobody left to answer', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    let answer = (): void => {};
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const server = await serve(async ({ target, signal }) => {
      if (target === '/gone') {
        await new Promise((resolve) => {
          signal?.addEventListener('abort', resolve);
          answer();
        });
      }
      return { status: 200, headers: [['Content-Length', '2']], body: Buffer.from('{}') };
    });
    const client = connect(server.port, '127.0.0.1', () => client.write('GET /gone HTTP/1.1\r\nHost: h\r\n\r\n'));
    await asked;
    client.destroy();
    expect(await exchange(server, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')).toContain('{}');
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it('survives a client that hangs up in the middle of its body, and one that speaks no HTTP', async () => {
    const server = await serve();
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write('PUT /queues/q HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc');
      socket.end();
    });
    await new Promise((resolve) => socket.on('close', resolve).resume());
    expect(await exchange(server, 'nonsense\r\n\r\n')).toContain('400 Bad Request');
    expect(await exchange(server, 'GET /queues/q HTTP/1.1\r\nHost: h\r\n\r\n')).toContain('</Error>');
  });

  it('answers a body that is far too long instead of storing it', async () => {
    let received = 0;
    const server = await serve(async ({ body }) => {
      received = body.length;
      return { status: 400, headers: [['Content-Length', '2']], body: Buffer.from('{}') };
    });
    const length = 40 * 1024 * 1024;
    const reply = await exchange(
      server,
      `POST /queues/q/messages HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`,
    );
    expect(reply).toContain('400');
    expect(received).toBeGreaterThan(8 * 1024 * 1024);
    expect(received).toBeLessThan(9 * 1024 * 1024);
  });

  it('closes although a client never ends its request, and another never reads its reply', async () => {
    const huge = Buffer.alloc(64 * 1024 * 1024);
    const server = await serve(async () => ({
      status: 200,
      headers: [['Content-Length', String(huge.length)]],
      body: huge,
    }));
    const half = connect(server.port, '127.0.0.1', () =>
      half.write('PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab'),
    );
    const deaf = connect(server.port, '127.0.0.1', () => deaf.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n'));
    for (const socket of [half, deaf]) socket.on('error', () => {});
    await new Promise((resolve) => deaf.once('readable', resolve));
    servers.length = 0;
    await server.close();
    half.destroy();
    deaf.destroy();
    expect(half.destroyed && deaf.destroyed).toBe(true);
  });

  it('hangs up on the one request whose handler fails, says so, and serves the next', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    let failing = true;
    const server = await serve(async () => {
      if (failing) throw new Error('a broken handler');
      return { status: 204, headers: [], body: new Uint8Array() };
    });
    expect(await exchange(server, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n').catch(() => '')).toBe('');
    expect(warned).toHaveBeenCalledWith(expect.objectContaining({ message: 'a broken handler' }));
    failing = false;
    expect(await exchange(server, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')).toContain('204');
    warned.mockRestore();
  });

  it('refuses to be a tunnel', async () => {
    const server = await serve();
    const reply = await exchange(server, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n');
    expect(reply).toContain('405 Method Not Allowed');
  });

  it('frees its port on close, idle keep-alive connections or not', async () => {
    const emulator = createEmulator();
    const server = await listen(emulator);
    const idle = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => idle.on('connect', resolve));
    const closed = new Promise((resolve) => idle.on('close', resolve).resume());
    await server.close();
    await closed;
    const again = await listen(createEmulator(), { port: server.port });
    await again.close();
    expect(again.port).toBe(server.port);
  });
});
