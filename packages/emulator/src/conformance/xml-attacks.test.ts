import { headerOf, readXml } from '@mnsbus/core/internal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { request as httpRequest } from 'node:http';
import { listen } from '../mounts/http.js';
import { signedRequest } from '../mns/test-support/mns-fixture.js';
import { ConformanceWorld } from './test-support/conformance-world.js';

// Documents made to cost their reader time or memory, or to make it read something else. Every one is
// refused as not well-formed, and the reader stops at its limits: what comes after them is not looked at.

const MEGABYTE = 2 ** 20;
const wrapped = (inner: string): string => `<Message><MessageBody>hello</MessageBody>${inner}</Message>`;

const billionLaughs = [
  '<?xml version="1.0"?><!DOCTYPE Message [<!ENTITY a0 "ha">',
  ...Array.from({ length: 30 }, (_, index) => `<!ENTITY a${index + 1} "${`&a${index};`.repeat(10)}">`),
  ']><Message><MessageBody>&a30;</MessageBody></Message>',
].join('');

const ATTACKS: readonly (readonly [name: string, document: () => string])[] = [
  ['an entity bomb', () => billionLaughs],
  [
    'one long entity, many times',
    () =>
      `<!DOCTYPE m [<!ENTITY a "${'a'.repeat(100_000)}">]><Message><MessageBody>${'&a;'.repeat(100_000)}</MessageBody></Message>`,
  ],
  [
    'an external entity',
    () => '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><Message><MessageBody>&x;</MessageBody></Message>',
  ],
  [
    'an external entity of the network',
    () => '<!DOCTYPE m [<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]><Message><MessageBody>&x;</MessageBody></Message>',
  ],
  ['a parameter entity', () => '<!DOCTYPE m [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><Message/>'],
  ['an external document type', () => '<!DOCTYPE Message SYSTEM "http://127.0.0.1:1/message.dtd"><Message/>'],
  ['an empty document type', () => '<!DOCTYPE Message><Message><MessageBody>hello</MessageBody></Message>'],
  ['an undeclared entity', () => wrapped('&secret;')],
  ['nesting 100,000 deep', () => '<a>'.repeat(100_000) + '</a>'.repeat(100_000)],
  ['nesting 100,000 deep, never closed', () => '<a>'.repeat(100_000)],
  [
    '100,000 attributes',
    () => `<Message ${Array.from({ length: 100_000 }, (_, index) => `a${index}="1"`).join(' ')}/>`,
  ],
  ['100,000 elements', () => wrapped('<a/>'.repeat(100_000))],
  ['100,000 properties', () => wrapped(`<UserProperties>${'<PropertyValue/>'.repeat(100_000)}</UserProperties>`)],
  ['8 MB of text', () => `<Message><MessageBody>${'a'.repeat(8 * MEGABYTE)}</MessageBody></Message>`],
  ['8 MB of white space', () => `${' '.repeat(8 * MEGABYTE)}<Message/>`],
  ['8 MB of a comment', () => wrapped(`<!--${'a'.repeat(8 * MEGABYTE)}-->`)],
  ['a name of 5 MB', () => `<${'n'.repeat(5 * MEGABYTE)}/>`],
  ['an attribute of 5 MB', () => `<Message a="${'v'.repeat(5 * MEGABYTE)}"/>`],
  ['an attribute twice', () => '<Message a="1" a="2"/>'],
  ['a reference to no character', () => wrapped('&#0;')],
  ['a reference beyond the last character', () => wrapped('&#x110000;')],
  ['a reference of a million digits', () => wrapped(`&#${'9'.repeat(1_000_000)};`)],
  ['half a surrogate pair', () => wrapped('&#xD800;')],
  ['XML 1.1', () => '<?xml version="1.1"?><Message><MessageBody>&#1;</MessageBody></Message>'],
  ['a text after the end', () => `${wrapped('')}more`],
];

let world: ConformanceWorld;
beforeEach(async () => {
  world = new ConformanceWorld();
  await world.begin();
});
afterEach(() => world.close());

const codeOf = (body: Uint8Array): string | undefined =>
  /<Code>(\w+)<\/Code>/.exec(Buffer.from(body).toString('utf8'))?.[1];

describe('an XML attack', () => {
  it.each(ATTACKS)('by %s is refused as MalformedXML, and changes nothing', async (_, document) => {
    const before = await world.fingerprint();
    const reply = await world.call({ method: 'POST', target: '/queues/orders/messages', body: document() });
    expect([reply.status, codeOf(reply.body)]).toEqual([400, 'MalformedXML']);
    expect(await world.fingerprint()).toBe(before);
  });

  it('is refused at every place that reads a body', async () => {
    const targets = [
      ['PUT', '/queues/fresh'],
      ['PUT', '/queues/orders?metaoverride=true'],
      ['DELETE', '/queues/orders/messages'],
      ['PUT', '/topics/fresh'],
      ['POST', '/topics/news/messages'],
      ['PUT', '/topics/news/subscriptions/fresh'],
    ] as const;
    for (const [method, target] of targets) {
      const reply = await world.call({ method, target, body: billionLaughs });
      expect([method, target, codeOf(reply.body)]).toEqual([method, target, 'MalformedXML']);
    }
  });

  it('over a socket is refused, too, and the next request is answered', async () => {
    const server = await listen(world.emulator);
    const send = (body: string): Promise<{ readonly status: number; readonly text: string }> =>
      new Promise((resolve, reject) => {
        const host = `127.0.0.1:${server.port}`;
        const { headers } = signedRequest(world.clock.now(), 'POST', '/queues/orders/messages', body, { host });
        const options = { host: '127.0.0.1', port: server.port, path: '/queues/orders/messages', method: 'POST' };
        const outgoing = httpRequest(
          { ...options, headers: { ...Object.fromEntries(headers), 'Content-Length': Buffer.byteLength(body) } },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
            incoming.on('end', () =>
              resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
            );
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      });
    for (const [name, document] of ATTACKS) {
      const { status, text } = await send(document());
      expect([name, status, codeOf(Buffer.from(text))]).toEqual([name, 400, 'MalformedXML']);
    }
    expect((await send('<Message><MessageBody>hello</MessageBody></Message>')).status).toBe(201);
    await server.close();
  });
});

describe('the reader of XML', () => {
  const refusalOf = (document: string): string => {
    try {
      readXml(document);
      return 'read';
    } catch (error) {
      return String(error);
    }
  };

  it.each([
    ['depth', '<a>'.repeat(17), /nested deeper than 16 levels/],
    ['elements', `<a>${'<b/>'.repeat(10_001)}`, /more than 10000 elements and attributes/],
    [
      'attributes',
      `<a ${Array.from({ length: 10_001 }, (_, index) => `a${index}=""`).join(' ')}`,
      /more than 10000 elements and attributes/,
    ],
    ['a document type', '<!DOCTYPE a>', /document type/],
  ])('stops at its limit of %s, before it has seen that the document has no end', (_, document, reason) => {
    expect(refusalOf(document)).toMatch(reason);
    // The same text is all that is needed: what follows, even if it is no XML at all, is not read.
    expect(refusalOf(`${document}<<<`)).toMatch(reason);
  });

  it('does not begin to read what is longer than its limit', () => {
    expect(refusalOf(`<<<${'a'.repeat(4_194_304)}`)).toMatch(/longer than 4194304 characters/);
  });

  it('reads what stays just within its limits', () => {
    expect(refusalOf('<a>'.repeat(16) + '</a>'.repeat(16))).toBe('read');
    expect(refusalOf(`<a>${'<b/>'.repeat(9999)}</a>`)).toBe('read');
    expect(refusalOf(`<a>${'a'.repeat(4_194_304 - 7)}</a>`)).toBe('read');
  });
});

it('an unsigned attack is refused before its body is understood', async () => {
  const reply = await world.call({
    method: 'PUT',
    target: '/queues/fresh',
    body: billionLaughs,
    tamper: (headers) => headers.filter(([name]) => name !== 'Authorization'),
  });
  expect([codeOf(reply.body), headerOf(reply, 'Content-Type')]).toEqual([
    'MissingAuthorizationHeader',
    'text/xml;charset=utf-8',
  ]);
});
