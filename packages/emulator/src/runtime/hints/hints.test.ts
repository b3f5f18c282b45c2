import { createServer, request as forward, type Server } from 'node:http';
import RPCClient from '@alicloud/pop-core';
import { SteerableClock, SystemClock, VirtualClock, type WireRequest } from '@mnsbus/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../emulator.js';
import { acs3Request } from '../../imm/test-support/acs3-request.js';
import { acs3StringToSign, signAcs3 } from '../../imm/rpc/signature-acs3.js';
import { mnsSignature } from '../../mns/rest/signature.js';
import { alicloudClient, field, type SdkClient } from '../../mns/test-support/alicloud-client.js';
import { listen } from '../../mounts/http.js';
import type { Hint } from './hint.js';
import { MAX_HINTS_OF_A_CODE, MAX_HINT_TEXT } from './hints.js';
import { UNRECEIVED_MS } from './unreceived-queues.js';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface World {
  readonly emulator: Emulator;
  readonly endpoint: string;
  /** Told one by one. */
  readonly told: readonly Hint[];
  readonly client: (options?: { readonly endpoint?: string; readonly accountId?: string }) => SdkClient;
  readonly imm: (endpoint?: string) => RPCClient;
}

async function serve(options: EmulatorOptions = {}): Promise<World> {
  const told: Hint[] = [];
  const emulator = createEmulator({ onHint: (hint) => told.push(hint), ...options });
  const server = await listen(emulator);
  closers.push(() => server.close());
  const { endpoint } = server;
  const { accountId, accessKeyId, accessKeySecret } = emulator;
  const keys = { accessKeyId, accessKeySecret };
  return {
    emulator,
    endpoint,
    told,
    client: (other = {}) =>
      alicloudClient(other.accountId ?? accountId, { endpoint: other.endpoint ?? endpoint, ...keys }),
    imm: (at = endpoint) => new RPCClient({ endpoint: at, apiVersion: '2017-09-06', ...keys }),
  };
}

/** The machine's time, off by so many milliseconds. */
function clockOff(offsetMs: number): SteerableClock {
  return new SteerableClock({ mode: 'offset', startMs: new SystemClock().now() + offsetMs });
}

/** A proxy before an emulator that changes requests on their way; gives its base URL. */
async function proxy(target: string, change: { path?: (path: string) => string; host?: string }): Promise<string> {
  const server: Server = createServer((incoming, outgoing) => {
    const path = change.path?.(incoming.url ?? '/') ?? incoming.url ?? '/';
    const headers = { ...incoming.headers, ...(change.host === undefined ? {} : { host: change.host }) };
    const onward = forward(`${target}${path}`, { method: incoming.method ?? 'GET', headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const failed = (call: Promise<unknown>): Promise<unknown> => expect(call).rejects.toThrow(/./);

const convert = (imm: RPCClient, NotifyEndpoint: string): Promise<unknown> =>
  imm.request('CreateOfficeConversionTask', {
    Project: 'demo',
    SrcUri: 'oss://bucket/a.docx',
    TgtUri: 'oss://bucket/out',
    TgtType: 'pdf',
    NotifyTopicName: 't',
    NotifyEndpoint,
  });

const subscribe = (
  mns: SdkClient,
  format: string,
  endpoint = 'acs:mns:cn-beijing:1000000000000001:queues/q',
): Promise<unknown> => {
  const body = `<Subscription><Endpoint>${endpoint}</Endpoint><NotifyContentFormat>${format}</NotifyContentFormat></Subscription>`;
  return mns.put(`/topics/t/subscriptions/s-${format.toLowerCase()}`, 'Subscription', body);
};

describe('in normal use', () => {
  it('nothing is said: queues that are read, topics that are subscribed to, errors of every day', async () => {
    const { emulator, told, client, imm } = await serve({ imm: { durationMs: 0, events: { publishLagMs: 0 } } });
    const mns = client();
    await mns.createQueue('q');
    await mns.createTopic('t');
    await subscribe(mns, 'JSON');
    await imm().request('PutProject', { Project: 'demo' });
    await convert(imm(), 'http://1000000000000001.mns.cn-beijing.aliyuncs.com/');
    const event = await mns.receiveMessage('q', 10);
    await mns.deleteMessage('q', String(field(event.body, 'ReceiptHandle')));
    for (const text of ['plain', '', '{"json": true}', 'abcdefghijklmnop', '0123456789012345', 'deadbeef'.repeat(4)]) {
      await mns.publishMessage('t', { MessageBody: text }).catch(() => {});
    }
    // Base64 is the usual thing in a queue.
    await mns.sendMessage('q', { MessageBody: Buffer.from('a text of some length').toString('base64') });
    await failed(mns.getQueueAttributes('no-such-queue'));
    await failed(mns.receiveMessage('no-such-queue'));
    await failed(mns.deleteMessage('q', 'no-handle'));
    await failed(imm().request('GetProject', { Project: 'none' }));
    const wrong = { endpoint: 'unused' };
    await failed(
      alicloudClient('1000000000000001', {
        ...wrong,
        endpoint: (await serve()).endpoint,
        accessKeyId: 'emuKey',
        accessKeySecret: 'wrong',
      }).createQueue('q'),
    );
    expect(told).toEqual([]);
    expect(emulator.hints()).toEqual([]);
  });
});

describe('signed-for-elsewhere', () => {
  it('is said of an endpoint with a path', async () => {
    const { told, client, endpoint } = await serve();
    await failed(client({ endpoint: `${endpoint}/mns/api` }).createQueue('q'));
    expect(told).toMatchObject([{ code: 'signed-for-elsewhere', subject: 'path /mns/api' }]);
  });

  it('is said of a proxy that rewrites the path after the client has signed it', async () => {
    const { told, client, endpoint } = await serve();
    const through = await proxy(endpoint, { path: (path) => path.replace('/queues', '/%71ueues') });
    await client().createQueue('q');
    await failed(client({ endpoint: through }).getQueueAttributes('q'));
    expect(told).toMatchObject([
      { code: 'signed-for-elsewhere', message: 'A client signed /queues/q, and its request arrived as /%71ueues/q.' },
    ]);
  });

  it('is said of a key that belongs to another account than the host', async () => {
    const { told, endpoint, emulator, client } = await serve({
      accounts: [{ accountId: '42', accessKeys: [{ accessKeyId: 'other', accessKeySecret: 's' }] }],
    });
    const through = await proxy(endpoint, { host: `42.mns.cn-beijing.aliyuncs.com` });
    await failed(client({ endpoint: through }).createQueue('q'));
    expect(told).toMatchObject([
      {
        code: 'signed-for-elsewhere',
        message: `A request for account 42 was signed with a key of account ${emulator.accountId}.`,
      },
    ]);
  });

  it('is said of a newer signature for another host', async () => {
    const { told, emulator } = await serve();
    const date = `${new Date(new SystemClock().now()).toISOString().slice(0, 19)}Z`;
    const headersFor = (host: string): [string, string][] => [
      ['host', host],
      ['x-acs-action', 'ListProjects'],
      ['x-acs-content-sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      ['x-acs-date', date],
      ['x-acs-signature-nonce', 'n'],
      ['x-acs-version', '2020-09-30'],
    ];
    const signedHeaders = headersFor('').map(([name]) => name);
    const request = (host: string, more: readonly [string, string][]): WireRequest => ({
      method: 'POST',
      target: '/',
      headers: [...headersFor(host), ...more],
      body: new Uint8Array(),
      signal: new AbortController().signal,
    });
    const signature = signAcs3(
      acs3StringToSign(request('imm.cn-shanghai.aliyuncs.com', []), signedHeaders),
      emulator.accessKeySecret,
    );
    const authorization = `ACS3-HMAC-SHA256 Credential=${emulator.accessKeyId},SignedHeaders=${signedHeaders.join(';')},Signature=${signature}`;
    const good = await emulator.handle(request('imm.cn-shanghai.aliyuncs.com', [['authorization', authorization]]));
    expect([good.status, told]).toEqual([200, []]);
    const reply = await emulator.handle(request('127.0.0.1:9324', [['authorization', authorization]]));
    expect(reply.status).toBe(400);
    expect(told).toMatchObject([
      {
        code: 'signed-for-elsewhere',
        message:
          'A client signed for the host imm.cn-shanghai.aliyuncs.com, and its request arrived for 127.0.0.1:9324.',
      },
    ]);
  });

  it.each(['/queues/a%2Bb', '/queues/q%', '/queues/%ZZ?x=%', '*', '//', ''])(
    'does not stumble over the target %j',
    async (target) => {
      const emulator = createEmulator();
      const headers: [string, string][] = [
        ['date', new Date(new SystemClock().now()).toUTCString()],
        ['x-mns-version', '2015-06-06'],
        ['host', 'x'],
      ];
      const accessKeySecret = emulator.accessKeySecret;
      const signature = mnsSignature({ method: 'GET', resource: 'else', headers, accessKeySecret });
      const authorization: [string, string] = ['authorization', `MNS ${emulator.accessKeyId}:${signature}`];
      const reply = await emulator.handle({
        method: 'GET',
        target,
        headers: [...headers, authorization],
        body: new Uint8Array(),
        signal: new AbortController().signal,
      });
      expect(reply.status).toBeLessThan(500);
      emulator.close();
    },
  );
});

describe('wrong-secret and unknown-key', () => {
  it('are said once for each key, of both services and of every way to sign', async () => {
    const { told, endpoint, emulator } = await serve({
      accounts: [
        {
          accountId: '42',
          accessKeys: [
            { accessKeyId: 'old', accessKeySecret: 's', inactive: true },
            { accessKeyId: 'k', accessKeySecret: 's' },
          ],
        },
      ],
    });
    const call = async (accessKeyId: string, accessKeySecret = 'wrong'): Promise<void> => {
      const keys = { accessKeyId, accessKeySecret };
      await failed(alicloudClient(emulator.accountId, { endpoint, ...keys }).createQueue('q'));
      await failed(new RPCClient({ endpoint, apiVersion: '2017-09-06', ...keys }).request('ListProjects', {}));
    };
    for (const accessKeyId of ['emuKey', 'nobody', 'emuKey', 'nobody', 'somebody']) await call(accessKeyId);
    await call('old', 's');
    const key = { accessKeyId: 'acs3-nobody', accessKeySecret: 'x' };
    const nowMs = new SystemClock().now();
    await emulator.handle(acs3Request('ListProjects', {}, nowMs, { key }));
    await emulator.handle(acs3Request('ListProjects', {}, nowMs, { key: { accessKeyId: 'k', accessKeySecret: 'x' } }));
    const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '');
    await emulator.handle({
      method: 'GET',
      target: '/queues',
      headers: [
        ['host', 'x'],
        ['date', new Date(nowMs).toUTCString()],
        ['x-mns-version', '2015-06-06'],
        ['authorization', `MNS4-HMAC-SHA256 Credential=v4-nobody/${day}/cn-beijing/mns/aliyun_v4_request,Signature=x`],
      ],
      body: new Uint8Array(),
      signal: new AbortController().signal,
    });
    expect(told.map(({ code, subject }) => [code, subject])).toEqual([
      ['wrong-secret', 'secret of access key emuKey'],
      ['unknown-key', 'access key nobody'],
      ['unknown-key', 'access key somebody'],
      ['unknown-key', 'access key old'],
      ['unknown-key', 'access key acs3-nobody'],
      ['wrong-secret', 'secret of access key k'],
      ['unknown-key', 'access key v4-nobody'],
    ]);
    expect(told[3]?.message).toContain('which is switched off');
    expect(JSON.stringify(told)).not.toContain(emulator.accessKeySecret);
  });

  it('are not said where something else explains it', async () => {
    const { told, client, endpoint } = await serve();
    const through = await proxy(endpoint, { path: (path) => path.replace('/queues', '/%71ueues') });
    await failed(client({ endpoint: through }).getQueueAttributes('q'));
    expect(told.map(({ code }) => code)).toEqual(['signed-for-elsewhere']);
  });
});

describe('topic-missing', () => {
  it('is said of an event for a topic that does not exist, once for each', async () => {
    const { emulator, told, imm, endpoint } = await serve({
      imm: { durationMs: 0, events: { publishLagMs: 0 } },
      resources: { projects: [{ name: 'demo' }] },
    });
    await convert(imm(), endpoint);
    await convert(imm(), 'http://1000000000000001.mns.cn-beijing.aliyuncs.com/');
    await expect
      .poll(() => told)
      .toMatchObject([{ code: 'topic-missing', subject: 'topics/t of 1000000000000001 in cn-beijing' }]);
    await expect.poll(() => emulator.journal.entries('event-lost'), { timeout: 20_000 }).toHaveLength(2);
    expect(emulator.hints()).toHaveLength(1);
  });
});

describe('queue-missing and push-refused', () => {
  it('are said of what a topic cannot deliver, once for each subscription or host', async () => {
    const { told, client } = await serve();
    const mns = client();
    await mns.createTopic('t');
    await subscribe(mns, 'JSON', 'acs:mns:cn-beijing:1000000000000001:queues/nowhere');
    await subscribe(mns, 'XML', 'http://web.test:8080/hook');
    await subscribe(mns, 'SIMPLIFIED', 'http://127.0.0.1:9/hook');
    await mns.publishMessage('t', { MessageBody: 'm' });
    await mns.publishMessage('t', { MessageBody: 'm' });
    await expect.poll(() => told).toHaveLength(2);
    expect(told).toMatchObject([
      {
        code: 'queue-missing',
        subject: 'topics/t/subscriptions/s-json',
        message: expect.stringContaining('queue nowhere,'),
      },
      { code: 'push-refused', subject: 'pushes to web.test', advice: expect.stringContaining('push.hosts') },
    ]);
  });
});

describe('tunnel-refused', () => {
  it('is said of a client that takes the emulator for a proxy of https', async () => {
    const { told, endpoint } = await serve();
    for (let times = 0; times < 2; times += 1) {
      await new Promise<void>((resolve, reject) => {
        const { hostname, port } = new URL(endpoint);
        const asked = forward({
          host: hostname,
          port,
          method: 'CONNECT',
          path: 'imm.cn-beijing.aliyuncs.com:443',
          agent: false,
        });
        asked.once('connect', (_, socket) => {
          socket.destroy();
          resolve();
        });
        asked.once('error', reject);
        asked.end();
      });
    }
    expect(told).toMatchObject([{ code: 'tunnel-refused', subject: 'tunnel to imm.cn-beijing.aliyuncs.com:443' }]);
  });
});

describe('base64-through-json', () => {
  it('is said once for each subscription that gets base64 of a text in JSON', async () => {
    const { told, client } = await serve();
    const mns = client();
    await mns.createQueue('q');
    await mns.createTopic('t');
    await subscribe(mns, 'SIMPLIFIED');
    const encoded = Buffer.from('Grüße, 你好: a text').toString('base64');
    await mns.publishMessage('t', { MessageBody: encoded });
    expect(told).toEqual([]);
    await subscribe(mns, 'JSON');
    await mns.publishMessage('t', { MessageBody: encoded });
    await mns.publishMessage('t', { MessageBody: encoded });
    expect(told).toMatchObject([{ code: 'base64-through-json', subject: 'topics/t/subscriptions/s-json' }]);
    // It looks, and changes nothing.
    expect(field((await mns.receiveMessage('q')).body, 'MessageBody')).toBe(encoded);
  });
});

describe('topic-without-subscription', () => {
  it('is said of a message for nobody, but not of one that a filter keeps away', async () => {
    const { told, client } = await serve();
    const mns = client();
    await mns.createQueue('q');
    await mns.createTopic('t');
    await mns.createTopic('filtered');
    const endpoint = 'acs:mns:cn-beijing:1000000000000001:queues/q';
    await mns.put(
      '/topics/filtered/subscriptions/s',
      'Subscription',
      `<Subscription><Endpoint>${endpoint}</Endpoint><FilterTag>x</FilterTag></Subscription>`,
    );
    await mns.publishMessage('filtered', { MessageBody: 'hi' });
    expect(told).toEqual([]);
    await mns.publishMessage('t', { MessageBody: 'hi' });
    await mns.publishMessage('t', { MessageBody: 'hi' });
    expect(told).toMatchObject([{ code: 'topic-without-subscription', subject: 'topics/t' }]);
  });
});

describe('queue-without-receiver', () => {
  it('is said of a queue that has had messages for a minute and was never received from', async () => {
    const clock = new VirtualClock(new SystemClock().now());
    const { emulator, told, client } = await serve({ clock });
    const mns = client();
    for (const name of ['read', 'unread', 'gone', 'empty']) await mns.createQueue(name);
    for (const name of ['read', 'unread', 'gone']) await mns.sendMessage(name, { MessageBody: 'm' });
    await mns.receiveMessage('read');
    await mns.deleteQueue('gone');
    await clock.advanceBy(UNRECEIVED_MS - 1);
    expect(emulator.hints()).toEqual([]);
    await clock.advanceBy(1);
    await mns.sendMessage('read', { MessageBody: 'm' });
    await mns.sendMessage('unread', { MessageBody: 'm' });
    expect(told).toMatchObject([
      { code: 'queue-without-receiver', subject: 'queues/unread of 1000000000000001 in cn-beijing', atMs: clock.now() },
    ]);
    expect(emulator.hints()).toEqual(told);
  });

  it('is not said of messages that are still delayed, nor of a queue that somebody looks into', async () => {
    const clock = new VirtualClock(new SystemClock().now());
    const queues = [
      { name: 'delayed' },
      { name: 'later', delaySeconds: 90 },
      { name: 'peeked' },
      { name: 'peeked-many' },
    ];
    const { emulator, client } = await serve({ clock, resources: { queues } });
    const mns = client();
    await mns.sendMessage('delayed', { MessageBody: 'm', DelaySeconds: 3600 });
    for (const name of ['later', 'peeked', 'peeked-many']) await mns.sendMessage(name, { MessageBody: 'm' });
    await mns.peekMessage('peeked');
    await mns.batchPeekMessage('peeked-many', 2);
    await clock.advanceBy(90_000 + UNRECEIVED_MS - 1);
    expect(emulator.hints()).toEqual([]);
    await clock.advanceBy(1);
    expect(emulator.hints()).toMatchObject([{ subject: expect.stringContaining('queues/later') }]);
    await clock.advanceBy(3_600_000);
    expect(emulator.hints().map(({ subject }) => subject.split(' ')[0])).toEqual(['queues/later', 'queues/delayed']);
  });

  it('is said of what was there before a restore, too, but not where somebody has received', async () => {
    const clock = new VirtualClock(new SystemClock().now());
    const first = await serve({
      clock,
      resources: { queues: [{ name: 'old' }, { name: 'tried', visibilityTimeoutSeconds: 1 }] },
    });
    for (const name of ['old', 'tried']) await first.client().sendMessage(name, { MessageBody: 'm' });
    await first.client().receiveMessage('tried');
    const second = await serve({ clock });
    second.emulator.restore(first.emulator.snapshot());
    await clock.advanceBy(UNRECEIVED_MS - 1);
    expect(second.emulator.hints()).toEqual([]);
    await clock.advanceBy(1);
    expect(second.emulator.hints()).toMatchObject([{ subject: expect.stringContaining('queues/old') }]);
  });

  it('remembers nothing of queues that are not there, or not there any more', async () => {
    const clock = new VirtualClock(new SystemClock().now());
    const { emulator, client } = await serve({ clock, resources: { queues: [{ name: 'q' }] } });
    const mns = client();
    await failed(mns.receiveMessage('made-later'));
    await mns.createQueue('made-later');
    await mns.sendMessage('made-later', { MessageBody: 'm' });
    await mns.sendMessage('q', { MessageBody: 'm' });
    emulator.reset();
    await clock.advanceBy(UNRECEIVED_MS);
    expect(emulator.hints()).toEqual([]);
    await mns.createQueue('made-later');
    await mns.sendMessage('made-later', { MessageBody: 'm' });
    await clock.advanceBy(UNRECEIVED_MS);
    expect(emulator.hints()).toMatchObject([{ subject: expect.stringContaining('queues/made-later') }]);
  });

  it('is said when somebody asks, too, though nothing more arrives', async () => {
    const clock = new VirtualClock(new SystemClock().now());
    const { emulator, client } = await serve({ clock, resources: { queues: [{ name: 'q' }] } });
    await client().sendMessage('q', { MessageBody: 'm' });
    await clock.advanceBy(UNRECEIVED_MS);
    expect(emulator.hints()).toMatchObject([{ code: 'queue-without-receiver' }]);
    expect(emulator.hints()).toHaveLength(1);
  });
});

describe('region-mismatch', () => {
  it('is said of a queue or topic that is in another region', async () => {
    const { told, client, endpoint } = await serve({
      resources: { queues: [{ name: 'q', region: 'cn-hangzhou' }], topics: [{ name: 't', region: 'cn-shanghai' }] },
    });
    await failed(client().receiveMessage('q'));
    await failed(client().publishMessage('t', { MessageBody: 'hi' }));
    await failed(client().getQueueAttributes('nowhere'));
    expect(told).toMatchObject([
      {
        code: 'region-mismatch',
        message: 'The queue q was asked for in cn-beijing, where it is not; it is in cn-hangzhou.',
      },
      { code: 'region-mismatch', subject: 'topics/t in cn-beijing' },
    ]);
    const there = await proxy(endpoint, { host: '1000000000000001.mns.cn-hangzhou.aliyuncs.com' });
    expect((await client({ endpoint: there }).getQueueAttributes('q')).code).toBe(200);
    expect(told).toHaveLength(2);
  });

  it('is said of a subscription that names another region, but not of what clients at a bare address write', async () => {
    const { told, client } = await serve();
    const mns = client();
    await mns.createTopic('t');
    await subscribe(mns, 'XML', 'acs:mns:0:127:queues/q');
    expect(told).toEqual([]);
    await subscribe(mns, 'JSON', 'acs:mns:cn-hangzhou:1000000000000001:queues/q');
    expect(told).toMatchObject([{ code: 'region-mismatch', advice: expect.stringContaining('--region cn-hangzhou') }]);
  });

  it.each([
    ['that is in another region', undefined, 'topics/t in cn-beijing'],
    [
      'where the notify endpoint names another one',
      'http://1000000000000001.mns.cn-shanghai.aliyuncs.com/',
      'notify endpoint http://1000000000000001.mns.cn-shanghai.aliyuncs.com/ of topics/t in cn-beijing',
    ],
  ])('is said of an event for a topic %s', async (_, NotifyEndpoint, subject) => {
    const { emulator, told, imm, endpoint } = await serve({
      imm: { durationMs: 0, events: { publishLagMs: 0 } },
      resources: { topics: [{ name: 't', region: 'cn-hangzhou' }], projects: [{ name: 'demo' }] },
    });
    await convert(imm(), NotifyEndpoint ?? endpoint);
    await expect.poll(() => told).toMatchObject([{ code: 'region-mismatch', subject }]);
    expect(emulator.hints()).toHaveLength(1);
  });
});

it('each notify endpoint that is wrong is told of, not only the first', async () => {
  const { emulator, imm } = await serve({
    imm: { durationMs: 0, events: { publishLagMs: 0 } },
    resources: { topics: [{ name: 't' }], projects: [{ name: 'demo' }] },
  });
  const wrong = [
    'http://1000000000000001.mns.cn-shanghai.aliyuncs.com/',
    'http://42.mns.cn-beijing.aliyuncs.com/',
    'https://1000000000000001.mns.cn-hangzhou-internal.aliyuncs.com',
  ];
  for (const endpoint of [...wrong, ...wrong]) await convert(imm(), endpoint);
  await expect.poll(() => emulator.journal.entries('event-lost')).toHaveLength(6);
  expect(emulator.hints().map(({ subject }) => subject)).toEqual(
    wrong.map((endpoint) => `notify endpoint ${endpoint} of topics/t in cn-beijing`),
  );
});

describe('clock-skew', () => {
  it('is said of both services, with how far and which way', async () => {
    const behind = clockOff(-20 * 60_000);
    const { told, client, imm } = await serve({ clock: behind });
    await failed(client().createQueue('q'));
    await failed(imm().request('ListProjects', {}));
    expect(told).toMatchObject([
      {
        code: 'clock-skew',
        subject: 'mns requests',
        message: expect.stringContaining('20 minutes after the emulator’s time'),
      },
      { code: 'clock-skew', subject: 'imm requests', message: expect.stringContaining('20 minutes after') },
    ]);
  });

  it('is not said within the fifteen minutes of the service', async () => {
    const ahead = clockOff(14 * 60_000);
    const { told, client } = await serve({ clock: ahead });
    expect((await client().createQueue('q')).code).toBe(201);
    expect(told).toEqual([]);
  });
});

describe('hints', () => {
  it('are bounded, and a listener that throws changes no answer', async () => {
    const warnings: unknown[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', onWarning);
    const { emulator, client, endpoint } = await serve({
      onHint: () => {
        throw new Error('listener broke');
      },
    });
    for (let index = 0; index < MAX_HINTS_OF_A_CODE + 20; index++) {
      await failed(client({ endpoint: `${endpoint}/p${index}` }).getQueueAttributes('q'));
    }
    expect((await client().createQueue('q')).code).toBe(201);
    expect(emulator.hints()).toHaveLength(MAX_HINTS_OF_A_CODE);
    // Too many of one code leave room for others, and a long name is cut.
    const long = 'k'.repeat(9000);
    await failed(alicloudClient('1', { endpoint, accessKeyId: long, accessKeySecret: 's' }).createQueue('q'));
    const last = emulator.hints().at(-1);
    expect(last).toMatchObject({ code: 'unknown-key', subject: expect.stringMatching(/^access key k+…$/) });
    expect([last?.subject.length, last?.message.length]).toEqual([MAX_HINT_TEXT, MAX_HINT_TEXT]);
    await expect.poll(() => warnings.length).toBeGreaterThan(0);
    process.off('warning', onWarning);
    expect(warnings[0]).toBe('listener broke');
  });

  it('change no answer for a path that nobody can write', async () => {
    const { emulator } = await serve();
    const target = '/queues/\uD800';
    const headers = [
      ['Date', new Date(emulator.clock.now()).toUTCString()],
      ['x-mns-version', '2015-06-06'],
      ['Authorization', 'MNS emuKey:AAAA'],
    ] as const;
    const reply = await emulator.handle({ method: 'GET', target, headers, body: new Uint8Array() });
    expect(Buffer.from(reply.body).toString()).toContain('<Code>SignatureDoesNotMatch</Code>');
  });
});
