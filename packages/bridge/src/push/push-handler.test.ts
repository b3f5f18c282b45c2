import { VirtualClock, md5Hex, sleep } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { mountDirect } from '../test-support/mounts.js';
import { processWarnings } from '../test-support/process-warnings.js';
import { OWNER, START_MS, createSigner, pushRoom, reasonsIn, service, toRequest } from '../test-support/push-room.js';
import { eventText } from '../test-support/resources.js';
import { CONVERTED } from '../test-support/room.js';
import { SERVICE_CERTIFICATE } from './certificate-prefixes.js';
import { fitsDigest } from './incoming-push.js';
import { createPushHandler } from './push-handler.js';
import type { PushSink, PushVerdict } from './push-sink.js';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

describe('createPushHandler', () => {
  it('takes a genuine push, and answers 204 when the listeners have finished', async () => {
    const made = await pushRoom();
    let finish: (verdict: PushVerdict) => void = () => {};
    made.verdict = new Promise((resolve) => (finish = resolve));
    let status = 0;
    const sending = made.send().then((answered) => (status = answered));
    await made.clock.advanceBy(1000);
    expect(made.delivered).toMatchObject([
      { topicOwner: OWNER, topicName: 't', subscriptionName: 's', messageId: 'M1', userProperties: [] },
    ]);
    expect(JSON.parse(made.delivered[0]?.body ?? '')).toMatchObject({ Message: 'hello' });
    expect(status).toBe(0);
    finish({ type: 'ack' });
    await sending;
    expect(status).toBe(204);
  });

  it('has the topic try again when a listener failed, and takes the same request again then', async () => {
    const made = await pushRoom();
    made.verdict = { type: 'retry' };
    expect(await made.send()).toBe(500);
    made.verdict = { type: 'ack' };
    expect(await made.send()).toBe(204);
    expect(await made.send()).toBe(403);
    expect(reasonsIn(made)).toEqual(['replayed']);
    expect(made.delivered).toHaveLength(2);
    expect(made.fetched).toEqual([SERVICE_CERTIFICATE]);
  });

  it('refuses a second copy that comes while the first is being handled', async () => {
    const made = await pushRoom();
    made.verdict = new Promise(() => {});
    void made.send();
    await made.clock.advanceBy(10);
    expect(await made.send()).toBe(403);
    expect(made.delivered).toHaveLength(1);
  });

  it.each([
    ['older', 300_001],
    ['younger', -301_000],
  ])('refuses what is %s than allowed, and fetches nothing for it', async (_, shiftMs) => {
    const made = await pushRoom({ clock: new VirtualClock(START_MS + shiftMs) });
    expect(await made.send()).toBe(403);
    expect(reasonsIn(made)).toEqual(['stale']);
    expect(made.fetched).toEqual([]);
  });

  it('lets nothing replayed in as long as its date would', async () => {
    const made = await pushRoom();
    expect(await made.send()).toBe(204);
    for (let minute = 0; minute < 10; minute += 1) {
      await made.clock.advanceBy(60_000);
      expect(await made.send()).toBe(403);
    }
    expect(new Set(reasonsIn(made))).toEqual(new Set(['replayed', 'stale']));
  });

  it.each([
    ['another account', { topicOwner: '1000000000000002' }],
    ['another topic', { topicNames: ['other'] }],
  ])('refuses %s, though it is signed by the service, and fetches nothing', async (_, options) => {
    const made = await pushRoom(options);
    expect(await made.send()).toBe(403);
    expect(reasonsIn(made)).toEqual(['topic']);
    expect(made.fetched).toEqual([]);
  });

  it.each(['authorization', 'x-mns-signing-cert-url', 'date', 'x-mns-topic-owner', 'x-mns-topic-name', 'content-md5'])(
    'refuses a request without %s',
    async (name) => {
      const made = await pushRoom();
      expect(await made.send({ headers: { [name]: undefined } })).toBe(400);
      expect(reasonsIn(made)).toEqual(['header']);
      expect(made.fetched).toEqual([]);
    },
  );

  it.each([
    ['authorization', '!'],
    ['authorization', 'Basic abc='],
    ['date', 'soon'],
    ['x-mns-signing-cert-url', 'https://plain'],
  ])('refuses %s: %s', async (name, value) => {
    const made = await pushRoom();
    expect(await made.send({ headers: { [name]: value } })).toBe(400);
  });

  it('refuses other methods, and everything once it is closed', async () => {
    const made = await pushRoom();
    expect(await made.send({ method: 'GET' })).toBe(405);
    expect(await made.send({ method: 'PUT' })).toBe(405);
    made.handler.close();
    expect(await made.send()).toBe(503);
    expect(made.delivered).toEqual([]);
  });

  it('takes each spelling of the digest, which the signature covers, and refuses any other body', async () => {
    const { body } = (await service).push();
    const hex = md5Hex(body);
    const spellings = [hex, hex.toLowerCase(), base64(Buffer.from(hex, 'hex')), base64(Buffer.from(hex))];
    expect(spellings.map((spelling) => fitsDigest(spelling, Buffer.from(body)))).toEqual([true, true, true, true]);
    expect(spellings.map((spelling) => fitsDigest(spelling, Buffer.from(`${body} `)))).toEqual(Array(4).fill(false));
    expect(fitsDigest('', Buffer.from(body))).toBe(false);
    const made = await pushRoom();
    expect(await made.send({ headers: { 'content-md5': md5Hex('other') } })).toBe(403);
    expect(await made.send({ body: 'other' })).toBe(403);
    expect(reasonsIn(made)).toEqual(['signature', 'digest']);
  });

  it('reads nothing of the body of a forged push', async () => {
    const made = await pushRoom();
    const forger = await createSigner();
    let pulls = 0;
    const body = new ReadableStream({ pull: () => void (pulls += 1) }, { highWaterMark: 0 });
    const { headers, target } = forger.push();
    const init = { method: 'POST', headers: Object.entries(headers), body, duplex: 'half' as const };
    expect((await made.handler.fetch(new Request(`http://h${target}`, init))).status).toBe(403);
    expect(reasonsIn(made)).toEqual(['signature']);
    expect(pulls).toBe(0);
  });

  const signedHeaders = [
    'date',
    'content-type',
    'x-mns-version',
    'x-mns-request-id',
    'x-mns-message-id',
    'x-mns-publish-time',
    'x-mns-topic-name',
    'x-mns-subscriber',
    'x-mns-subscription-name',
    'authorization',
    'content-md5',
  ];
  prop.prop([fc.constantFrom(...signedHeaders), fc.nat(), fc.constantFrom('0', '1', 'A', 'B', 'z')])(
    'refuses a push with one character changed anywhere in what is signed',
    async (name, at, character) => {
      const made = await pushRoom();
      const value = made.genuine.headers[name] ?? expect.fail(`no ${name}`);
      const index = at % value.length;
      const changed = value.slice(0, index) + character + value.slice(index + 1);
      fc.pre(changed !== value && changed.trim() === changed);
      expect(await made.send({ headers: { [name]: changed } })).toBeGreaterThanOrEqual(400);
      expect(made.delivered).toEqual([]);
    },
  );
  // Found by the property above: of the last character of base64, decoding drops some bits.
  it('refuses a signature that decodes to the same bytes but is spelled otherwise', async () => {
    const made = await pushRoom();
    const value = made.genuine.headers['authorization'] ?? expect.fail('no signature');
    const bytes = Buffer.from(value, 'base64');
    const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const at = value.length - 3;
    const other = ALPHABET[ALPHABET.indexOf(value[at] ?? '') ^ 1] ?? expect.fail('no such character');
    const changed = value.slice(0, at) + other + value.slice(at + 1);
    expect(Buffer.from(changed, 'base64').equals(bytes)).toBe(true);
    expect(await made.send({ headers: { authorization: changed } })).toBeGreaterThanOrEqual(400);
    expect(made.delivered).toEqual([]);
  });
  prop.prop([fc.nat(), fc.string({ minLength: 1, maxLength: 1 })])(
    'refuses a push whose body or target was changed',
    async (at, character) => {
      const { body, target } = (await service).push();
      const index = at % body.length;
      fc.pre(body[index] !== character);
      const made = await pushRoom();
      expect(await made.send({ body: body.slice(0, index) + character + body.slice(index + 1) })).toBe(403);
      expect(await made.send({ target: `${target}&c=d` })).toBe(403);
      expect(await made.send({ headers: { 'x-mns-more': '1' } })).toBe(403);
      expect(made.delivered).toEqual([]);
    },
  );

  it('refuses what is too large: announced before anything is fetched, and otherwise when it comes', async () => {
    const made = await pushRoom({ maxBodyBytes: 100 });
    expect(await made.send({ headers: { 'content-length': '101' } })).toBe(413);
    expect(made.fetched).toEqual([]);
    expect(await made.send()).toBe(413);
    expect(reasonsIn(made)).toEqual(['too-large', 'too-large']);
    expect(made.delivered).toEqual([]);
  });

  it('gives up a body that does not come, on its own clock', async () => {
    const made = await pushRoom();
    const { headers, target } = (await service).push();
    const body = new ReadableStream({ pull: () => new Promise(() => {}) });
    const init = { method: 'POST', headers: Object.entries(headers), body, duplex: 'half' as const };
    const answer = made.handler.fetch(new Request(`http://h${target}`, init));
    await made.clock.advanceBy(5000);
    expect((await answer).status).toBe(408);
  });

  it.each([
    ['read by somebody else', async (request: Request) => void (await request.text())],
    ['being read by somebody else', async (request: Request) => void request.body?.getReader()],
  ])('says so when the body was %s', async (_, consume) => {
    const made = await pushRoom();
    const request = toRequest((await service).push());
    await consume(request);
    expect((await made.handler.fetch(request)).status).toBe(500);
    expect(made.refusals).toMatchObject([{ reason: 'body-consumed', message: expect.stringContaining('parser') }]);
    expect(made.fetched).toEqual([]);
  });

  it.each([
    ['hangs', () => new Promise<never>(() => {})],
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('answers in time for a sink that %s, and takes the same request again', async (_, deliver) => {
    const { pem, push } = await service;
    const clock = new VirtualClock(START_MS);
    const signals: AbortSignal[] = [];
    const sink: PushSink = {
      deliver: (_message, signal) => {
        signals.push(signal);
        return deliver();
      },
    };
    const handler = createPushHandler(sink, { topicOwner: OWNER, clock, fetchCertificate: async () => pem });
    for (let count = 1; count <= 2; count += 1) {
      const sinceMs = clock.now();
      expect((await clock.runUntil(handler.fetch(toRequest(push({ messageId: 'M1' }))))).status).toBe(500);
      expect(clock.now() - sinceMs).toBeLessThanOrEqual(4500);
      expect(signals).toHaveLength(count);
    }
    expect(clock.pendingTimers).toBe(0);
  });

  it('counts the time for certificate and body into the deadline', async () => {
    const { pem } = await service;
    const made = await pushRoom({
      fetchCertificate: async () => {
        await sleep(made.clock, 2500);
        return pem;
      },
    });
    made.verdict = new Promise(() => {});
    expect(await made.clock.runUntil(made.send())).toBe(500);
    expect(made.clock.now() - START_MS).toBe(4500);
  });

  it('takes a message that comes again in another request for a redelivery, and the same request for a replay', async () => {
    const made = await pushRoom();
    const { push } = await service;
    expect(await made.send({}, push())).toBe(204);
    expect(await made.send({}, push())).toBe(204);
    const repeated = push();
    expect(await made.send({}, repeated)).toBe(204);
    expect(await made.send({}, repeated)).toBe(403);
    expect(made.delivered.map(({ messageId }) => messageId)).toEqual(['M1', 'M1', 'M1']);
    expect(reasonsIn(made)).toEqual(['replayed']);
  });

  it.each(['JSON', 'XML', 'SIMPLIFIED'] as const)(
    'brings a %s message with user properties to its listener, whatever its MD5 says, and no changed one',
    async (format) => {
      const { pem, push } = await service;
      const mounted = mountDirect();
      const bus = mounted.bridge({});
      const seen: unknown[] = [];
      bus.on(CONVERTED, ({ data }, { notification }) => void seen.push([data.taskId, notification.integrity]));
      const options = { topicOwner: OWNER, clock: mounted.clock, fetchCertificate: async () => pem };
      const handler = createPushHandler(bus, options);
      const sent = push({ text: eventText('t1'), format, messageMd5: '4C1CE97E3D0479FFF0AB6B02B7F6F86E' });
      const changed = toRequest(sent, { body: sent.body.replace('t1', 't2') });
      expect((await mounted.until(handler.fetch(changed))).status).toBe(403);
      expect((await mounted.until(handler.fetch(toRequest(sent)))).status).toBe(204);
      expect(seen).toEqual([['t1', format === 'SIMPLIFIED' ? 'absent' : 'unverifiable']]);
      await mounted.until(bus.close());
    },
  );

  it.each(['JSON', 'XML'] as const)(
    'takes the id from the body of a %s push whose headers have none',
    async (format) => {
      const made = await pushRoom();
      const { push } = await service;
      expect(await made.send({}, push({ messageId: 'M2', format, without: 'x-mns-message-id' }))).toBe(204);
      expect(made.delivered).toMatchObject([{ messageId: 'M2' }]);
    },
  );

  it.each([
    ['no envelope', 'SIMPLIFIED', {}],
    ['an envelope without one', 'JSON', { messageId: '' }],
    ['an envelope that is cut off', 'SIMPLIFIED', { text: '{"TopicOwner":"1"' }],
  ] as const)('refuses a push without an id in its headers, and with %s', async (_, format, subject) => {
    const made = await pushRoom();
    const { push } = await service;
    const sent = push({ ...subject, format, without: 'x-mns-message-id' });
    expect(await made.send({}, sent)).toBe(400);
    expect(reasonsIn(made)).toEqual(['header']);
  });

  it('tells the sink when the message was published, and how its topic tries again', async () => {
    const made = await pushRoom({ strategy: 'EXPONENTIAL_DECAY_RETRY' });
    const { push } = await service;
    await made.send({}, push({ publishedAtMs: START_MS - 1234 }));
    expect(made.delivered).toMatchObject([
      { publishedAt: new Date(START_MS - 1234), sentAt: new Date(START_MS), strategy: 'EXPONENTIAL_DECAY_RETRY' },
    ]);
    await expect(pushRoom({ strategy: 'NEVER' as never })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  const badListeners: [string, () => unknown][] = [
    ['throws', () => expect.fail('onRefused')],
    ['rejects', () => Promise.reject(new Error('onRefused'))],
  ];
  it.each(badListeners)('answers when onRefused %s, and warns once a minute', async (_, onRefused) => {
    const warnings = processWarnings();
    const made = await pushRoom({ onRefused });
    for (let minute = 0; minute < 2; minute += 1) {
      for (let count = 0; count < 5; count += 1) expect(await made.send({ method: 'GET' })).toBe(405);
      await made.clock.advanceBy(60_000);
    }
    expect(warnings.map(({ message }) => message)).toEqual([
      'mnsbus: onRefused of a push handler failed: onRefused',
      'mnsbus: onRefused of a push handler failed: onRefused (and 4 more like it)',
    ]);
  });

  it('warns of each reason once a minute when nobody else hears of it', async () => {
    const warnings = processWarnings();
    const made = await pushRoom({ onRefused: undefined });
    for (let count = 0; count < 3; count += 1) {
      await made.send({ method: 'GET' });
      await made.send({ headers: { date: 'soon' } });
    }
    await made.clock.advanceBy(1);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^mnsbus: a push was refused \(method\): ".*GET.*"$/),
      expect.stringMatching(/^mnsbus: a push was refused \(header\): "[^\n]*"$/),
    ]);
  });
});
