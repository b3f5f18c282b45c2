import { request } from 'node:http';
import { SteerableClock } from '@mnsbus/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator } from '../../emulator.js';
import { listen, type EmulatorServer } from '../../mounts/http.js';

const TOKEN = 'correct-horse-battery';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

let open: EmulatorServer;
let guarded: EmulatorServer;

beforeAll(async () => {
  const serve = (admin: object): Promise<EmulatorServer> =>
    listen(createEmulator({ clock: new SteerableClock(), seed: 'page' }), { admin });
  open = await serve({});
  guarded = await serve({ token: TOKEN });
});

afterAll(async () => {
  await Promise.all([open.close(), guarded.close()]);
});

/** Sends a path as it is, which `fetch` would tidy up first. */
function call(
  path: string,
  {
    method = 'GET',
    headers = {},
    server = open,
  }: { method?: string; headers?: Record<string, string>; server?: EmulatorServer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, host: '127.0.0.1', path, method, headers, agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => (text += chunk));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const fromElsewhere = { 'X-Forwarded-For': '203.0.113.7' };
const codeOf = ({ text }: Answer): unknown => JSON.parse(text).error?.code;

describe('the files of the page', () => {
  it.each([
    ['/_emulator/ui', 'text/html; charset=utf-8'],
    ['/_emulator/ui/', 'text/html; charset=utf-8'],
    ['/_emulator/ui?from=here', 'text/html; charset=utf-8'],
    ['/_emulator/ui/page.css', 'text/css; charset=utf-8'],
    ['/_emulator/ui/icon.svg', 'image/svg+xml'],
    ['/_emulator/ui/app/main.js', 'text/javascript; charset=utf-8'],
    ['/_emulator/ui/app/views/queues-view.js', 'text/javascript; charset=utf-8'],
    ['/_emulator/ui/libraries/preact.js', 'text/javascript; charset=utf-8'],
    ['/_emulator/ui/libraries/preact-hooks.js', 'text/javascript; charset=utf-8'],
    ['/_emulator/ui/libraries/eventsource-parser.js', 'text/javascript; charset=utf-8'],
  ])('%s is %s, by a policy that lets nothing else in', async (path, type) => {
    const { status, headers, text } = await call(path);
    expect([status, headers['content-type']]).toEqual([200, type]);
    expect(text.length).toBeGreaterThan(100);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self' 'sha256-");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it('have nothing inline but the map of the libraries, and nothing from elsewhere', async () => {
    const { text } = await call('/_emulator/ui');
    const inline = [...text.matchAll(/<script([^>]*)>([^<]+)<\/script>/g)];
    expect(inline.map(([, attributes]) => attributes)).toEqual([' type="importmap"']);
    expect(text).not.toMatch(/\son\w+=|style=|https?:\/\//);
    const { imports } = JSON.parse(inline[0]?.[2] ?? '') as { imports: Record<string, string> };
    for (const path of Object.values(imports)) expect((await call(path)).status).toBe(200);
  });

  it('import one another and the libraries of the map, and nothing else', async () => {
    const seen = new Map<string, string>();
    const { imports } = JSON.parse(/importmap">(.*?)</.exec((await call('/_emulator/ui')).text)?.[1] ?? '') as {
      imports: Record<string, string>;
    };
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      const { status, text } = await call(path);
      seen.set(path, String(status));
      for (const [, name = ''] of text.matchAll(/(?:from|import)\s*["']([^"']+)["']/g)) {
        await visit(name.startsWith('.') ? new URL(name, `http://x${path}`).pathname : (imports[name] ?? name));
      }
    };
    await visit('/_emulator/ui/app/main.js');
    expect(seen.size).toBeGreaterThan(20);
    expect([...seen].filter(([, status]) => status !== '200')).toEqual([]);
  });

  it('are not sent again to who has them', async () => {
    const { headers } = await call('/_emulator/ui/page.css');
    const etag = String(headers['etag']);
    const again = await call('/_emulator/ui/page.css', { headers: { 'If-None-Match': `"other", ${etag}` } });
    expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', etag]);
    expect((await call('/_emulator/ui/page.css', { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
  });

  it('are told of without a body to HEAD', async () => {
    const { status, text, headers } = await call('/_emulator/ui', { method: 'HEAD' });
    expect([status, text, headers['content-type']]).toEqual([200, '', 'text/html; charset=utf-8']);
  });

  it.each(['POST', 'PUT', 'DELETE'])('are not for %s', async (method) => {
    const reply = await call('/_emulator/ui', { method });
    expect([reply.status, codeOf(reply)]).toEqual([405, 'METHOD_NOT_ALLOWED']);
  });

  it.each([
    '/_emulator/ui/nothing.js',
    '/_emulator/ui/../../package.json',
    '/_emulator/ui/app/../../../package.json',
    '/_emulator/ui/app/..%2f..%2f..%2fpackage.json',
    '/_emulator/ui/app/main.js/',
    '/_emulator/ui/app/main.d.ts',
    '/_emulator/ui/app/.tsbuildinfo',
    '/_emulator/ui/%00',
    '/_emulator/ui//etc/passwd',
  ])('are no way to others: %s', async (path) => {
    const reply = await call(path);
    expect([reply.status, codeOf(reply)]).toEqual([404, 'ROUTE_NOT_FOUND']);
  });
});

describe('who may have the page', () => {
  it('is everybody who could have a token, without it: the page asks for it', async () => {
    const asked = { server: guarded, headers: fromElsewhere };
    expect((await call('/_emulator/ui', asked)).status).toBe(200);
    expect((await call('/_emulator/ui/app/main.js', asked)).status).toBe(200);
    for (const path of ['/_emulator/inspect', '/_emulator/uix', '/_emulator/journal/stream', '/_emulator/ui2/']) {
      const reply = await call(path, asked);
      expect([path, reply.status, codeOf(reply)]).toEqual([path, 401, 'TOKEN_REQUIRED']);
    }
  });

  it('is nobody of another machine without a configured token', async () => {
    const reply = await call('/_emulator/ui', { headers: fromElsewhere });
    expect([reply.status, codeOf(reply)]).toEqual([403, 'LOOPBACK_ONLY']);
  });

  it.each([
    ['another host', { Host: 'evil.example' }, 'HOST_REFUSED'],
    ['another origin', { Origin: 'https://evil.example' }, 'ORIGIN_REFUSED'],
    ['a page of another site', { 'Sec-Fetch-Site': 'cross-site' }, 'ORIGIN_REFUSED'],
  ])('is not %s, token or no token', async (_, headers, code) => {
    for (const server of [open, guarded]) {
      const reply = await call('/_emulator/ui', { headers, server });
      expect([reply.status, codeOf(reply)]).toEqual([403, code]);
    }
  });
});
