import { createHmac } from 'node:crypto';
import { fc, it as prop } from '@fast-check/vitest';
import type { WireRequest } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import {
  HOST,
  KEY,
  OTHER_KEY,
  START_MS,
  errorXml,
  messageXml,
  mnsFixture,
  valueIn,
  type TestReply,
} from '../test-support/mns-fixture.js';
import { mnsSignatureV4 } from './signature-v4.js';

const MIDNIGHT = 'Thu, 01 Jan 2026 00:00:00 GMT';

describe('mnsSignatureV4', () => {
  // Both computed by another program, from the description alone.
  it.each([
    {
      signature: '3377898b82869bc817252dd946f557a131a8e7276c172153761c9776afb5c7d1',
      region: 'cn-hangzhou',
      method: 'POST',
      resource: '/queues/orders/messages',
      headers: [
        ['X-Mns-Version', '2015-06-06'],
        ['Host', 'anything'],
        ['Date', MIDNIGHT],
        ['Content-Type', 'text/xml;charset=UTF-8'],
        ['Content-MD5', 'ZDg5MjIyY2RlNmQxMDY4YTNmNmZhYjMzNDVlMzBhMmU='],
        ['security-token', 'is not signed'],
      ],
    },
    {
      signature: 'f0a0f8ad1404fc4e8c4ef83b77577fff707e99987d4c2a0afb45a3e7fac7763a',
      region: 'cn-beijing',
      method: 'GET',
      resource: '/queues/orders/messages?waitseconds=10&ReceiptHandle=a+b%2fc==&numOfMessages=16',
      headers: [
        ['x-mns-version', '2015-06-06'],
        ['x-mns-date', MIDNIGHT],
      ],
    },
  ] as const)('signs $method $resource', ({ signature, ...input }) => {
    expect(mnsSignatureV4({ accessKeySecret: 'emuSecret', ...input })).toBe(signature);
  });

  it('signs no two regions, days or secrets alike', () => {
    const input = {
      accessKeySecret: 's',
      region: 'r',
      method: 'GET',
      resource: '/',
      headers: [['Date', MIDNIGHT]],
    } as const;
    const signatures = [
      input,
      { ...input, region: 'q' },
      { ...input, accessKeySecret: 't' },
      { ...input, headers: [['Date', 'Fri, 02 Jan 2026 00:00:00 GMT']] as const },
    ].map((each) => mnsSignatureV4(each));
    expect(new Set(signatures).size).toBe(4);
  });
});

interface Difference {
  readonly key?: typeof KEY;
  readonly region?: string;
  readonly day?: string;
  readonly headers?: WireRequest['headers'];
}

/** Signs as a client would: with what it is about to send, written down here once more. */
function signed(method: string, path: string, query: string, body: string, difference: Difference = {}): WireRequest {
  const { key = KEY, region = 'cn-hangzhou', day = '20260101', headers: more = [] } = difference;
  const headers: WireRequest['headers'] = [
    ['Host', HOST],
    ['Date', MIDNIGHT],
    ['Content-Type', 'text/xml'],
    ['x-mns-user-request-id', 'abc'],
    ['x-mns-version', '2015-06-06'],
    ...more,
  ];
  const canonical = [
    method,
    path,
    query.toLowerCase(),
    'content-type:text/xml',
    'x-mns-user-request-id:abc',
    'x-mns-version:2015-06-06',
    '',
    '',
  ].join('\n');
  const scope = `${day}/${region}/mns/aliyun_v4_request`;
  const text = `MNS4-HMAC-SHA256\n20260101T000000Z\n${scope}\n${canonical}`;
  let signing = Buffer.from(`aliyun_v4${key.accessKeySecret}`);
  for (const part of scope.split('/')) signing = createHmac('sha256', signing).update(part).digest();
  const signature = createHmac('sha256', signing).update(text).digest('hex');
  return {
    method,
    target: query === '' ? path : `${path}?${query}`,
    headers: [
      ...headers,
      ['Authorization', `MNS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope},Signature=${signature}`],
    ],
    body: Buffer.from(body),
  };
}

const answer = (request: WireRequest): Promise<TestReply> => mnsFixture().send(request);
const codeOf = async (request: WireRequest): Promise<string> => valueIn(await answer(request), 'Code');
const GET = ['GET', '/queues/orders', ''] as const;

describe('requests signed by version 4', () => {
  it('do all that others do', async () => {
    const mns = mnsFixture();
    const send = (...request: Parameters<typeof signed>): Promise<TestReply> => mns.send(signed(...request));
    expect((await send('PUT', '/queues/orders', '', '')).status).toBe(201);
    expect((await send('POST', '/queues/orders/messages', '', messageXml('hello'))).status).toBe(201);
    const received = await send('GET', '/queues/orders/messages', 'numOfMessages=1&waitseconds=1', '');
    expect([received.status, valueIn(received, 'MessageBody')]).toEqual([200, 'hello']);
  });

  it('may name any region, as clients at a bare address have to', async () => {
    expect(await codeOf(signed(...GET, '', { region: '127' }))).toBe('QueueNotExist');
  });

  it.each<[string, Difference, string]>([
    ['another day in the scope', { day: '20260102' }, 'SignatureDoesNotMatch'],
    ['a wrong secret', { key: { ...KEY, accessKeySecret: 'wrong' } }, 'SignatureDoesNotMatch'],
    ['an unknown key', { key: { ...KEY, accessKeyId: 'nobody' } }, 'InvalidAccessKeyId'],
    ['the key of another account', { key: OTHER_KEY }, 'AccessDenied'],
    ['a header that is not signed', { headers: [['x-mns-extra', '1']] }, 'SignatureDoesNotMatch'],
    ['a digest that is not signed', { headers: [['Content-MD5', 'x']] }, 'SignatureDoesNotMatch'],
    ['a token for a key that has none', { headers: [['security-token', 'x']] }, 'InvalidSecurityToken'],
  ])('are refused with %s', async (_, difference, code) => {
    const reply = await answer(signed(...GET, '', difference));
    expect([reply.status, valueIn(reply, 'Code')]).toEqual([403, code]);
  });

  it.each([
    'MNS4-HMAC-SHA256',
    'MNS4-HMAC-SHA256 Credential=emuKey/20260101/cn-hangzhou/mns/aliyun_v4_request',
    'MNS4-HMAC-SHA256 Credential=emuKey/20260101/cn-hangzhou/oss/aliyun_v4_request,Signature=00',
    'MNS4-HMAC-SHA256 Credential=emuKey/2026011/cn-hangzhou/mns/aliyun_v4_request,Signature=00',
    'MNS4-HMAC-SHA256 Credential=/20260101/cn-hangzhou/mns/aliyun_v4_request,Signature=00',
    'MNS4-HMAC-SHA256 Credential=emuKey/20260101/cn-hangzhou/mns/aliyun_v4_request,Signature=',
    'MNS4-HMAC-SHA512 Credential=emuKey/20260101/cn-hangzhou/mns/aliyun_v4_request,Signature=00',
  ])('are refused when the header is malformed: %s', async (authorization) => {
    const { headers, ...rest } = signed(...GET, '');
    const reply = await answer({ ...rest, headers: [...headers.slice(0, -1), ['Authorization', authorization]] });
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(
      errorXml(reply, 'InvalidAuthorizationHeader', 'The Authorization header format is invalid.'),
    );
  });

  it('are refused when the target has characters that nobody can sign', async () => {
    const request = signed(...GET, '');
    expect(await codeOf({ ...request, target: '/queues/\uD800' })).toBe('SignatureDoesNotMatch');
  });

  it('have the same time limit as others', async () => {
    const mns = mnsFixture();
    await mns.clock.advanceTo(START_MS + 901_000);
    expect(valueIn(await mns.send(signed(...GET, '')), 'Code')).toBe('TimeExpired');
  });

  const request = signed('PUT', '/queues/orders/messages', 'receipthandle=a-b&visibilitytimeout=30', '');

  it('takes the request that the next test changes', async () => {
    expect(await codeOf(request)).toBe('QueueNotExist');
  });

  /** Each place of what is signed, of the signature, and of the credential, and how to put another character there. */
  const places = [
    ...Array.from(request.method, (text, index) => ({
      text,
      change: (to: string): WireRequest => ({ ...request, method: replaceAt(request.method, index, to) }),
    })),
    ...Array.from(request.target, (text, index) => ({
      text,
      change: (to: string): WireRequest => ({ ...request, target: replaceAt(request.target, index, to) }),
    })),
    ...request.headers.flatMap(([name, value], header) =>
      name === 'Host'
        ? []
        : Array.from(value, (text, index) => ({
            text,
            change: (to: string): WireRequest => ({
              ...request,
              headers: request.headers.with(header, [name, replaceAt(value, index, to)]),
            }),
          })),
    ),
  ];

  prop.prop([fc.constantFrom(...places), fc.integer({ min: 0x21, max: 0x7e }), fc.integer({ min: 0, max: 1 })])(
    'are refused when any one byte was changed (I21)',
    async ({ text, change }, code, high) => {
      const to = String.fromCharCode(code + high * 0x80);
      const changed = change(to);
      // Query names are signed in lower case, so a change of their case alone is none.
      const isCaseOnly =
        changed.target.toLowerCase() === request.target.toLowerCase() && changed.target !== request.target;
      fc.pre(to !== text && !isCaseOnly);
      const reply = await answer(changed);
      expect([400, 403, 408]).toContain(reply.status);
      expect(valueIn(reply, 'Code')).toMatch(
        /^(?:SignatureDoesNotMatch|Invalid(?:AccessKeyId|AuthorizationHeader|DateHeader|RequestURL|VersionHeader)|TimeExpired)$/,
      );
    },
  );
});

function replaceAt(text: string, index: number, to: string): string {
  return `${text.slice(0, index)}${to}${text.slice(index + 1)}`;
}
