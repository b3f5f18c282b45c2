import { request } from 'node:http';
import { connect } from 'node:net';
import { SteerableClock } from '@mnsbus/core';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEmulator } from '../emulator.js';
import { listen, type EmulatorServer, type ListenOptions } from '../mounts/http.js';

const servers: EmulatorServer[] = [];
const TOKEN = 'correct-horse-battery';

async function serve(options: ListenOptions = {}): Promise<EmulatorServer> {
  const server = await listen(createEmulator({ clock: new SteerableClock(), seed: 'admin' }), options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends a request with just these headers. */
function call(
  { port }: EmulatorServer,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, host: '127.0.0.1', path: `/_emulator${path}`, method, headers, agent: false },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8');
        reply.on('data', (chunk: string) => (text += chunk));
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Reads the journal's stream: `ended` resolves when the server ends it in order. */
function readStream({ port }: EmulatorServer): { readonly chunks: readonly string[]; readonly ended: Promise<void> } {
  const chunks: string[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    const path = '/_emulator/journal/stream';
    const sent = request({ port, host: '127.0.0.1', path, agent: false }, (reply) => {
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => chunks.push(chunk));
      reply.on('end', resolve);
      reply.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
  return { chunks, ended };
}

const json = { 'Content-Type': 'application/json' };
const codeOf = ({ text }: Answer): unknown => JSON.parse(text).error?.code;

describe('the admin API of a server', () => {
  it('is there for programs of this machine', async () => {
    const server = await serve();
    const reply = await call(server, '/health');
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-mnsbus-admin-api': '1',
    });
    const set = await call(server, '/clock', { method: 'PUT', headers: json, body: '{"mode":"frozen"}' });
    expect(JSON.parse(set.text)).toMatchObject({ mode: 'frozen' });
  });

  it.each([
    ['another origin', { Origin: 'https://evil.example' }, 'ORIGIN_REFUSED'],
    ['another port of this machine', { Origin: 'http://localhost:3000' }, 'ORIGIN_REFUSED'],
    ['an image of another site', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }, 'ORIGIN_REFUSED'],
    ['a name that was pointed here', { Host: 'evil.example:9324' }, 'HOST_REFUSED'],
    ['a proxy', { 'X-Forwarded-For': '203.0.113.7' }, 'LOOPBACK_ONLY'],
  ])('refuses %s, and does nothing', async (_, headers, code) => {
    const server = await serve();
    for (const [method, path, body] of [
      ['GET', '/inspect', ''],
      ['GET', '/openapi.json', ''],
      ['GET', '/journal/stream', ''],
      ['PUT', '/clock', '{"mode":"frozen"}'],
      ['OPTIONS', '/clock', ''],
    ] as const) {
      const reply = await call(server, path, { method, headers: { ...json, ...headers }, body });
      expect([path, reply.status, codeOf(reply)]).toEqual([path, 403, code]);
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(JSON.parse((await call(server, '/clock')).text)).toMatchObject({ mode: 'real' });
  });

  it('refuses who is let in by nobody before it reads a body', async () => {
    const server = await serve();
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write('PUT /_emulator/clock HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000000\r\n\r\n{');
      });
      let seen = '';
      socket.on('data', (chunk) => (seen += chunk.toString()));
      socket.on('close', () => resolve(seen));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('does nothing any more when it closes while a body comes', async () => {
    const emulator = createEmulator({ clock: new SteerableClock(), seed: 'closing' });
    const server = await listen(emulator);
    servers.push(server);
    const head =
      'POST /_emulator/seed HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 28\r\nExpect: 100-continue\r\n\r\n';
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(head));
      let seen = '';
      socket.on('data', (chunk) => {
        seen += chunk.toString();
        if (!seen.endsWith('100 Continue\r\n\r\n')) return;
        server.close().catch(reject);
        socket.write('{"queues":[{"name":"late"}]}');
      });
      socket.on('close', () => resolve(seen));
      socket.on('error', reject);
    });
    expect(text).toMatch(/HTTP\/1\.1 503 [^]*"code":"CLOSED"/);
    expect(emulator.inspect().queues().items).toEqual([]);
  });

  it('asks everybody for the token, which shows nowhere', async () => {
    const warnings = vi.spyOn(process, 'emitWarning');
    const emulator = createEmulator({ seed: 'token' });
    const server = await listen(emulator, { admin: { token: TOKEN } });
    servers.push(server);
    // As a plain forwarder of connections sends them, and as a proxy does.
    expect((await call(server, '/inspect')).status).toBe(401);
    const other = { 'X-Forwarded-For': '203.0.113.7' };
    const without = await call(server, '/inspect', { headers: other });
    expect([without.status, codeOf(without), without.headers['www-authenticate']]).toEqual([
      401,
      'TOKEN_REQUIRED',
      'Bearer',
    ]);
    const wrong = await call(server, '/inspect', { headers: { ...other, Authorization: `Bearer ${TOKEN}x` } });
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'TOKEN_REQUIRED']);
    const right = await call(server, '/inspect', { headers: { ...other, Authorization: `Bearer ${TOKEN}` } });
    expect(right.status).toBe(200);
    const replies = [without, wrong, right].map(({ text, headers }) => JSON.stringify({ text, headers }));
    expect(JSON.stringify([replies, emulator.journal.entries()])).not.toContain(TOKEN);
    expect(warnings).not.toHaveBeenCalled();
    warnings.mockRestore();
  });

  it('answers many wrong tokens with 429, and the right one as ever', async () => {
    const server = await serve({ admin: { token: TOKEN } });
    const replies: Answer[] = [];
    for (let n = 0; n < 20; n += 1)
      replies.push(await call(server, '/health', { headers: { Authorization: `Bearer wrong-token-number-${n}` } }));
    expect(replies.map(({ status }) => status).slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    const last = replies.at(-1);
    expect([last?.status, last === undefined ? undefined : codeOf(last)]).toEqual([429, 'TOO_MANY_WRONG_TOKENS']);
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(last?.headers['retry-after'])).toBeLessThanOrEqual(6);
    expect((await call(server, '/health', { headers: { Authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
  });

  it('is not there when it is switched off: the service answers', async () => {
    const server = await serve({ admin: false });
    const reply = await call(server, '/health');
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.text).toContain('<Code>InvalidRequestURL</Code>');
  });

  it('refuses options out of range', async () => {
    await expect(listen(createEmulator(), { admin: { token: 'short' } })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('leaves the certificate of pushes and everything else to the services', async () => {
    const server = await serve();
    expect((await call(server, '/mns-signing-cert.pem')).text).toContain('BEGIN CERTIFICATE');
    for (const path of ['x/health', '-admin', '%2Fhealth']) {
      expect((await call(server, path)).text).toContain('<Code>');
    }
  });

  it('answers what is no request cleanly', async () => {
    const server = await serve();
    const large = await call(server, '/send', { method: 'POST', headers: json, body: 'x'.repeat(2_000_000) });
    expect([large.status, codeOf(large)]).toEqual([413, 'BODY_TOO_LARGE']);
    const trace = await call(server, '/clock', { method: 'TRACE' });
    expect(trace.status).toBe(400);
    const head = await call(server, '/health', { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect((await call(server, '')).status).toBe(404);
    expect((await call(server, '?x=1')).status).toBe(404);
  });

  it('streams the journal to many at once, and ends the streams when the server closes', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const server = await serve();
    // More than the listeners after which Node suspects a leak.
    const readers = Array.from({ length: 12 }, () => readStream(server));
    const texts = (): readonly string[] => readers.map(({ chunks }) => chunks.join(''));
    await expect.poll(() => texts().every((text) => text.includes('retry: 1000\n\n'))).toBe(true);
    await call(server, '/clock', { method: 'PUT', headers: json, body: '{"mode":"offset"}' });
    await expect.poll(() => texts().every((text) => text.includes('"operation":"set-clock"'))).toBe(true);
    await server.close();
    await Promise.all(readers.map(({ ended }) => ended));
    expect(warnings).toEqual([]);
  });

  it('lets go of a stream whose reader has gone', async () => {
    const server = await serve();
    for (let round = 0; round < 40; round += 1) {
      await new Promise<void>((resolve, reject) => {
        const path = '/_emulator/journal/stream';
        const sent = request({ port: server.port, host: '127.0.0.1', path, agent: false }, (reply) => {
          expect(reply.statusCode).toBe(200);
          reply.once('data', () => reply.destroy());
          reply.once('close', resolve);
        });
        sent.on('error', reject);
        sent.end();
      });
    }
  });
});
