import { describe, expect, it } from 'vitest';
import { mnsSignature } from './signature.js';

const MIDNIGHT = 'Thu, 01 Jan 2026 00:00:00 GMT';

describe('mnsSignature', () => {
  it.each([
    {
      signature: 'A9zehggaYHHujmuRMxGIDrhWwx8=',
      accessKeySecret: 'ACCESS_KEY_SECRET',
      method: 'PUT',
      resource: '/',
      headers: [
        ['Content-MD5', '574683b3684e3cff610afa155cc2506d'],
        ['Content-Type', 'text/xml'],
        ['Date', 'Tue, 11 Apr 2017 10:09:19 GMT'],
        ['x-mns-version', '2015-06-06'],
      ],
    },
    {
      signature: '6nhdhorU7xdV6x+P1Tmzyi6A6KY=',
      accessKeySecret: 't5I8e',
      method: 'POST',
      resource: '/queues/market-process-log/messages',
      headers: [
        ['x-mns-version', '2015-06-06'],
        ['content-md5', 'YTM5OGY1YmYxODRkY2M0YmM1NjU5OGYzYTJkMDMyZGQ='],
        ['content-type', 'application/xml'],
        ['date', 'Thu, 02 Feb 2023 12:27:22 GMT'],
      ],
    },
    {
      signature: '8Tw7k9wd/aYHyPWHM23AfoL5yOI=',
      accessKeySecret: 'emuSecret',
      method: 'POST',
      resource: '/queues/orders/messages',
      headers: [
        ['x-mns-version', '2015-06-06'],
        ['X-Mns-Date', MIDNIGHT],
        ['date', MIDNIGHT],
        ['content-type', 'text/xml'],
        ['content-md5', 'ZDg5MjIyY2RlNmQxMDY4YTNmNmZhYjMzNDVlMzBhMmU='],
      ],
    },
    {
      signature: 'BBnbABhU2KGYPKBSOouQJHB37B8=',
      accessKeySecret: 'emuSecret',
      method: 'GET',
      resource: '/queues/orders/messages?numOfMessages=16&waitseconds=10',
      headers: [
        ['Date', MIDNIGHT],
        ['X-MNS-VERSION', '2015-06-06'],
      ],
    },
    {
      signature: 'x83+p34I4eN9aFUlupusD2SFAdc=',
      accessKeySecret: 'emuSecret',
      method: 'POST',
      resource: '/queues/orders/messages',
      headers: [
        ['Content-MD5', '2JIizebRBoo/b6szReMKLg=='],
        ['Content-Type', 'text/xml;charset=utf-8'],
        ['Date', MIDNIGHT],
        ['x-mns-version', '2015-06-06'],
      ],
    },
    {
      signature: 'Yzmk08aMkvzpuwF+F4YK1xJefr0=',
      accessKeySecret: '3',
      method: 'POST',
      resource: '/queues/test/messages',
      headers: [
        ['Content-Type', 'text/xml'],
        ['Date', 'Wed, 01 Jan 2020 00:00:00 GMT'],
        ['x-mns-version', '2015-06-06'],
      ],
    },
  ] as const)('gives the known signature $signature', ({ signature, ...input }) => {
    expect(mnsSignature(input)).toBe(signature);
  });

  const input = {
    accessKeySecret: 's',
    method: 'GET',
    resource: '/queues/q',
    headers: [
      ['date', MIDNIGHT],
      ['x-mns-version', '2015-06-06'],
    ],
  } as const;

  it('leaves the security token and other headers out', () => {
    const more = [...input.headers, ['security-token', 't'], ['user-agent', 'u'], ['xmns-x', 'v']] as const;
    expect(mnsSignature({ ...input, headers: more })).toBe(mnsSignature(input));
  });

  it('takes x-mns-date for the date line only when there is no Date', () => {
    const both = [...input.headers, ['x-mns-date', MIDNIGHT]] as const;
    expect(mnsSignature({ ...input, headers: both.slice(1) })).toBe(mnsSignature({ ...input, headers: both }));
    const other = [['date', 'Thu, 01 Jan 2026 00:00:01 GMT'], ...both.slice(1)] as const;
    expect(mnsSignature({ ...input, headers: other })).not.toBe(mnsSignature({ ...input, headers: both }));
  });

  it('signs the bytes of the wire: one character is one byte', () => {
    const wire = Buffer.from('/queues/队列', 'utf8').toString('latin1');
    expect(mnsSignature({ ...input, resource: wire })).toBe(mnsSignature({ ...input, resource: '/queues/队列' }));
  });
});
