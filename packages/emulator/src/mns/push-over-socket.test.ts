import { X509Certificate } from 'node:crypto';
import { VirtualClock } from '@mnsbus/core';
import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator, type Emulator } from '../emulator.js';
import { listen, type EmulatorServer } from '../mounts/http.js';
import { sendOverSocket, type PushSender } from './push/push-sender.js';
import { CERTIFICATE_PATH, type PushOptions } from './push/pushes.js';
import { messageXml, signedRequest, xmlText } from './test-support/mns-fixture.js';
import { pushReceiver, reasonToRefuse, type PushReceiver, type ReceivedPush } from './test-support/push-receiver.js';

const closing: (() => Promise<void>)[] = [];

afterAll(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** An emulator that is served, and whose clock a test moves while its pushes go over real sockets. */
interface Pusher {
  readonly emulator: Emulator;
  readonly server: EmulatorServer;
  /** Subscribes `url` under a name of its own, and publishes. */
  readonly publishTo: (url: string, body: string, more?: { format?: string; tag?: string }) => Promise<void>;
  /** Moves the clock, and waits for the answers of `count` further pushes. */
  readonly advance: (byMs: number, count: number) => Promise<void>;
}

async function pusher(push: PushOptions = {}): Promise<Pusher> {
  const clock = new VirtualClock();
  const answered: string[] = [];
  let wake = (): void => {};
  const sender: PushSender = async (request, signal) => {
    try {
      return await sendOverSocket(request, signal);
    } finally {
      answered.push(request.url);
      wake();
    }
  };
  const emulator = createEmulator({ clock, seed: 'push', push: { sender, ...push } });
  const server = await listen(emulator);
  closing.push(() => server.close());
  const call = async (method: string, target: string, body = ''): Promise<void> => {
    const { status } = await emulator.handle(signedRequest(clock.now(), method, target, body));
    expect(status).toBeLessThan(300);
  };
  await call('PUT', '/topics/events');
  return {
    emulator,
    server,
    publishTo: async (url, body, { format = 'SIMPLIFIED', tag = '' } = {}) => {
      const settings = `<Endpoint>${xmlText(url)}</Endpoint><NotifyContentFormat>${format}</NotifyContentFormat><NotifyStrategy>EXPONENTIAL_DECAY_RETRY</NotifyStrategy>`;
      await call('DELETE', '/topics/events/subscriptions/sub-a');
      await call('PUT', '/topics/events/subscriptions/sub-a', `<Subscription>${settings}</Subscription>`);
      await call('POST', '/topics/events/messages', messageXml(body, `<MessageTag>${tag}</MessageTag>`));
    },
    advance: async (byMs, count) => {
      const expected = answered.length + count;
      await clock.advanceBy(byMs);
      while (answered.length < expected) await new Promise<void>((resolve) => (wake = resolve));
      // Lets the answers reach the journal.
      await clock.advanceBy(0);
    },
  };
}

async function fetchText(url: string): Promise<string> {
  const reply = await fetch(url);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return reply.text();
}

async function receiverOf({ server }: Pusher, status?: (pushNumber: number) => number): Promise<PushReceiver> {
  const options = { certificatePrefix: `${server.endpoint}/`, fetchCertificate: fetchText };
  const receiver = await pushReceiver(options, status);
  closing.push(() => receiver.close());
  return receiver;
}

describe('a receiver that verifies as the docs tell it', () => {
  it.each([
    ['SIMPLIFIED', '/hook', 'hello', ''],
    ['SIMPLIFIED', '', 'no path', 'paid'],
    ['SIMPLIFIED', '?a=b', 'no path but a query', 'paid'],
    ['JSON', '/hook?a=b&c=%20d', '{"a":"中文"}', 'paid'],
    ['XML', '/a/b/', '<hello/>', '中文'],
  ])('accepts %s at “%s”', async (format, path, body, tag) => {
    const sender = await pusher();
    const receiver = await receiverOf(sender);
    await sender.publishTo(`${receiver.url}${path}`, body, { format, tag });
    await sender.advance(0, 1);
    expect(receiver.pushes.map(({ refusal }) => refusal)).toEqual([undefined]);
    expect(sender.emulator.journal.entries('pushed')).toMatchObject([{ status: 204, attempt: 1 }]);
    expect(sender.emulator.journal.entries('delivery-failed')).toEqual([]);
  });

  it('sees the path that the endpoint names, or /notifications', async () => {
    const sender = await pusher();
    const receiver = await receiverOf(sender);
    for (const path of ['', '/hook?a=b']) {
      await sender.publishTo(`${receiver.url}${path}`, 'hello');
      await sender.advance(0, 1);
    }
    expect(receiver.pushes.map(({ method, target }) => [method, target])).toEqual([
      ['POST', '/notifications'],
      ['POST', '/hook?a=b'],
    ]);
    expect(receiver.pushes[0]?.headers.map(([name]) => name)).toEqual([
      'Host',
      'Authorization',
      'x-mns-signing-cert-url',
      'x-mns-version',
      'x-mns-request-id',
      'x-mns-message-id',
      'x-mns-publish-time',
      'x-mns-topic-owner',
      'x-mns-topic-name',
      'x-mns-subscriber',
      'x-mns-subscription-name',
      'Content-Type',
      'Content-md5',
      'Content-Length',
      'Date',
      'Connection',
      'Accept',
      'User-Agent',
    ]);
  });

  it('gets a push again that it could not take', async () => {
    const sender = await pusher();
    const receiver = await receiverOf(sender, (pushNumber) => (pushNumber < 3 ? 500 : 200));
    await sender.publishTo(`${receiver.url}/hook`, 'hello');
    await sender.advance(0, 1);
    await sender.advance(1000, 1);
    await sender.advance(2000, 1);
    await sender.advance(100_000, 0);
    expect(receiver.pushes.map(({ refusal }) => refusal)).toEqual([undefined, undefined, undefined]);
    const { journal } = sender.emulator;
    expect(journal.entries('delivery-failed').map(({ reason }) => reason)).toEqual(['HTTP 500', 'HTTP 500']);
    expect(journal.entries('pushed')).toMatchObject([{ status: 200, attempt: 3 }]);
  });

  it('that is not there fails the push, which is tried again', async () => {
    const sender = await pusher();
    const receiver = await receiverOf(sender);
    await receiver.close();
    await sender.publishTo(`${receiver.url}/hook`, 'hello');
    await sender.advance(0, 1);
    expect(sender.emulator.journal.entries('delivery-failed')).toMatchObject([{ attempt: 1, reason: 'ECONNREFUSED' }]);
  });

  it('refuses an emulator whose certificate is from elsewhere', async () => {
    const trusted = await pusher();
    const receiver = await receiverOf(trusted);
    const stranger = await pusher();
    await stranger.publishTo(`${receiver.url}/hook`, 'hello');
    await stranger.advance(0, 1);
    expect(receiver.pushes.map(({ refusal }) => refusal)).toEqual(['the certificate is from elsewhere']);
    expect(stranger.emulator.journal.entries('delivery-failed')).toMatchObject([{ reason: 'HTTP 403' }]);
  });

  it('refuses an emulator that claims the certificate of another one', async () => {
    const trusted = await pusher();
    const receiver = await receiverOf(trusted);
    const stranger = await pusher({ certificateUrl: `${trusted.server.endpoint}${CERTIFICATE_PATH}` });
    await stranger.publishTo(`${receiver.url}/hook`, 'hello');
    await stranger.advance(0, 1);
    expect(receiver.pushes.map(({ refusal }) => refusal)).toEqual(['the signature does not fit']);
  });
});

describe('a genuine push that was tampered with', () => {
  let sender: Pusher;
  let receiver: PushReceiver;
  let genuine: ReceivedPush;

  // One push for all of them: each changes a copy.
  beforeAll(async () => {
    sender = await pusher();
    receiver = await receiverOf(sender);
    await sender.publishTo(`${receiver.url}/hook?a=b`, 'hello', { tag: 'paid' });
    await sender.advance(0, 1);
    const [push] = receiver.pushes;
    if (push === undefined) throw new Error('there was no push');
    genuine = push;
  });

  const withHeader = (name: string, change: (value: string) => string): ReceivedPush => ({
    ...genuine,
    headers: genuine.headers.map(([key, value]) => [key, key === name ? change(value) : value]),
  });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it('is accepted as long as it is the same, and also when what is not signed differs', async () => {
    for (const push of [genuine, withHeader('User-Agent', () => 'curl'), withHeader('Accept', () => 'text/html')]) {
      expect(await sendAgain(push)).toEqual([204, undefined]);
    }
  });

  it.each<[string, () => ReceivedPush, string]>([
    ['the body', () => ({ ...genuine, body: Buffer.from('hellO') }), 'the body is another one'],
    [
      'the body with its digest',
      () => ({ ...withHeader('Content-md5', () => 'F814893777BCC2295FFF05F00E508DA6'), body: Buffer.from('hellO') }),
      'the signature does not fit',
    ],
    ['the path', () => ({ ...genuine, target: '/hooked?a=b' }), 'the signature does not fit'],
    ['the query', () => ({ ...genuine, target: '/hook?a=c' }), 'the signature does not fit'],
    ['the query, left out,', () => ({ ...genuine, target: '/hook' }), 'the signature does not fit'],
    ['the tag', () => withHeader('x-mns-message-tag', () => 'unpaid'), 'the signature does not fit'],
    ['the owner', () => withHeader('x-mns-topic-owner', () => '2'), 'the signature does not fit'],
    ['the date', () => withHeader('Date', () => 'Thu, 01 Jan 2026 00:00:01 GMT'), 'the signature does not fit'],
    ['the type', () => withHeader('Content-Type', () => 'text/html'), 'the signature does not fit'],
    [
      'a header of its own',
      () => ({ ...genuine, headers: [...genuine.headers, ['x-mns-extra', '1']] }),
      'the signature does not fit',
    ],
    [
      'a header, left out,',
      () => ({ ...genuine, headers: genuine.headers.filter(([name]) => name !== 'x-mns-message-tag') }),
      'the signature does not fit',
    ],
    [
      'the signature',
      () => withHeader('Authorization', (value) => `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`),
      'the signature does not fit',
    ],
    ['the signature, left out,', () => withHeader('Authorization', () => ''), 'the signature does not fit'],
    [
      'the URL of the certificate',
      () => withHeader('x-mns-signing-cert-url', () => base64('http://evil.example/cert.pem')),
      'the certificate is from elsewhere',
    ],
    [
      'the URL of the certificate, on the same host,',
      () => withHeader('x-mns-signing-cert-url', () => base64(`${sender.server.endpoint}${CERTIFICATE_PATH}?x`)),
      'the signature does not fit',
    ],
    [
      'the URL of the certificate, where there is none,',
      () => withHeader('x-mns-signing-cert-url', () => base64(`${sender.server.endpoint}/elsewhere.pem`)),
      'there is no certificate',
    ],
  ])('is refused: %s', async (_, tampered, refusal) => {
    expect(await sendAgain(tampered())).toEqual([403, refusal]);
  });

  it('is refused for another method', async () => {
    const certificate = await fetchText(`${sender.server.endpoint}${CERTIFICATE_PATH}`);
    const options = { certificatePrefix: sender.server.endpoint, fetchCertificate: async () => certificate };
    expect(await reasonToRefuse({ ...genuine, method: 'PUT' }, options)).toBe('the signature does not fit');
  });

  it('is refused whichever byte of what is signed differs', async () => {
    const certificate = await fetchText(`${sender.server.endpoint}${CERTIFICATE_PATH}`);
    const options = { certificatePrefix: sender.server.endpoint, fetchCertificate: async () => certificate };
    const signedHeaders = genuine.headers.filter(([name]) => /^(?:x-mns-|Content-(?:md5|Type)$|Date$)/.test(name));
    const placesIn = (part: string, length: number): readonly { part: string; at: number }[] =>
      Array.from({ length }, (_, at) => ({ part, at }));
    const places = [
      ...placesIn('target', genuine.target.length),
      ...placesIn('body', genuine.body.length),
      ...signedHeaders.flatMap(([name, value]) => placesIn(name, value.length)),
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), fc.integer({ min: 1, max: 127 }), async ({ part, at }, bits) => {
        const flip = (text: string): string =>
          text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ bits) + text.slice(at + 1);
        const tampered: ReceivedPush = {
          ...withHeader(part, flip),
          ...(part === 'target' ? { target: flip(genuine.target) } : {}),
          ...(part === 'body' ? { body: Buffer.from(flip(genuine.body.toString('latin1')), 'latin1') } : {}),
        };
        expect(await reasonToRefuse(tampered, options)).not.toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  /** Sends a push to the receiver; gives its answer, and what it found wrong. */
  async function sendAgain({ target, headers, body }: ReceivedPush): Promise<[number, string | undefined]> {
    const { status } = await sendOverSocket(
      { url: `${receiver.url}${target}`, headers, body },
      new AbortController().signal,
    );
    return [status, receiver.pushes.at(-1)?.refusal];
  }
});

describe('the certificate', () => {
  it('is there for everybody, unsigned, at its path', async () => {
    const { server } = await pusher();
    const reply = await fetch(`${server.endpoint}${CERTIFICATE_PATH}`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/x-pem-file']);
    const pem = await reply.text();
    expect(new X509Certificate(pem).subject).toBe('CN=notify');
    expect(await fetchText(`${server.endpoint}${CERTIFICATE_PATH}?again`)).toBe(pem);
  });

  it('is there without a server, too, and in absolute form', async () => {
    const emulator = createEmulator();
    const get = async (target: string): Promise<string> => {
      const { body } = await emulator.handle({ method: 'GET', target, headers: [], body: new Uint8Array() });
      return Buffer.from(body).toString();
    };
    expect(await get(CERTIFICATE_PATH)).toContain('BEGIN CERTIFICATE');
    expect(await get(`http://mns.test${CERTIFICATE_PATH}`)).toBe(await get(CERTIFICATE_PATH));
    emulator.close();
  });

  it.each([
    ['POST', CERTIFICATE_PATH],
    ['GET', `${CERTIFICATE_PATH}/x`],
    ['GET', '/_emulator/'],
  ])('is not what %s %s gets', async (method, target) => {
    const emulator = createEmulator();
    const { status } = await emulator.handle({ method, target, headers: [], body: new Uint8Array() });
    expect(status).toBe(400);
    emulator.close();
  });
});

describe('createEmulator', () => {
  it.each<[PushOptions, string]>([
    [{ hosts: ['http://h'] }, 'push.hosts'],
    [{ certificateUrl: '/cert.pem' }, 'push.certificateUrl'],
  ])('refuses the push options %j', (push, name) => {
    expect(() => createEmulator({ push })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(name) }),
    );
  });
});
