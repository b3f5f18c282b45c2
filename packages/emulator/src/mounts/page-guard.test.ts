import { request } from 'node:http';
import RPCClient from '@alicloud/pop-core';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator, type Emulator } from '../emulator.js';
import { alicloudClient } from '../mns/test-support/alicloud-client.js';
import { listen, type EmulatorServer } from './http.js';
import { mswHandlers } from './msw.js';

const NAMED = 'http://localhost:3000';

let emulator: Emulator;
let server: EmulatorServer;

beforeEach(async () => {
  emulator = createEmulator({ seed: 'pages' });
  server = await listen(emulator, { cors: [NAMED], admin: { hosts: ['emulator.corp.example.com'] } });
});
afterEach(() => server.close());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

function send(headers: Readonly<Record<string, string>>, method = 'GET', path = '/queues'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = server;
    const sent = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => (text += chunk));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text, headers: reply.headers }));
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? 'Action=ListProjects' : undefined);
  });
}

/** What a browser sends by itself, to an address where it tells little. */
const BROWSER = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)', 'Accept-Language': 'en-US,en;q=0.9' };

const wasLetIn = ({ text }: Answer): boolean => /<Code>|"Code"|MissingAuthorizationHeader/.test(text);

describe('a request of a page', () => {
  it.each<[string, Record<string, string>]>([
    ['of another site', { Origin: 'https://evil.example' }],
    ['of another port of this machine', { Origin: 'http://localhost:5173' }],
    ['of a file', { Origin: 'null' }],
    ['of an origin that begins as a named one', { Origin: `${NAMED}.evil.example` }],
    ['of a named origin in other words', { Origin: `${NAMED}/` }],
    ['of another site, as an image', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }],
    ['of a neighbour', { 'Sec-Fetch-Site': 'same-site' }],
    ['of a named origin that sends none, as an image', { 'Sec-Fetch-Site': 'same-site', Referer: `${NAMED}/` }],
    ['at an address where browsers tell little', { Host: '192.0.2.7:9324', ...BROWSER }],
    ['at a container’s name', { Host: 'emulator:9324', ...BROWSER, 'Accept-Language': '*' }],
    ['at a name that was pointed here', { Host: 'evil.com:9324', ...BROWSER }],
    ['there, which sends itself', { Host: 'evil.com:9324', Origin: 'http://evil.com:9324' }],
    ['there, and over TLS', { Host: 'evil.com', 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' }],
    ['there, disguised as a program', { Host: 'evil.com', 'User-Agent': 'node', 'Accept-Language': '*' }],
    ['there, in a language of nothing', { Host: 'evil.com', 'User-Agent': 'node', 'Accept-Language': '' }],
    [
      'at the service’s name',
      { Host: '1.mns.cn-beijing.aliyuncs.com', Origin: 'http://1.mns.cn-beijing.aliyuncs.com' },
    ],
  ])('is refused by both services, whatever it is: %s', async (_, headers) => {
    for (const [method, path] of [
      ['GET', '/queues'],
      ['GET', '/?Action=ListProjects'],
      ['POST', '/'],
      ['PUT', '/queues/q'],
      ['DELETE', '/queues/q'],
      ['OPTIONS', '/queues/q'],
    ] as const) {
      const more = method === 'OPTIONS' ? { 'Access-Control-Request-Method': 'PUT' } : {};
      const reply = await send({ ...headers, ...more }, method, path);
      expect([method, path, reply.status]).toEqual([method, path, 403]);
      expect(reply.text).toMatch(/^ORIGIN_REFUSED: /);
      expect(JSON.stringify(reply.headers)).not.toMatch(/access-control/i);
    }
    expect(emulator.journal.length).toBe(0);
    expect(emulator.hints()).toMatchObject([{ code: 'page-refused' }]);
  });

  it('of a named origin is let in, and asked before as CORS wants it', async () => {
    const asked = await send(
      {
        Origin: NAMED,
        'Sec-Fetch-Site': 'same-site',
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'authorization,x-mns-version',
        'Access-Control-Request-Private-Network': 'true',
      },
      'OPTIONS',
    );
    expect(asked).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': NAMED,
        'access-control-allow-headers': 'authorization,x-mns-version',
        'access-control-allow-methods': expect.stringContaining('PUT'),
        'access-control-allow-private-network': 'true',
        vary: 'Origin',
      },
    });
    const answered = await send({ Origin: NAMED, 'Sec-Fetch-Site': 'cross-site' });
    expect(wasLetIn(answered)).toBe(true);
    expect(answered.headers).toMatchObject({
      'access-control-allow-origin': NAMED,
      'access-control-expose-headers': '*',
    });
    expect((await send({ Origin: NAMED }, 'GET', '/_emulator/health')).status).toBe(403);
    expect(emulator.hints()).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['that was typed', { ...BROWSER, 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' }],
    ['of its own', { ...BROWSER, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' }],
    ['of its own, at a known name', { Host: 'emulator.corp.example.com', Origin: 'https://emulator.corp.example.com' }],
  ])('may be one %s', async (_, headers) => {
    expect(wasLetIn(await send(headers))).toBe(true);
  });
});

describe('a program', () => {
  it.each<[string, Record<string, string>]>([
    ['1000000000000001.mns.cn-beijing.aliyuncs.com', {}],
    ['1000000000000001.mns.cn-beijing-internal-vpc.aliyuncs.com', {}],
    ['imm.cn-beijing.aliyuncs.com', {}],
    ['emulator:9324', {}],
    ['emulator.corp.example.org:9324', {}],
    ['mns.test', {}],
    ['192.0.2.7', {}],
    ['evil.com', { 'User-Agent': 'aliyun-sdk-java/1.1.9' }],
    // Node.js's fetch, Deno's, and a shell of Windows.
    ['emulator.corp.example.org', { 'Accept-Language': '*', 'Sec-Fetch-Mode': 'cors', 'User-Agent': 'node' }],
    ['emulator', { 'Accept-Language': '*', 'User-Agent': 'Deno/2.0' }],
    ['localhost', { 'User-Agent': 'Mozilla/5.0 (Windows NT) WindowsPowerShell/5.1' }],
    ['localhost', { 'Accept-Language': 'de', 'User-Agent': 'curl/8' }],
  ])('is let in at %s with %j', async (Host, headers) => {
    for (const method of ['GET', 'POST', 'PUT', 'OPTIONS']) {
      expect([method, wasLetIn(await send({ Host, ...headers }, method))]).toEqual([method, true]);
    }
    expect(emulator.hints()).toEqual([]);
  });

  it('is let in that is made with fetch', async () => {
    const reply = await fetch(`${server.endpoint}/queues`, { method: 'POST', body: 'x' });
    expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining('<Code>')]);
  });
});

it('lets a test in that is itself like a page: msw has no door', async () => {
  const { accountId, accessKeyId, accessKeySecret } = emulator;
  // Whatever is asked here looks as if a page of this origin had asked.
  const network = setupServer(
    http.all('*', ({ request: asked }) => {
      asked.headers.set('Origin', 'http://localhost');
      asked.headers.set('Sec-Fetch-Site', 'cross-site');
    }),
    ...mswHandlers(emulator),
    http.all('*', () => HttpResponse.error()),
  );
  network.listen();
  onTestFinished(() => network.close());
  const mns = alicloudClient(accountId, { region: 'cn-beijing', accessKeyId, accessKeySecret });
  expect(await mns.createQueue('q')).toMatchObject({ code: 201 });
  const imm = new RPCClient({
    endpoint: 'https://imm.cn-beijing.aliyuncs.com',
    apiVersion: '2017-09-06',
    accessKeyId,
    accessKeySecret,
  });
  expect(await imm.request('PutProject', { Project: 'p' })).toMatchObject({ Project: 'p' });
});

describe('the option cors', () => {
  it.each([
    ['*'],
    ['null'],
    ['localhost:3000'],
    ['http://localhost:3000/'],
    ['http://LOCALHOST:3000'],
    ['http://localhost:80'],
    ['ftp://x'],
    [''],
    [5],
  ])('refuses %j, which is no origin as browsers write it', async (origin) => {
    await expect(listen(createEmulator(), { cors: [origin as string] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('cors: expected a list of origins such as http://localhost:3000'),
    });
  });

  it('refuses what is no list', async () => {
    await expect(listen(createEmulator(), { cors: NAMED as unknown as string[] })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});
