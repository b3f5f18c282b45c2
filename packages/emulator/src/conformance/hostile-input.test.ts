import { SeededRandom, type WireRequest, type WireResponse } from '@mnsbus/core';
import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedRequest } from '../mns/test-support/mns-fixture.js';
import { ConformanceWorld } from './test-support/conformance-world.js';
import { DOCUMENTED_ERRORS } from './test-support/documented-errors.js';

// A hundred thousand requests that no client sends. Each must be refused with a well-formed error of
// a known code, and none may leave a trace.

const CASES = 100_000;
/** Signed ones come on top; each is followed by a look at the state. */
const SIGNED_CASES = 4000;
/** How many cases share one look at the state: it costs more than a case. */
const BATCH = 500;
/** Different parts of each kind, from which requests are put together. */
const POOL = 5000;
/** Printed with a failure, and worth changing by hand now and then: any seed has to pass. */
const SEED = 20_260_101;

const METHODS = [
  'GET',
  'PUT',
  'POST',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'get',
  '',
  'M-SEARCH',
  '__proto__',
  'constructor',
];

const piece = fc.oneof(
  fc.constantFrom(
    'queues',
    'topics',
    'messages',
    'subscriptions',
    'orders',
    'news',
    'copy',
    'missing',
    '',
    '.',
    '..',
    '%2F',
    '%',
    '%zz',
    '%00',
    '%C3%28',
  ),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '<a>', '"', "'", '&amp;', 'x'.repeat(300)),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const queryName = fc.oneof(
  fc.constantFrom(
    'metaoverride',
    'waitseconds',
    'numOfMessages',
    'peekonly',
    'ReceiptHandle',
    'receiptHandle',
    'visibilityTimeout',
    'accountmeta',
    '__proto__',
  ),
  fc.string({ maxLength: 6 }),
);
const queryValue = fc.oneof(
  fc.constantFrom(
    'true',
    '0',
    '-1',
    '31',
    '1e9',
    'NaN',
    'Infinity',
    '9'.repeat(40),
    '%',
    '%FF',
    '=',
    '+',
    '&',
    '\u0000',
    '1-a==',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const query = fc
  .array(fc.tuple(queryName, queryValue), { maxLength: 4 })
  .map((items) => items.map(([name, value]) => `${name}=${value}`).join('&'));
const target = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.array(piece, { maxLength: 6 }), query)
      .map(([path, items]) => `/${path.join('/')}${items === '' ? '' : `?${items}`}`),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '*',
      '',
      'http://',
      'http:///queues/orders',
      'HTTPS://h?x',
      '//queues/orders',
      '/queues/orders#f',
      'orders:443',
    ),
  },
);
const headerName = fc.oneof(
  fc.constantFrom(
    'Host',
    'Date',
    'x-mns-date',
    'x-mns-version',
    'Content-MD5',
    'Content-Type',
    'security-token',
    'x-mns-',
    'x-mns-prefix',
    'x-mns-ret-number',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const headerValue = fc.oneof(
  fc.constantFrom(
    '2015-06-06',
    'Thu, 01 Jan 2026 00:00:00 GMT',
    'MNS emuKey:AAAA',
    'MNS :',
    'MNS4-HMAC-SHA256 Credential=a/b/c/mns/aliyun_v4_request,Signature=00',
    '',
    '1'.repeat(500),
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const headers = fc.array(fc.tuple(fc.oneof(headerName, fc.constant('Authorization')), headerValue), { maxLength: 6 });
const markup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<Message>',
        '</Message>',
        '<MessageBody>',
        '<Queue>',
        '<Queue/>',
        '<?xml version="1.0"?>',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '<!DOCTYPE a>',
        '&lt;',
        '&#0;',
        '&#x110000;',
        '&x;',
        '<a b="c">',
        '<:>',
        '\u0000',
        '\uFFFE',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => Buffer.from(pieces.join(''), 'utf8'));
const body: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.constant(new Uint8Array()),
  fc.uint8Array({ maxLength: 60 }),
  markup,
);

/** What is sent to the root and bears no sign of MNS belongs to the other service. */
const isForMns = ({ target: path, headers: sent }: WireRequest): boolean =>
  !/^(?:https?:\/\/[^/]*)?\/?(?:\?|$)/i.test(path) || sent.some(([name]) => name.toLowerCase() === 'x-mns-version');

/** Requests put together from pools of parts, because making every part anew takes far longer than the request itself. */
function* unsignedRequests(): Generator<WireRequest> {
  const pool = <T>(part: fc.Arbitrary<T>): (() => T) => {
    const parts = fc.sample(part, { seed: SEED, numRuns: POOL });
    return () => parts[random.integer(0, parts.length - 1)] ?? expect.fail('an empty pool');
  };
  const random = new SeededRandom(String(SEED));
  const method = pool(fc.oneof(fc.constantFrom(...METHODS), fc.string({ maxLength: 5 })));
  const parts = { target: pool(target), headers: pool(headers), body: pool(body) };
  for (let made = 0; made < CASES;) {
    const request = { method: method(), target: parts.target(), headers: parts.headers(), body: parts.body() };
    if (!isForMns(request)) continue;
    made += 1;
    yield request;
  }
}

/** Signed, and hostile all the same: nothing that these can say is a right request. */
const signed = fc.record({
  method: fc.constantFrom(...METHODS),
  target: fc.oneof(
    target,
    fc.constantFrom(
      '/queues/orders',
      '/queues/orders?metaoverride=true',
      '/topics/news',
      '/topics/news/messages',
      '/queues/orders/messages',
      '/topics/news/subscriptions/copy',
    ),
    query.map((items) => `/queues/orders/messages?${items}`),
  ),
  body,
  more: fc.array(
    fc.tuple(
      fc.constantFrom('x-mns-prefix', 'x-mns-marker', 'x-mns-ret-number', 'Content-MD5'),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 2 },
  ),
});

let world: ConformanceWorld;
beforeAll(async () => {
  world = new ConformanceWorld();
  await world.begin();
});
afterAll(() => world.close());

const ERROR =
  /^<\?xml version="1\.0" \?>\n<Error xmlns="http:\/\/mns\.aliyuncs\.com\/doc\/v1">\n  <Code>(\w+)<\/Code>\n  <Message>[^<]+<\/Message>\n  <RequestId>[0-9A-F]{24}<\/RequestId>\n  <HostId>http:\/\/[\w.:[\]-]+<\/HostId>\n<\/Error>$/;
const HEADERS =
  'Server Date Content-Type Content-Length Connection x-mns-version x-mns-request-id x-mns-response-format x-mns-netty-total-time x-mns-threadpool-wait-time x-mns-account-type';

/** The code of a well-formed error reply; `undefined` for anything else. Cheaper than a dozen expectations. */
function errorCode({ status, headers: sent, body: bytes }: WireResponse): string | undefined {
  const code = ERROR.exec(Buffer.from(bytes).toString('utf8'))?.[1] ?? '';
  const isSound =
    Object.hasOwn(DOCUMENTED_ERRORS, code) &&
    status >= 400 &&
    status < 500 &&
    sent.map(([name]) => name).join(' ') === HEADERS &&
    sent.every(([name, value]) => name === 'x-mns-account-type' || /^[\x20-\x7E]+$/.test(value));
  return isSound ? code : undefined;
}

/** Fails, showing the request, unless it got a well-formed error. */
function expectRefused(request: WireRequest, reply: WireResponse): string {
  const shown = { ...request, body: Buffer.from(request.body).toString('base64') };
  const text = Buffer.from(reply.body).toString('utf8');
  return errorCode(reply) ?? expect.fail(`${JSON.stringify(shown)} was answered ${reply.status} ${text}`);
}

describe('anything at all as a request', () => {
  it(`is refused without a trace, when unsigned (${CASES} requests, seed ${SEED})`, { timeout: 120_000 }, async () => {
    const before = await world.fingerprint();
    const codes = new Set<string>();
    let count = 0;
    for (const request of unsignedRequests()) {
      codes.add(expectRefused(request, await world.emulator.handle(request)));
      count += 1;
      if (count % BATCH === 0) expect(await world.fingerprint(), `after ${count} requests`).toBe(before);
    }
    expect(count).toBe(CASES);
    expect([...codes]).toEqual(
      expect.arrayContaining(['InvalidRequestURL', 'MissingAuthorizationHeader', 'MissingDateHeader']),
    );
  });

  it(
    `gets success or a well-formed error without a trace, when signed (${SIGNED_CASES} requests, seed ${SEED})`,
    { timeout: 60_000 },
    async () => {
      const codes = new Set<string>();
      let before = await world.fingerprint();
      for (const { method, target: path, body: bytes, more } of fc.sample(signed, {
        seed: SEED,
        numRuns: SIGNED_CASES,
      })) {
        const text = Buffer.from(bytes).toString('latin1');
        const request = { ...signedRequest(world.clock.now(), method, path, text, { headers: more }), body: bytes };
        const reply = await world.clock.runUntil(world.emulator.handle(request));
        if (reply.status >= 400) {
          codes.add(expectRefused(request, reply));
          expect(await world.fingerprint()).toBe(before);
        } else {
          before = await world.fingerprint();
        }
      }
      expect([...codes]).toEqual(
        expect.arrayContaining(['InvalidRequestURL', 'MalformedXML', 'InvalidArgument', 'InvalidDigest']),
      );
    },
  );
});
