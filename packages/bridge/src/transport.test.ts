import { createServer, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { fc, it } from '@fast-check/vitest';
import { SystemClock, type WireHandler, type WireResponse } from '@mnsbus/core';
import { afterEach, describe, expect } from 'vitest';
import { createBridge } from './bridge.js';
import { MAX_REPLY_BYTES } from './http/reply-limit.js';
import { asMnsbusError } from './mns/mns-error.js';
import { QueueClient, type MessageCopy } from './mns/queue-client.js';
import type { MnsConnection } from './mns/sdk-client.js';
import type { MnsTransport } from './mns/transport.js';
import { mountDirect, mounts, transportOf } from './test-support/mounts.js';
import { QUEUE, countMessages, createQueue, createResources, eventText, publish } from './test-support/resources.js';

const reply = (status: number, contentType: string, text: string): WireResponse => ({
  status,
  headers: [['Content-Type', contentType]],
  body: Buffer.from(text),
});

const HTML = 'text/html';
const PAGE = '<html><body>Bad Gateway</body></html>';

const mnsErrorText = (code: string, hostId: string): string =>
  `<?xml version="1.0" ?>\n<Error xmlns="http://mns.aliyuncs.com/doc/v1"><Code>${code}</Code><Message>m</Message>` +
  `<RequestId>5F8A0B3C1D2E4F5061728394</RequestId><HostId>${hostId}</HostId></Error>`;

/** What may stand in the service's place. No 204 or 304: without body and headers of its own, a status is all they are. */
const foreignAnswer = fc
  .record({
    status: fc.constantFrom(
      200,
      201,
      202,
      301,
      302,
      400,
      401,
      403,
      404,
      405,
      407,
      408,
      409,
      413,
      429,
      500,
      502,
      503,
      504,
    ),
    contentType: fc.constantFrom(
      'text/html',
      'text/xml',
      'application/xml',
      'text/xml;charset=utf-8',
      'application/json',
      'text/plain',
    ),
    text: fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(
        '',
        PAGE,
        '<Error/>',
        '<Error>Forbidden</Error>',
        '<Error><Message>no code</Message></Error>',
        '<Error><Code/><Message/><RequestId/><HostId/></Error>',
        '<Error><Code><b>x</b></Code><Message>m</Message><RequestId>R</RequestId><HostId>http://h</HostId></Error>',
        '<Error><Code>Access Denied!</Code><Message>m</Message><RequestId>R</RequestId><HostId>http://h</HostId></Error>',
        '<Error><Code>AccessDenied</Code><Message>of S3</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>',
        mnsErrorText('NoSuchBucket', 'bucket.oss-cn-hangzhou.aliyuncs.com'),
        mnsErrorText('AccessDenied', 'eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran'),
        mnsErrorText('QueueNotExist', ''),
        mnsErrorText('QueueNotExist', 'http://1.mns.test').slice(0, -9),
        '<Queue/>',
        '<Queues xmlns="http://mns.aliyuncs.com/doc/v1"/>',
        '<Messages><Message/></Messages>',
        '<__proto__><Error/></__proto__>',
        '<a>'.repeat(2000) + '</a>'.repeat(2000),
      ),
    ),
    location: fc.boolean(),
  })
  .map(({ status, contentType, text, location }) => ({
    ...reply(status, contentType, text),
    headers: [['Content-Type', contentType], ...(location ? [['Location', 'http://127.0.0.1:9/login']] : [])] as [
      string,
      string,
    ][],
  }));

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const keys = { accountId: '1', accessKeyId: 'ak', accessKeySecret: 'sk' };

/** The same stand-in for a service behind each transport. */
const transports: Readonly<Record<string, (handle: WireHandler) => Promise<MnsTransport>>> = {
  direct: async (handle) => transportOf({ ...keys, endpoint: 'http://mns.test' }, new SystemClock(), handle),
  socket: async (handle) => {
    const server = createServer((message, response) => {
      const answer = async (): Promise<void> => {
        const { method = '', url = '' } = message;
        const { status, headers, body } = await handle({ method, target: url, headers: [], body: new Uint8Array() });
        response.writeHead(status, headers.flat()).end(body);
      };
      message.resume().on('end', () => void answer());
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return transportOf({ ...keys, endpoint: `http://127.0.0.1:${port}` }, new SystemClock());
  },
};

describe.each(Object.entries(transports))('Over the %s transport', (_, connect) => {
  const delivery: MessageCopy = { body: 'b', priority: 8, userProperties: [] };

  /** Every call of the bridge, of the provisioner and of a replica. */
  const callsOf = (client: QueueClient, transport: MnsTransport): readonly (() => Promise<unknown>)[] => [
    () => client.receive({ max: 1, waitSeconds: 0, signal: new AbortController().signal }),
    () => client.peek(),
    () => client.deleteBatch(['h']),
    () => client.copyTo('dead', delivery),
    () => client.changeVisibility('h', 1),
    () => client.exists('q', new AbortController().signal),
    ...(
      [
        ['GET', '/queues/q', 'Queue', [200]],
        ['PUT', '/queues/q', 'Queue', [201, 204]],
        ['PUT', '/queues/q?metaoverride=true', 'Queue', [204]],
        ['DELETE', '/queues/q', 'Queue', [204]],
        ['GET', '/topics/t/subscriptions', 'Subscriptions', [200]],
      ] as const
    ).map(
      ([method, resource, rootName, expected]) =>
        () =>
          transport
            .call({ method, resource, rootName, expected, body: '', timeoutMs: 5000 })
            .catch((cause: unknown) => {
              throw asMnsbusError(cause);
            }),
    ),
  ];

  it.prop([foreignAnswer])('whatever is not of MNS itself fails every call, and may pass', async (answer) => {
    const transport = await connect(async () => answer);
    for (const call of callsOf(new QueueClient('q', transport, new SystemClock()), transport)) {
      await expect(call()).rejects.toMatchObject({ code: 'MNS_UNREACHABLE', retryable: true });
    }
    transport.close();
  });

  it.each([
    ['403', 'AccessDenied', false],
    ['404', 'QueueNotExist', false],
    ['429', 'TooManyRequests', true],
  ])('%s %s of MNS itself is its refusal', async (status, code, retryable) => {
    const transport = await connect(async () =>
      reply(Number(status), 'text/xml;charset=utf-8', mnsErrorText(code, 'http://1.mns.test')),
    );
    const call = transport.call({
      method: 'GET',
      resource: '/',
      rootName: 'Queue',
      expected: [200],
      body: '',
      timeoutMs: 5000,
    });
    await expect(call).rejects.toMatchObject({ code: 'MNS_ERROR', mnsCode: code, retryable });
  });

  it('a call after close, and one that is open at it, reject', async () => {
    let arrived = (): void => {};
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const transport = await connect(() => {
      arrived();
      return new Promise(() => {});
    });
    const client = new QueueClient('q', transport, new SystemClock());
    const open = client.deleteBatch(['h']);
    await arrival;
    transport.close();
    await expect(open).rejects.toMatchObject({ code: 'MNS_UNREACHABLE' });
    await expect(client.deleteBatch(['h'])).rejects.toMatchObject({ code: 'MNS_UNREACHABLE' });
  });
});

describe('The unmodified SDK over a socket', () => {
  it('signs with the bridge’s own clock, and sends text beyond ASCII whole', async () => {
    const mounted = await mounts.http({ imm: { durationMs: 0 } });
    await createQueue(mounted, 'q');
    const ahead: MnsConnection = mounted.connection;
    const late = { now: () => mounted.clock.now() - 16 * 60_000, after: mounted.clock.after.bind(mounted.clock) };
    const bus = createBridge({ mns: ahead, queueName: 'q', clock: late });
    const statuses = bus.status();
    await bus.start();
    expect((await statuses.next()).value).toMatchObject({ type: 'receive-failed', error: { mnsCode: 'TimeExpired' } });
    await bus.close();

    const client = new QueueClient('q', transportOf(mounted.connection, mounted.clock), mounted.clock);
    const body = '智能<&>"\r\n🎬';
    await client.copyTo('q', { body, priority: 3, userProperties: [] });
    const { signal } = new AbortController();
    const [received] = await client.receive({ max: 1, waitSeconds: 0, signal });
    expect(received?.delivery).toMatchObject({ body, priority: 3 });
    const renewed = await client.changeVisibility(received?.delivery.receiptHandle ?? '', 60);
    expect(renewed).not.toBe(received?.delivery.receiptHandle);
    expect(await client.deleteBatch([renewed])).toEqual([]);
    await mounted.close();
  });

  it('refuses a wrong secret and an unknown key when the bridge starts', async () => {
    const mounted = await mounts.http({ imm: { durationMs: 0 } });
    await createQueue(mounted, 'q');
    for (const [change, mnsCode] of [
      [{ accessKeySecret: 'wrong' }, 'SignatureDoesNotMatch'],
      [{ accessKeyId: 'nobody' }, 'InvalidAccessKeyId'],
    ] as const) {
      const bus = createBridge({ mns: { ...mounted.connection, ...change }, queueName: 'q' });
      const refused = bus.start();
      await expect(refused).rejects.toMatchObject({ code: 'MNS_ERROR', mnsCode, status: 403 });
      await expect(refused).rejects.not.toHaveProperty('message', expect.stringContaining('wrong'));
      await bus.close();
    }
    await mounted.close();
  });
});

describe('A gateway between bridge and service', () => {
  it('loses no message when it answers the dead-letter send in the service’s place', async () => {
    let broken = false;
    const mounted = mountDirect({}, (handle) => async (request) => {
      if (broken && request.method === 'POST') return reply(502, HTML, PAGE);
      return handle(request);
    });
    const { clock, until } = mounted;
    await until(createResources(mounted));
    await until(createQueue(mounted, 'dead'));
    const bus = mounted.bridge({ queueName: QUEUE, deadLetterQueue: 'dead', maxDeliveries: 1 });
    const feed = bus.status();
    const types: string[] = [];
    void (async () => {
      for await (const { type } of feed) types.push(type);
    })();
    bus.on('FormatConvertJob:JobFinished', () => {
      broken = true;
      throw new Error('no');
    });
    await until(bus.start());
    await until(publish(mounted, eventText('t1')));
    await clock.advanceBy(12_000);
    expect(types.slice(0, 4)).toEqual(['started', 'listener-failed', 'settle-failed', 'released']);
    broken = false;
    await clock.advanceBy(60_000);
    expect(await until(countMessages(mounted))).toEqual({ active: 0, inactive: 0 });
    expect(await until(countMessages(mounted, 'dead'))).toEqual({ active: 1, inactive: 0 });
    await until(bus.close());
  });

  it.each([
    ['packed', { 'Content-Encoding': 'gzip' }, gzipSync(Buffer.alloc(MAX_REPLY_BYTES + 1))],
    ['as it is', {}, Buffer.alloc(MAX_REPLY_BYTES + 1)],
  ])(
    'may answer every kind of call with more than a process can bear, %s, and the queue goes on',
    async (_, head, page) => {
      const mounted = await mounts.http({ imm: { durationMs: 0 } });
      await createResources(mounted);
      const refused = new Set<string>();
      const gateway = createServer((message, response) => {
        const chunks: Buffer[] = [];
        const answer = async (): Promise<void> => {
          const { method = '', url = '', headers } = message;
          const kind = `${method} ${url.split('?', 1)[0]}`;
          if (!refused.has(kind)) {
            refused.add(kind);
            response.writeHead(502, { 'Content-Type': HTML, ...head }).end(page);
            return;
          }
          const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
          const request = { method, target: url, headers: pairs, body: Buffer.concat(chunks) };
          const { status, headers: replyHeaders, body } = await mounted.emulator.handle(request);
          response.writeHead(status, replyHeaders.flat()).end(body);
        };
        message.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => void answer());
      });
      servers.push(gateway);
      await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
      const address = gateway.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const bus = createBridge({
        mns: { ...mounted.connection, endpoint: `http://127.0.0.1:${port}` },
        queueName: QUEUE,
        seed: 'gateway',
      });
      const failures: string[] = [];
      bus.status((fact) => {
        if (fact.type === 'receive-failed') failures.push(fact.error.message);
      });
      const handled: string[] = [];
      bus.on('FormatConvertJob:JobFinished', ({ data }) => void handled.push(data.taskId));
      await bus.start();
      await publish(mounted, eventText('t1'));
      await publish(mounted, eventText('t2'));
      await expect.poll(() => handled.toSorted()).toEqual(['t1', 't2']);
      await expect.poll(() => countMessages(mounted)).toEqual({ active: 0, inactive: 0 });
      const kinds = ['DELETE', 'GET'].map((method) => `${method} /queues/${QUEUE}/messages`);
      expect([...refused]).toEqual(expect.arrayContaining(kinds));
      expect(failures).toEqual([
        expect.stringContaining(`status 502, text/html) of more than ${MAX_REPLY_BYTES} bytes`),
      ]);
      await bus.close();
      await mounted.close();
    },
  );
});
