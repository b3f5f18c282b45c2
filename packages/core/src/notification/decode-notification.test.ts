import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { md5Hex } from '../md5.js';
import {
  asDelivered,
  asPrintedObject,
  asPrintedWithSpaces,
  realNotifications,
} from '../test-support/real-notifications.js';
import { decodeNotification, type DecodeNotificationOptions } from './decode-notification.js';
import type { TopicNotification } from './topic-notification.js';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

const jsonEnvelope = (message: string, changes: Record<string, unknown> = {}): string =>
  JSON.stringify({
    TopicOwner: '1000000000000001',
    Message: message,
    Subscriber: '1000000000000001',
    PublishTime: '1767225600000',
    SubscriptionName: 'sub-a',
    MessageMD5: md5Hex(message),
    TopicName: 'orders',
    MessageId: '0A00000133FD7FBB7FBD7DA3D58E0001',
    ...changes,
  });

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');

const xmlEnvelope = (message: string, tag = ''): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<Notification xmlns="http://mns.aliyuncs.com/doc/v1/">\n` +
  `  <TopicOwner>1000000000000001</TopicOwner>\n  <TopicName>orders</TopicName>\n` +
  `  <Subscriber>1000000000000001</Subscriber>\n  <SubscriptionName>sub-a</SubscriptionName>\n` +
  `  <MessageId>0A00000133FD7FBB7FBD7DA3D58E0001</MessageId>\n  <Message>${escapeXml(message)}</Message>\n` +
  `  <MessageMD5>${md5Hex(message)}</MessageMD5>\n${tag}  <PublishTime>1767225600000</PublishTime>\n</Notification>`;

const refusal = (body: string, options?: DecodeNotificationOptions): unknown => {
  try {
    return decodeNotification(body, options);
  } catch (error) {
    return error;
  }
};

const envelope = {
  topicOwner: '1000000000000001',
  topicName: 'orders',
  subscriber: '1000000000000001',
  subscriptionName: 'sub-a',
  messageId: '0A00000133FD7FBB7FBD7DA3D58E0001',
  messageMD5: '5D41402ABC4B2A76B9719D911017C592',
  messageTag: undefined,
  publishedAt: new Date(1_767_225_600_000),
};

describe('decodeNotification', () => {
  it.each([
    ['JSON', jsonEnvelope('hello')],
    ['XML', xmlEnvelope('hello')],
  ])('reads every member of a %s notification', (format, body) => {
    const expected = { format, envelope, message: 'hello', text: 'hello', integrity: 'verified' };
    expect(decodeNotification(body)).toEqual(expected);
    expect(decodeNotification(base64(body))).toEqual(expected);
  });

  it('takes any other body for SIMPLIFIED', () => {
    const expected = {
      format: 'SIMPLIFIED',
      envelope: undefined,
      message: 'hello',
      text: 'hello',
      integrity: 'absent',
    };
    expect(decodeNotification('hello')).toEqual(expected);
    expect(decodeNotification('')).toMatchObject({ format: 'SIMPLIFIED', text: '' });
    expect(decodeNotification('{"events":[]}')).toMatchObject({ format: 'SIMPLIFIED', text: '{"events":[]}' });
    expect(decodeNotification('{"broken')).toMatchObject({ format: 'SIMPLIFIED', text: '{"broken' });
    expect(decodeNotification('<other/>')).toMatchObject({ format: 'SIMPLIFIED', text: '<other/>' });
  });

  it.each([
    ['no object', 'null'],
    ['words before a brace', 'see {"TopicOwner":"1"'],
    ['damaged, and names the owner only further inside', '{"a": {"TopicOwner": "1"'],
    ['words before an element', `see ${xmlEnvelope('hello')}`],
    ['an object with a Message and nothing else of an envelope', '{"Message":"hello"}'],
    ['an envelope without its Message', jsonEnvelope('hello', { Message: undefined })],
    ...['TopicOwner', 'TopicName', 'SubscriptionName', 'MessageId'].flatMap((name) => [
      [`an envelope without ${name}`, jsonEnvelope('hello', { [name]: undefined })],
      [`an envelope whose ${name} is a number`, jsonEnvelope('hello', { [name]: 1 })],
    ]),
  ])('takes for SIMPLIFIED what is %s', (_, body) => {
    expect(decodeNotification(body)).toMatchObject({ format: 'SIMPLIFIED', message: body, text: body });
  });

  it.each([
    ['JSON', ' \r\n', jsonEnvelope('hello')],
    ['XML', ' \r\n', xmlEnvelope('hello').slice(xmlEnvelope('hello').indexOf('<Notification'))],
    ['XML', '', xmlEnvelope('hello').replaceAll('Notification>', 'mns:Notification>').replace('<N', '<mns:N')],
  ])('reads a %s notification after the blanks %j, with any prefix', (format, blanks, body) => {
    expect(decodeNotification(blanks + body)).toMatchObject({ format, envelope, text: 'hello' });
  });

  it('reads the tag', () => {
    expect(decodeNotification(jsonEnvelope('hello', { MessageTag: 'paid' })).envelope?.messageTag).toBe('paid');
    const xml = xmlEnvelope('hello', '  <MessageTag>paid</MessageTag>\n');
    expect(decodeNotification(xml).envelope?.messageTag).toBe('paid');
    expect(decodeNotification(jsonEnvelope('hello', { MessageTag: 5 })).envelope?.messageTag).toBeUndefined();
  });

  it('decodes a publisher’s base64 when it hides structured text, keeping the message as published', () => {
    const published = base64('{"events":[]}');
    for (const body of [jsonEnvelope(published), xmlEnvelope(published), published]) {
      expect(decodeNotification(body)).toMatchObject({ message: published, text: '{"events":[]}' });
    }
    expect(decodeNotification(base64('hello')).text).toBe(base64('hello'));
  });

  describe.each(realNotifications)('the real notification of task $taskId', (real) => {
    it('is read with the MD5 that the service reported', () => {
      const notification = decodeNotification(asDelivered(real));
      expect(notification.message).toBe(real.message);
      expect(notification.envelope?.messageMD5).toBe(real.messageMD5);
      expect(notification.integrity).toBe('verified');
      const lagMs = Number(notification.envelope?.publishedAt) - Date.parse(real.eventTime);
      expect(lagMs).toBe(real.publishLagMs);
    });

    it('is read when its message is printed as an object', () => {
      expect(decodeNotification(asPrintedObject(real))).toMatchObject({ message: real.message, integrity: 'verified' });
    });

    it('is refused as corrupt when spaces were added to its keys', () => {
      expect(refusal(asPrintedWithSpaces(real))).toMatchObject({
        code: 'NOTIFICATION_CORRUPT',
        message: expect.stringMatching(
          /corrupt notification: expected MessageMD5 .*keys or values differ.*added spaces/,
        ),
      });
    });
  });

  it('refuses a changed message as corrupt, saying both digests', () => {
    const body = jsonEnvelope('hello').replace('"hello"', '"hellO"');
    expect(refusal(body)).toMatchObject({ code: 'NOTIFICATION_CORRUPT', retryable: false });
    expect(refusal(body)).toMatchObject({ message: expect.stringContaining(md5Hex('hellO')) });
    expect(refusal(body)).toMatchObject({ message: expect.stringContaining(md5Hex('hello')) });
    expect(refusal(body)).toMatchObject({ message: expect.stringContaining('changed on its way') });
  });

  it('accepts the digest in lower case', () => {
    expect(decodeNotification(jsonEnvelope('hello', { MessageMD5: md5Hex('hello').toLowerCase() })).integrity).toBe(
      'verified',
    );
  });

  it('does not verify a message with user properties, and says so', () => {
    const body = jsonEnvelope('hello', { MessageMD5: '4C1CE97E3D0479FFF0AB6B02B7F6F86E' });
    expect(decodeNotification(body, { hasUserProperties: true }).integrity).toBe('unverifiable');
    expect(refusal(body)).toMatchObject({ code: 'NOTIFICATION_CORRUPT' });
  });

  it.each([
    ['JSON that is cut off', jsonEnvelope('hello').slice(0, -20), 'cut off'],
    [
      'JSON in lines that is cut off',
      `\n${JSON.stringify(JSON.parse(jsonEnvelope('a')), undefined, 2).slice(0, -9)}`,
      'cut',
    ],
    ['XML that is cut off', xmlEnvelope('hello').slice(0, -20), 'cut off'],
    [
      'a missing Subscriber',
      jsonEnvelope('hello', { Subscriber: undefined }),
      'Subscriber: expected a string, received nothing',
    ],
    ['a missing MessageMD5', jsonEnvelope('hello', { MessageMD5: undefined }), 'MessageMD5'],
    ['a PublishTime that is a number', jsonEnvelope('hello', { PublishTime: 5 }), 'PublishTime: expected a string'],
    ['a PublishTime that is no time', jsonEnvelope('hello', { PublishTime: 'noon' }), 'milliseconds since 1970'],
    ['letters before a PublishTime', jsonEnvelope('hello', { PublishTime: 'x1767225600000' }), 'since 1970'],
    ['letters after a PublishTime', jsonEnvelope('hello', { PublishTime: '1767225600000x' }), 'since 1970'],
    ['a PublishTime of 16 digits', jsonEnvelope('hello', { PublishTime: '1767225600000000' }), 'since 1970'],
    [
      'two missing members, naming both',
      jsonEnvelope('hello', { Subscriber: undefined, PublishTime: undefined }),
      'Subscriber: expected a string, received nothing; PublishTime: expected a string, received nothing',
    ],
    ['a Message that is null', jsonEnvelope('hello', { Message: null }), 'Message: expected a string, received null'],
    ['a Message that is a number', jsonEnvelope('hello', { Message: 5 }), 'Message: expected a string'],
    ['an XML notification without a Message', '<Notification><TopicName>t</TopicName></Notification>', 'Message'],
    ['XML with a document type', '<?xml version="1.0"?><Notification><!DOCTYPE x></Notification>', 'damaged'],
  ])('refuses %s as malformed', (_, body, reason) => {
    expect(refusal(body)).toMatchObject({ code: 'NOTIFICATION_MALFORMED', message: expect.stringContaining(reason) });
  });

  describe('with the format given', () => {
    it.each([
      ['JSON', xmlEnvelope('hello')],
      ['XML', jsonEnvelope('hello')],
      ['JSON', 'hello'],
      ['XML', base64('hello')],
    ] as const)('refuses anything but %s', (format, body) => {
      expect(refusal(body, { format })).toMatchObject({
        code: 'NOTIFICATION_MALFORMED',
        message: expect.stringContaining(`expected a ${format} notification`),
      });
    });

    it.each([
      ['JSON', jsonEnvelope('hello')],
      ['XML', xmlEnvelope('hello')],
    ] as const)('reads %s, in base64 as well', (format, body) => {
      for (const text of [body, base64(body)]) {
        expect(decodeNotification(text, { format })).toMatchObject({ format, envelope, text: 'hello' });
      }
    });

    it('leaves a SIMPLIFIED body alone even if it looks like an envelope', () => {
      const body = jsonEnvelope('hello');
      expect(decodeNotification(body, { format: 'SIMPLIFIED' })).toMatchObject({ format: 'SIMPLIFIED', message: body });
    });
  });

  const xmlText = fc
    .string({ unit: 'binary' })
    .filter((text) => text.isWellFormed() && /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text));

  prop.prop([fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed())])(
    'gives back any message from JSON',
    (message) => {
      expect(decodeNotification(jsonEnvelope(message)).message).toBe(message);
      expect(decodeNotification(base64(jsonEnvelope(message))).message).toBe(message);
    },
  );

  prop.prop([xmlText])('gives back any message from XML', (message) => {
    expect(decodeNotification(xmlEnvelope(message)).message).toBe(message);
  });

  prop.prop([fc.string({ unit: 'binary' })])('decodes or refuses any body, and throws nothing else', (body) => {
    const outcome = refusal(body);
    if (outcome instanceof Error) {
      expect(outcome).toMatchObject({ code: expect.stringMatching(/^NOTIFICATION_(MALFORMED|CORRUPT)$/) });
    } else {
      expect((outcome as TopicNotification).message).toBeTypeOf('string');
    }
  });

  prop.prop([fc.nat(), fc.constantFrom('0', 'a', 'Z', '{', '}', '"', ' ')])(
    'refuses a message with any one character changed',
    (position, character) => {
      const message = realNotifications[0]?.message ?? '';
      const at = position % message.length;
      fc.pre(message[at] !== character);
      const changed = message.slice(0, at) + character + message.slice(at + 1);
      expect(refusal(jsonEnvelope(changed, { MessageMD5: md5Hex(message) }))).toMatchObject({
        code: 'NOTIFICATION_CORRUPT',
      });
    },
  );
});
