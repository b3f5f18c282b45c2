import { SeededRandom, VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import type { PushRequest } from './push-request.js';
import type { PushAnswer, PushSender } from './push-sender.js';
import { CERTIFICATE_PATH, Pushes, type Push, type PushOptions } from './pushes.js';

const clock = new VirtualClock();
const pushesWith = (options: PushOptions): Pushes =>
  new Pushes({ clock, random: new SeededRandom('p'), signer: { sign: () => 'c2lnbmVk' } }, options);

const PUSH: Push = {
  url: 'http://127.0.0.1:8080/hook',
  format: 'SIMPLIFIED',
  notification: {
    topicOwner: '1',
    topicName: 'events',
    subscriber: '1',
    subscriptionName: 's',
    messageId: 'id',
    message: 'hello',
    messageMd5: 'md5',
    publishedAtMs: 0,
  },
  text: 'hello',
};

/** A sender that notes what it is given and never answers. */
function silentSender(): { sender: PushSender; sent: { request: PushRequest; signal: AbortSignal }[] } {
  const sent: { request: PushRequest; signal: AbortSignal }[] = [];
  const sender: PushSender = (request, signal) => {
    sent.push({ request, signal });
    return new Promise<PushAnswer>(() => {});
  };
  return { sender, sent };
}

/** Sends one push with this sender, and gives the headers that it got. */
async function headersOf(pushes: (sender: PushSender) => Pushes): Promise<ReadonlyMap<string, string>> {
  let headers: PushRequest['headers'] = [];
  const sender: PushSender = async (request) => {
    ({ headers } = request);
    return { status: 204 };
  };
  await pushes(sender).send(PUSH);
  return new Map(headers);
}

async function certificateUrlOf(options: PushOptions, endpoint?: string): Promise<string> {
  const headers = await headersOf((sender) => {
    const pushes = pushesWith({ ...options, sender });
    if (endpoint !== undefined) pushes.servedAt(endpoint);
    return pushes;
  });
  return Buffer.from(headers.get('x-mns-signing-cert-url') ?? '', 'base64').toString();
}

describe('a push', () => {
  it.each([200, 201, 202, 204, 299])('succeeds with status %i', async (status) => {
    expect(await pushesWith({ sender: async () => ({ status }) }).send(PUSH)).toEqual({ ok: true, status });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([100, 199, 300, 301, 302, 304, 400, 403, 404, 500, 503, 0])('fails with status %i', async (status) => {
    const outcome = await pushesWith({ sender: async () => ({ status }) }).send(PUSH);
    expect(outcome).toEqual({ ok: false, reason: `HTTP ${status}` });
  });

  it.each([
    ['its code', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['its message', new Error('no route'), 'no route'],
    ['its text', 'odd', 'odd'],
  ])('fails with an error, and tells %s', async (_, error, reason) => {
    const rejecting = pushesWith({ sender: () => Promise.reject(error) });
    expect(await rejecting.send(PUSH)).toEqual({ ok: false, reason });
    const throwing = pushesWith({
      sender: () => {
        throw error;
      },
    });
    expect(await throwing.send(PUSH)).toEqual({ ok: false, reason });
    expect(clock.pendingTimers).toBe(0);
  });

  it('fails without an answer after five seconds, not before, and is aborted', async () => {
    const { sender, sent } = silentSender();
    const state: unknown[] = [];
    const outcome = pushesWith({ sender }).send(PUSH);
    void outcome.then((result) => state.push(result));
    await clock.advanceBy(4999);
    expect([state, sent[0]?.signal.aborted]).toEqual([[], false]);
    await clock.advanceBy(1);
    expect(state).toEqual([{ ok: false, reason: 'no answer within 5000 ms' }]);
    expect(sent[0]?.signal.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not care for an answer that comes after its time', async () => {
    let answer: (answer: PushAnswer) => void = () => {};
    const sender: PushSender = () => new Promise((resolve) => (answer = resolve));
    const outcome = pushesWith({ sender }).send(PUSH);
    await clock.advanceBy(5000);
    answer({ status: 204 });
    expect(await outcome).toMatchObject({ ok: false });
  });

  it('is not even tried to another machine, unless that is named', async () => {
    const { sender, sent } = silentSender();
    const push = { ...PUSH, url: 'http://example.com/hook' };
    expect(await pushesWith({ sender }).send(push)).toEqual({
      ok: false,
      reason: 'example.com is not this machine: push.hosts does not name it',
      refusedHost: 'example.com',
    });
    expect(sent).toEqual([]);
    const named = pushesWith({ hosts: ['example.com'], sender: async () => ({ status: 200 }) });
    expect(await named.send(push)).toEqual({ ok: true, status: 200 });
  });

  it('has a request id of its own each time', async () => {
    const ids: (string | undefined)[] = [];
    const pushes = pushesWith({
      sender: async ({ headers }) => {
        ids.push(new Map(headers).get('x-mns-request-id'));
        return { status: 204 };
      },
    });
    for (let count = 0; count < 3; count += 1) await pushes.send(PUSH);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9A-F]{24}$/);
  });
});

describe('closing', () => {
  it('aborts what waits for an answer and lets nothing more out', async () => {
    const { sender, sent } = silentSender();
    const pushes = pushesWith({ sender });
    const open = [pushes.send(PUSH), pushes.send(PUSH)];
    pushes.close();
    const closed = { ok: false, reason: 'the emulator was closed' };
    expect(await Promise.all(open)).toEqual([closed, closed]);
    expect(sent.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(await pushes.send(PUSH)).toEqual(closed);
    expect(sent).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('the URL of the certificate', () => {
  it('is that of the emulator, once it is served', async () => {
    expect(await certificateUrlOf({}, 'http://127.0.0.1:9324')).toBe(`http://127.0.0.1:9324${CERTIFICATE_PATH}`);
  });

  it('leads nowhere before that', async () => {
    expect(await certificateUrlOf({})).toBe(`http://mns-emulator.invalid${CERTIFICATE_PATH}`);
  });

  it('is what it was told to be, served or not', async () => {
    const certificateUrl = 'https://mnstest.example/cert.pem';
    expect(await certificateUrlOf({ certificateUrl })).toBe(certificateUrl);
    expect(await certificateUrlOf({ certificateUrl }, 'http://127.0.0.1:9324')).toBe(certificateUrl);
  });

  it.each(['', '/cert.pem', 'ftp://h/cert.pem', 'cert.pem', 'http://'])('is never %j', (certificateUrl) => {
    expect(() => pushesWith({ certificateUrl })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
