import { fc, it } from '@fast-check/vitest';
import { decodeEvents, decodeNotification, encodeEvents, knownEventNames, md5Hex } from '@mnsbus/core';
import { arbitraryEventText } from '@mnsbus/core/testing';
import { describe, expect } from 'vitest';
import { messageXml, mnsFixture, subscriptionXml, valueIn, type MnsFixture } from './mns/test-support/mns-fixture.js';
import { isXmlText } from './runtime/xml-text.js';

const FORMATS = ['JSON', 'XML', 'SIMPLIFIED'] as const;

/** A topic with one queue for each way of writing a notification. */
async function topicWithQueues(): Promise<MnsFixture> {
  const mns = mnsFixture();
  await mns.call('PUT', '/topics/ends', '<Topic/>');
  for (const format of FORMATS) {
    await mns.call('PUT', `/queues/${format}`, '<Queue/>');
    const written = `<NotifyContentFormat>${format}</NotifyContentFormat>`;
    await mns.call('PUT', `/topics/ends/subscriptions/${format}`, subscriptionXml(format, written));
  }
  return mns;
}

/** The body of the next message of a queue, deleted and checked as a client does. */
async function take(mns: MnsFixture, queueName: string): Promise<string> {
  const reply = await mns.call('GET', `/queues/${queueName}/messages`);
  const body = valueIn(reply, 'MessageBody');
  expect(valueIn(reply, 'MessageBodyMD5')).toBe(md5Hex(body));
  const handle = encodeURIComponent(valueIn(reply, 'ReceiptHandle'));
  expect((await mns.call('DELETE', `/queues/${queueName}/messages?ReceiptHandle=${handle}`)).status).toBe(204);
  return body;
}

describe.each(knownEventNames)('%s', (name) => {
  it.prop([arbitraryEventText(name, { maxBytes: 8192 })], { numRuns: 10 })(
    'comes out of topic and queue as the event that went in, and back to the same bytes',
    async (text) => {
      const mns = await topicWithQueues();
      const published = await mns.call('POST', '/topics/ends/messages', messageXml(text));
      if (!isXmlText(text)) {
        // No XML can carry it: refused, never altered (I22).
        expect(published.status).toBe(400);
        return;
      }
      expect(published.status).toBe(201);
      for (const format of FORMATS) {
        const notification = decodeNotification(await take(mns, format));
        expect(notification.text).toBe(text);
        const events = decodeEvents(notification.text);
        expect(events).toEqual(decodeEvents(text));
        expect(events.map((event) => event.name)).toEqual([name]);
        expect(encodeEvents(events)).toBe(text);
      }
    },
  );
});

describe('an event in another dress', () => {
  const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  const inLines = (text: string, end: string): string => base64(text).replaceAll(/.{76}/g, `$&${end}`);
  const anyText = fc
    .constantFrom(...knownEventNames)
    .chain((name) => arbitraryEventText(name, { maxBytes: 8192 }))
    .filter((text) => isXmlText(text));

  it.prop([anyText], { numRuns: 60 })(
    'comes out of topic and queue as it went in, and is the same event',
    async (text) => {
      const mns = await topicWithQueues();
      for (const dressed of [
        `\uFEFF${text}`,
        inLines(text, '\r\n'),
        `${inLines(text, '\n')}\n`,
        `\uFEFF${base64(text)}`,
      ]) {
        expect((await mns.call('POST', '/topics/ends/messages', messageXml(dressed))).status).toBe(201);
        for (const format of FORMATS) {
          const notification = decodeNotification(await take(mns, format));
          expect(notification.message).toBe(dressed);
          const events = decodeEvents(notification.text);
          expect(events).toEqual(decodeEvents(text));
          expect(encodeEvents(events)).toBe(text);
        }
      }
    },
  );
});

describe('every text', () => {
  it.prop([fc.string({ unit: 'binary', maxLength: 200 })], { numRuns: 200 })(
    'that a topic takes comes out of its queues unaltered (I22)',
    async (text) => {
      const mns = await topicWithQueues();
      const { status } = await mns.call('POST', '/topics/ends/messages', messageXml(text));
      if (status !== 201) {
        expect(isXmlText(text) && text !== '').toBe(false);
        return;
      }
      for (const format of ['JSON', 'XML'] as const) {
        expect(decodeNotification(await take(mns, format)).text).toBe(text);
      }
    },
  );
});
