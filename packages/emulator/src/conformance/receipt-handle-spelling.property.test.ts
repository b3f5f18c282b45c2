import { fc, it } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { isXmlText } from '../runtime/xml-text.js';
import { xmlText } from '../mns/test-support/mns-fixture.js';
import { ConformanceWorld, sent } from './test-support/conformance-world.js';

// Invariant I8: handles survive every encoding and spelling that real clients send. What is not the
// handle, however much it looks like it, deletes nothing.

const MESSAGES = '/queues/orders/messages';

let world: ConformanceWorld;
beforeEach(async () => {
  world = new ConformanceWorld();
  await world.begin([sent('hello')]);
});
afterEach(() => world.close());

async function receiveHandle(): Promise<string> {
  const { body } = await world.call({ method: 'GET', target: MESSAGES });
  return /<ReceiptHandle>([^<]+)</.exec(Buffer.from(body).toString('utf8'))?.[1] ?? expect.fail('nothing received');
}

const codeOf = (body: Uint8Array): string | undefined =>
  /<Code>(\w+)<\/Code>/.exec(Buffer.from(body).toString('utf8'))?.[1];

/** Ways to write a character of a query value. */
const WRITINGS: readonly ((character: string) => string)[] = [
  (character) => character,
  (character) => percent(character).toUpperCase(),
  (character) => percent(character).toLowerCase(),
];

/** How each character is written; one handle is longer than the list, and goes round. */
const writings = fc.array(fc.constantFrom(...WRITINGS), { minLength: 1, maxLength: 120 });
const spelling = fc.constantFrom('ReceiptHandle', 'receiptHandle', 'RECEIPTHANDLE', 'receipthandle', 'Receipt%48andle');
const others = fc.array(fc.constantFrom('a=1', 'b', '=', '', 'waitseconds=0'), { maxLength: 3 });

function written(text: string, ways: readonly ((character: string) => string)[]): string {
  return Array.from(text, (character, index) => (ways[index % ways.length] ?? String)(character)).join('');
}

function percent(character: string): string {
  return [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

describe('a receipt handle', () => {
  it.prop([writings, spelling, others, others], { numRuns: 100 })(
    'deletes and extends in any writing, under any spelling of its name, among any other parameters (I8)',
    async (ways, name, before, after) => {
      const handle = await receiveHandle();
      const query = [...before, `${name}=${written(handle, ways)}`, ...after].join('&');
      const changed = await world.call({ method: 'PUT', target: `${MESSAGES}?${query}&visibilityTimeout=43200` });
      expect(changed.status).toBe(200);
      const deleted = await world.call({ method: 'DELETE', target: `${MESSAGES}?${query}` });
      expect(deleted.status).toBe(204);
      await world.call({
        method: 'POST',
        target: MESSAGES,
        body: '<Message><MessageBody>next</MessageBody></Message>',
      });
    },
  );

  it.prop([fc.nat(), fc.constantFrom(...'AZaz09+/=-_. %'.split(''))], { numRuns: 200 })(
    'with one character changed deletes nothing',
    async (place, character) => {
      const handle = await receiveHandle();
      const index = place % handle.length;
      const other = `${handle.slice(0, index)}${character}${handle.slice(index + 1)}`;
      fc.pre(other !== handle);
      const before = await world.fingerprint();
      const { status, body } = await world.call({
        method: 'DELETE',
        target: `${MESSAGES}?ReceiptHandle=${encodeURIComponent(other)}`,
      });
      // Changed inside its message id it reads as the handle of a message that is gone.
      expect(['400 ReceiptHandleError', '404 MessageNotExist']).toContain(`${status} ${codeOf(body)}`);
      expect(await world.fingerprint()).toBe(before);
      await world.clock.advanceBy(30_000);
    },
  );
});

describe('a text that is no receipt handle', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });

  it.prop([text], { numRuns: 200 })('is refused, of any alphabet, and changes nothing', async (handle) => {
    const before = await world.fingerprint();
    const { status, body } = await world.call({
      method: 'DELETE',
      target: `${MESSAGES}?ReceiptHandle=${encodeURIComponent(handle)}`,
    });
    expect([status, codeOf(body)]).toEqual([400, 'ReceiptHandleError']);
    expect(await world.fingerprint()).toBe(before);
  });

  it.prop([fc.array(text, { minLength: 1, maxLength: 16 })], { numRuns: 200 })(
    'comes back, in a list of failures, as it was sent',
    async (handles) => {
      fc.pre(handles.every((handle) => isXmlText(handle)));
      const items = handles.map((handle) => `<ReceiptHandle>${xmlText(handle)}</ReceiptHandle>`).join('');
      const { status, body } = await world.call({
        method: 'DELETE',
        target: MESSAGES,
        body: `<ReceiptHandles>${items}</ReceiptHandles>`,
      });
      const reply = Buffer.from(body).toString('utf8');
      expect(status).toBe(404);
      expect([...reply.matchAll(/<ReceiptHandle>([^<]*)<\/ReceiptHandle>/g)].map(([, value]) => value)).toEqual(
        handles.map((handle) => xmlText(handle.trim())),
      );
    },
  );
});
