import { fc, it as prop } from '@fast-check/vitest';
import type { WireRequest } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import {
  OTHER_KEY,
  START_MS,
  errorXml,
  messageXml,
  mnsFixture,
  signedRequest,
  valueIn,
  type TestReply,
} from '../test-support/mns-fixture.js';
import { DATE_WINDOW_MS } from './authentication.js';

/** A signed request with one header replaced or, for `undefined`, taken away, and not signed again. */
function withHeader(request: WireRequest, name: string, value: string | undefined): WireRequest {
  const rest = request.headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase());
  return { ...request, headers: value === undefined ? rest : [...rest, [name, value]] };
}

const dateOf = (atMs: number): string => new Date(atMs).toUTCString();

function getQueue(edit: (request: WireRequest) => WireRequest): Promise<TestReply> {
  const mns = mnsFixture();
  return mns.send(edit(mns.request('GET', '/queues/orders')));
}

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.';

describe('authentication', () => {
  it.each([
    [
      'no Authorization',
      'Authorization',
      undefined,
      400,
      'MissingAuthorizationHeader',
      'Authorization header is required.',
    ],
    [
      'another scheme',
      'Authorization',
      'Basic eDp5',
      400,
      'InvalidAuthorizationHeader',
      'The Authorization header format is invalid.',
    ],
    [
      'no signature',
      'Authorization',
      'MNS emuKey',
      400,
      'InvalidAuthorizationHeader',
      'The Authorization header format is invalid.',
    ],
    [
      'an empty signature',
      'Authorization',
      'MNS emuKey:',
      400,
      'InvalidAuthorizationHeader',
      'The Authorization header format is invalid.',
    ],
    [
      'two blanks',
      'Authorization',
      'MNS  emuKey:abc',
      400,
      'InvalidAuthorizationHeader',
      'The Authorization header format is invalid.',
    ],
    [
      'a credential of version 4 without a day',
      'Authorization',
      'MNS4-HMAC-SHA256 Credential=a/b/c/mns/aliyun_v4_request,Signature=00',
      400,
      'InvalidAuthorizationHeader',
      'The Authorization header format is invalid.',
    ],
    ['no date', 'Date', undefined, 400, 'MissingDateHeader', 'Date header is required.'],
    ['a date that is none', 'Date', 'yesterday', 400, 'InvalidDateHeader', 'The Date header format is invalid.'],
    [
      'a date of ISO 8601',
      'Date',
      '2026-01-01T00:00:00Z',
      400,
      'InvalidDateHeader',
      'The Date header format is invalid.',
    ],
    [
      'a day of the week that is wrong',
      'Date',
      'Fri, 01 Jan 2026 00:00:00 GMT',
      400,
      'InvalidDateHeader',
      'The Date header format is invalid.',
    ],
    [
      'a day that does not exist',
      'Date',
      'Tue, 31 Feb 2026 00:00:00 GMT',
      400,
      'InvalidDateHeader',
      'The Date header format is invalid.',
    ],
    ['no version', 'x-mns-version', undefined, 400, 'MissingVersionHeader', 'x-mns-version header is required.'],
    [
      'another version',
      'x-mns-version',
      '2022-01-19',
      400,
      'InvalidVersionHeader',
      'The x-mns-version header is invalid.',
    ],
    [
      'a security token',
      'security-token',
      'token',
      403,
      'InvalidSecurityToken',
      'The security token you provided is invalid.',
    ],
    [
      'an unknown key',
      'Authorization',
      'MNS nobody:abc',
      403,
      'InvalidAccessKeyId',
      'The access Id you provided does not exist.',
    ],
    ['a wrong signature', 'Authorization', 'MNS emuKey:abc', 403, 'SignatureDoesNotMatch', MISMATCH],
  ])('refuses %s', async (_, header, value, status, code, message) => {
    const reply = await getQueue((request) => withHeader(request, header, value));
    expect(reply.status).toBe(status);
    expect(reply.text).toBe(errorXml(reply, code, message));
  });

  it('refuses the key of another account', async () => {
    const mns = mnsFixture();
    const reply = await mns.call('GET', '/queues/orders', '', { key: OTHER_KEY });
    expect(reply.status).toBe(403);
    expect(reply.text).toBe(
      errorXml(
        reply,
        'AccessDenied',
        'The OwnerId that your Access Key Id associated to is forbidden for this operation.',
      ),
    );
  });

  it.each([
    ['old', -DATE_WINDOW_MS, 404, 'QueueNotExist'],
    ['early', DATE_WINDOW_MS, 404, 'QueueNotExist'],
    ['too old', -DATE_WINDOW_MS - 1000, 408, 'TimeExpired'],
    ['too early', DATE_WINDOW_MS + 1000, 408, 'TimeExpired'],
  ])('goes by the date: %s', async (_, offsetMs, status, code) => {
    const mns = mnsFixture();
    const reply = await mns.send(signedRequest(START_MS + offsetMs, 'GET', '/queues/orders', ''));
    expect([reply.status, valueIn(reply, 'Code')]).toEqual([status, code]);
  });

  it('takes x-mns-date in place of Date', async () => {
    const mns = mnsFixture();
    const request = mns.request('GET', '/queues/orders', '', { headers: [['x-mns-date', dateOf(START_MS)]] });
    expect(valueIn(await mns.send(withHeader(request, 'Date', undefined)), 'Code')).toBe('QueueNotExist');
  });

  it('looks at the URL first, and at the owner before the digest', async () => {
    const mns = mnsFixture();
    const nowhere = withHeader(mns.request('GET', '/nowhere'), 'Authorization', undefined);
    expect(valueIn(await mns.send(nowhere), 'Code')).toBe('InvalidRequestURL');
    const foreign = mns.request('GET', '/queues/orders', '', { key: OTHER_KEY, headers: [['Content-MD5', 'x']] });
    expect(valueIn(await mns.send(foreign), 'Code')).toBe('AccessDenied');
  });

  it('tells an unknown key so, whatever else is wrong with the operation', async () => {
    const mns = mnsFixture();
    const request = mns.request('POST', '/queues/-/messages', '<broken', { headers: [['Content-MD5', 'x']] });
    expect(valueIn(await mns.send(withHeader(request, 'Authorization', 'MNS nobody:x')), 'Code')).toBe(
      'InvalidAccessKeyId',
    );
  });

  const target = '/queues/orders/messages?ReceiptHandle=a-b==&VisibilityTimeout=30';
  const signed = signedRequest(START_MS, 'PUT', target, '', {
    headers: [
      ['Content-MD5', 'ZDQxZDhjZDk4ZjAwYjIwNGU5ODAwOTk4ZWNmODQyN2U='],
      ['x-mns-user-request-id', 'abc'],
    ],
  });

  it('takes the request that the next test changes', async () => {
    expect(valueIn(await mnsFixture().send(signed), 'Code')).toBe('QueueNotExist');
  });

  /** Each place of a signed part, and how to put another character there. */
  const places = [
    ...Array.from(target, (_, index) => ({
      text: target[index] ?? '',
      change: (to: string): WireRequest => ({ ...signed, target: replaceAt(target, index, to) }),
    })),
    ...signed.headers.flatMap(([name, value], header) =>
      name === 'Host' || name === 'Authorization'
        ? []
        : Array.from(value, (text, index) => ({
            text,
            change: (to: string): WireRequest => ({
              ...signed,
              headers: signed.headers.with(header, [name, replaceAt(value, index, to)]),
            }),
          })),
    ),
    ...Array.from(signed.method, (text, index) => ({
      text,
      change: (to: string): WireRequest => ({ ...signed, method: replaceAt(signed.method, index, to) }),
    })),
  ];

  prop.prop([fc.constantFrom(...places), fc.integer({ min: 0x21, max: 0x7e }), fc.integer({ min: 0, max: 1 })])(
    'refuses a request of which any one byte of a signed part was changed',
    async ({ text, change }, code, high) => {
      const to = String.fromCharCode(code + high * 0x80);
      fc.pre(to !== text);
      const mns = mnsFixture();
      const before = mns.journal.entries().length;
      const reply = await mns.send(change(to));
      expect([400, 403, 408]).toContain(reply.status);
      expect(valueIn(reply, 'Code')).not.toBe('QueueNotExist');
      expect(mns.journal.entries().length).toBe(before + 1);
    },
  );

  prop.prop([fc.integer({ min: 0, max: 27 }), fc.base64String({ minLength: 4, maxLength: 4 })])(
    'refuses a signature of which one character was changed',
    async (index, characters) => {
      const authorization = signed.headers.at(-1)?.[1] ?? '';
      const start = authorization.indexOf(':') + 1;
      const to = characters[0] ?? 'A';
      fc.pre(to !== authorization[start + index]);
      const reply = await mnsFixture().send(
        withHeader(signed, 'Authorization', replaceAt(authorization, start + index, to)),
      );
      expect(valueIn(reply, 'Code')).toBe('SignatureDoesNotMatch');
    },
  );
});

describe('Content-MD5', () => {
  const body = messageXml('hello');
  it('covers the body: any other body is refused', async () => {
    const mns = mnsFixture();
    await mns.call('PUT', '/queues/orders');
    const headers = [['Content-MD5', 'ZDQxZDhjZDk4ZjAwYjIwNGU5ODAwOTk4ZWNmODQyN2U=']] as const;
    const reply = await mns.call('POST', '/queues/orders/messages', body, { headers });
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(errorXml(reply, 'InvalidDigest', 'The Content-MD5 you specified is invalid.'));
    expect(valueIn(await mns.call('GET', '/queues/orders'), 'ActiveMessages')).toBe('0');
  });
});

function replaceAt(text: string, index: number, to: string): string {
  return `${text.slice(0, index)}${to}${text.slice(index + 1)}`;
}
