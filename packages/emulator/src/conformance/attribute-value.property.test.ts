import { fc, it } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { isXmlText } from '../runtime/xml-text.js';
import { messageXml, xmlText } from '../mns/test-support/mns-fixture.js';
import type { Call } from './test-support/conformance-row.js';
import { ConformanceWorld } from './test-support/conformance-world.js';

// Any value at all: inside its range it is taken and comes back, outside it is refused and changes nothing.

let world: ConformanceWorld;
beforeEach(async () => {
  world = new ConformanceWorld();
  await world.begin();
});
afterEach(() => world.close());

interface Attribute {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly set: (value: string) => Call;
  /** Where the value can be read again; absent where it cannot. */
  readonly read?: Call;
}

const queueAttribute = (name: string, low: number, high: number): Attribute => ({
  name,
  low,
  high,
  set: (value) => ({
    method: 'PUT',
    target: '/queues/orders?metaoverride=true',
    body: `<Queue><${name}>${value}</${name}></Queue>`,
  }),
  read: { method: 'GET', target: '/queues/orders' },
});

const sendAttribute = (name: string, low: number, high: number): Attribute => ({
  name,
  low,
  high,
  set: (value) => ({
    method: 'POST',
    target: '/queues/orders/messages',
    body: messageXml('a', `<${name}>${value}</${name}>`),
  }),
});

const ATTRIBUTES: readonly Attribute[] = [
  queueAttribute('DelaySeconds', 0, 604_800),
  queueAttribute('MaximumMessageSize', 1024, 65_536),
  queueAttribute('MessageRetentionPeriod', 60, 604_800),
  queueAttribute('VisibilityTimeout', 1, 43_200),
  queueAttribute('PollingWaitSeconds', 0, 30),
  {
    name: 'MaximumMessageSize',
    low: 1024,
    high: 65_536,
    set: (value) => ({
      method: 'PUT',
      target: '/topics/news?metaoverride=true',
      body: `<Topic><MaximumMessageSize>${value}</MaximumMessageSize></Topic>`,
    }),
    read: { method: 'GET', target: '/topics/news' },
  },
  sendAttribute('DelaySeconds', 0, 604_800),
  sendAttribute('Priority', 1, 16),
];

const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8');
const codeOf = (body: Uint8Array): string | undefined => /<Code>(\w+)<\/Code>/.exec(textOf(body))?.[1];

describe.each(ATTRIBUTES)('$name from $low to $high', ({ name, low, high, set, read }) => {
  const near = fc.oneof(
    fc.integer({ min: low, max: high }),
    fc.integer({ min: high + 1, max: 10 * high + 10 }),
    fc.integer({ max: low - 1 }),
    fc.constantFrom(low - 1, low, high, high + 1, 0, 2 ** 31, 2 ** 53, -(2 ** 63)),
  );

  it.prop([near], { numRuns: 100 })(
    'takes any number inside, and refuses any outside without a trace',
    async (value) => {
      const before = await world.fingerprint();
      const { status, body } = await world.call(set(String(value)));
      if (value >= low && value <= high) {
        expect({ isTaken: status < 300, text: textOf(body) }).toMatchObject({ isTaken: true });
        if (read !== undefined) expect(textOf((await world.call(read)).body)).toContain(`<${name}>${value}</${name}>`);
      } else {
        expect([status, codeOf(body)]).toEqual([400, 'InvalidArgument']);
        expect(await world.fingerprint()).toBe(before);
      }
    },
  );

  it.prop([fc.string({ unit: 'grapheme', maxLength: 20 })], { numRuns: 100 })(
    'refuses any text that is no whole number',
    async (text) => {
      fc.pre(isXmlText(text) && !/^[+-]?\d+$/.test(text.trim()));
      const before = await world.fingerprint();
      const { status, body } = await world.call(set(xmlText(text)));
      expect([status, codeOf(body)]).toEqual([400, 'InvalidArgument']);
      expect(await world.fingerprint()).toBe(before);
    },
  );
});

describe('a message body', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.json(),
  );

  it.prop([anyText], { numRuns: 500 })('of any text comes back as it was sent, or is refused (I22)', async (text) => {
    const { status, body } = await world.call({
      method: 'POST',
      target: '/queues/orders/messages',
      body: messageXml(text),
    });
    if (!isXmlText(text)) {
      expect([status, codeOf(body)]).toEqual([400, 'MalformedXML']);
      return;
    }
    expect(status).toBe(201);
    const received = textOf((await world.call({ method: 'GET', target: '/queues/orders/messages' })).body);
    expect(received).toContain(`<MessageBody>${xmlText(text)}</MessageBody>`);
    const handle = /<ReceiptHandle>([^<]+)</.exec(received)?.[1] ?? '';
    await world.call({ method: 'DELETE', target: `/queues/orders/messages?ReceiptHandle=${handle}` });
  });
});
