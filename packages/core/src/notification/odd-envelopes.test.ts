import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decodeEvents } from '../events/registry.js';
import { MEMBERS_ALWAYS_THERE, jsonNotification, xmlNotification } from '../test-support/notification-texts.js';
import { realNotifications } from '../test-support/real-notifications.js';
import { sampleEvents } from '../test-support/sample-events.js';
import { decodeNotification } from './decode-notification.js';
import type { NotificationEnvelope } from './topic-notification.js';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

const VIEW: Readonly<Record<string, keyof NotificationEnvelope>> = {
  TopicOwner: 'topicOwner',
  TopicName: 'topicName',
  Subscriber: 'subscriber',
  SubscriptionName: 'subscriptionName',
  MessageId: 'messageId',
  MessageMD5: 'messageMD5',
  PublishTime: 'publishedAt',
  MessageTag: 'messageTag',
};

/** Some members of an envelope, to be left out (`undefined`) or to hold something else. */
const oddMembers = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc.dictionary(fc.constantFrom(...Object.keys(VIEW)), fc.option(values, { nil: undefined }));
const missingIn = (odd: Readonly<Record<string, unknown>>): number =>
  MEMBERS_ALWAYS_THERE.filter((name) => name in odd && odd[name] === undefined).length;

const messages = fc.constantFrom(...sampleEvents.map(({ text }) => text), realNotifications[0]?.message ?? '');

function expectWhole(body: string, message: string, odd: Readonly<Record<string, unknown>>): void {
  const { envelope, ...notification } = decodeNotification(body);
  expect(notification).toMatchObject({ message, text: message });
  expect(decodeEvents(notification.text)).toEqual(decodeEvents(message));
  const named = envelope?.problems.map(({ path }) => path) ?? expect.fail('there is an envelope');
  // Each is read or named, and of those that are as they should be none is named.
  for (const [name, member] of Object.entries(VIEW)) {
    const isLeftOut = name === 'MessageTag' && odd[name] === undefined;
    expect([name, envelope?.[member] === undefined]).toEqual([name, named.includes(name) || isLeftOut]);
  }
  expect(named.filter((path) => !(path in odd))).toEqual([]);
  expect(notification.integrity).toBe(envelope?.messageMD5 === undefined ? 'absent' : 'verified');
}

describe('an envelope', () => {
  prop.prop([messages, oddMembers(fc.jsonValue())])(
    'in JSON gives its message with any four members missing, and any holding anything',
    (message, odd) => {
      fc.pre(missingIn(odd) <= 4);
      expectWhole(jsonNotification(message, odd), message, odd);
    },
  );

  prop.prop([messages, oddMembers(fc.oneof(fc.integer(), fc.stringMatching(/^[ -~]*$/)))])(
    'in XML gives its message whatever is missing or odd',
    (message, odd) => {
      expectWhole(xmlNotification(message, odd), message, odd);
    },
  );

  it('in XML needs nothing but its message', () => {
    expect(decodeNotification('<Notification><Message>hello</Message></Notification>')).toMatchObject({
      format: 'XML',
      text: 'hello',
      integrity: 'absent',
    });
  });

  it('names a tag that is no text', () => {
    for (const odd of [5, null])
      expect(decodeNotification(jsonNotification('hello', { MessageTag: odd })).envelope).toMatchObject({
        messageTag: undefined,
        problems: [{ path: 'MessageTag', expected: 'expected text' }],
      });
  });

  it.each([
    ['null', { Message: null }, ['Message']],
    ['a number', { Message: 5 }, ['Message']],
    ['a list', { Message: ['hello'] }, ['Message']],
    ['an object that no MD5 speaks for', { Message: { events: [] }, MessageMD5: 'none' }, ['MessageMD5', 'Message']],
  ])('leaves an envelope whose Message is %s as it is, and names it', (_, odd, paths) => {
    const body = jsonNotification('hello', odd);
    for (const sent of [body, base64(body)]) {
      const notification = decodeNotification(sent);
      expect(notification).toMatchObject({ format: 'JSON', message: sent, text: body, integrity: 'absent' });
      expect(notification.envelope?.problems.map(({ path }) => path)).toEqual(paths);
      expect(notification.envelope?.problems.at(-1)).toMatchObject({ expected: 'expected text' });
    }
  });

  it('takes an object for the message when it cannot be verified, but an MD5 was sent with it', () => {
    const body = jsonNotification('', { Message: { events: [] } });
    expect(decodeNotification(body, { hasUserProperties: true })).toMatchObject({
      text: '{"events":[]}',
      integrity: 'unverifiable',
      envelope: { problems: [] },
    });
  });

  const ownNames = fc
    .string()
    .filter((name) => name !== 'Message' && !MEMBERS_ALWAYS_THERE.some((one) => one === name));
  prop.prop([
    fc.jsonValue(),
    fc.subarray([...MEMBERS_ALWAYS_THERE], { maxLength: 2 }),
    fc.dictionary(ownNames, fc.jsonValue()),
    fc.boolean(),
  ])(
    'is not seen in the JSON of an app that has a Message, and two members of its names',
    (value, names, own, isText) => {
      const members = Object.fromEntries(names.map((name) => [name, value]));
      const body = JSON.stringify({ ...own, ...members, MessageTag: 'paid', Message: isText ? 'hello' : value });
      expect(decodeNotification(body)).toEqual({
        format: 'SIMPLIFIED',
        envelope: undefined,
        message: body,
        text: body,
        integrity: 'absent',
      });
    },
  );

  it.each(sampleEvents)('is not seen in the bare text of $name', ({ text }) => {
    expect(decodeNotification(text)).toMatchObject({ format: 'SIMPLIFIED', envelope: undefined, text });
  });
});
