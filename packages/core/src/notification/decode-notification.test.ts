import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { describeValue } from '../errors.js';
import { md5Hex } from '../md5.js';
import { jsonNotification, xmlNotification } from '../test-support/notification-texts.js';
import {
  asDelivered,
  asPrintedObject,
  asPrintedWithSpaces,
  realNotifications,
} from '../test-support/real-notifications.js';
import { decodeNotification, type DecodeNotificationOptions } from './decode-notification.js';
import type { TopicNotification } from './topic-notification.js';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

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
  problems: [],
};

describe('decodeNotification', () => {
  it.each([
    ['JSON', jsonNotification('hello')],
    ['XML', xmlNotification('hello')],
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
    ['words before an element', `see ${xmlNotification('hello')}`],
    ['an object with a Message and nothing else of an envelope', '{"Message":"hello"}'],
    ['an envelope without its Message', jsonNotification('hello', { Message: undefined })],
  ])('takes for SIMPLIFIED what is %s', (_, body) => {
    expect(decodeNotification(body)).toMatchObject({ format: 'SIMPLIFIED', message: body, text: body });
  });

  it.each([
    ['JSON', ' \r\n', jsonNotification('hello')],
    ['XML', ' \r\n', xmlNotification('hello').slice(xmlNotification('hello').indexOf('<Notification'))],
    ['XML', '', xmlNotification('hello').replaceAll('Notification>', 'mns:Notification>').replace('<N', '<mns:N')],
  ])('reads a %s notification after the blanks %j, with any prefix', (format, blanks, body) => {
    expect(decodeNotification(blanks + body)).toMatchObject({ format, envelope, text: 'hello' });
  });

  it('reads the tag', () => {
    expect(decodeNotification(jsonNotification('hello', { MessageTag: 'paid' })).envelope?.messageTag).toBe('paid');
    const xml = xmlNotification('hello', { MessageTag: 'paid' });
    expect(decodeNotification(xml).envelope?.messageTag).toBe('paid');
  });

  it('decodes a publisher’s base64 when it hides structured text, keeping the message as published', () => {
    const published = base64('{"events":[]}');
    for (const body of [jsonNotification(published), xmlNotification(published), published]) {
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
    const body = jsonNotification('hello').replace('"hello"', '"hellO"');
    expect(refusal(body)).toMatchObject({ code: 'NOTIFICATION_CORRUPT', retryable: false });
    expect(refusal(body)).toMatchObject({ message: expect.stringContaining(md5Hex('hellO')) });
    expect(refusal(body)).toMatchObject({ message: expect.stringContaining(md5Hex('hello')) });
    expect(refusal(body)).toMatchObject({ message: expect.stringContaining('changed on its way') });
  });

  it('accepts the digest in lower case', () => {
    expect(decodeNotification(jsonNotification('hello', { MessageMD5: md5Hex('hello').toLowerCase() })).integrity).toBe(
      'verified',
    );
  });

  it.each([
    ['TopicOwner', 'topicOwner', ['', 5, null], 'text that is not empty'],
    ['TopicName', 'topicName', ['', {}], 'text that is not empty'],
    ['Subscriber', 'subscriber', ['', 5, null], 'text that is not empty'],
    ['SubscriptionName', 'subscriptionName', ['', []], 'text that is not empty'],
    ['MessageId', 'messageId', ['', 5, null], 'text that is not empty'],
    [
      'MessageMD5',
      'messageMD5',
      ['', 5, null, 'none', `${md5Hex('hello')}0`, `0${md5Hex('hello')}`, md5Hex('hello').replace(/./, 'G')],
      'the 32 hexadecimal digits of an MD5',
    ],
    [
      'PublishTime',
      'publishedAt',
      ['', null, -5, 0.5, 1e15, '2026-01-01T00:00:00Z', 'x1767225600000', '1767225600000.5', '1767225600000000'],
      'milliseconds since 1970',
    ],
  ] as const)('reads a message whose %s is missing or odd, and names it', (name, member, oddities, expected) => {
    const absentIfMD5 = name === 'MessageMD5' ? 'absent' : 'verified';
    for (const odd of [undefined, ...oddities]) {
      const bodies = [jsonNotification('hello', { [name]: odd })];
      if (odd === undefined || typeof odd === 'string') bodies.push(xmlNotification('hello', { [name]: odd }));
      for (const body of bodies) {
        expect(decodeNotification(body)).toEqual({
          format: body.startsWith('<') ? 'XML' : 'JSON',
          envelope: {
            ...envelope,
            [member]: undefined,
            problems: [{ path: name, expected: `expected ${expected}`, received: describeValue(odd) }],
          },
          message: 'hello',
          text: 'hello',
          integrity: absentIfMD5,
        });
      }
    }
  });

  it('reads a time in any digits, as text and as a number', () => {
    for (const time of ['0', '1767225600', '1767225600000', '999999999999999']) {
      const expected = { publishedAt: new Date(Number(time)), problems: [] };
      expect(decodeNotification(xmlNotification('hello', { PublishTime: time })).envelope).toMatchObject(expected);
      for (const value of [time, Number(time)])
        expect(decodeNotification(jsonNotification('hello', { PublishTime: value })).envelope).toMatchObject(expected);
    }
  });

  it('does not verify a message with user properties, and says so', () => {
    const body = jsonNotification('hello', { MessageMD5: '4C1CE97E3D0479FFF0AB6B02B7F6F86E' });
    expect(decodeNotification(body, { hasUserProperties: true }).integrity).toBe('unverifiable');
    expect(refusal(body)).toMatchObject({ code: 'NOTIFICATION_CORRUPT' });
  });

  it.each([
    ['JSON that is cut off', jsonNotification('hello').slice(0, -20), 'cut off'],
    [
      'JSON in lines that is cut off',
      `\n${JSON.stringify(JSON.parse(jsonNotification('a')), undefined, 2).slice(0, -9)}`,
      'cut',
    ],
    ['XML that is cut off', xmlNotification('hello').slice(0, -20), 'cut off'],
    [
      'an XML notification without a Message',
      xmlNotification('hello', { Message: undefined }),
      'Message: expected text, received nothing',
    ],
    [
      'an XML notification whose Message was not escaped',
      xmlNotification('hello').replace('>hello<', '>a<b>c</b>d<'),
      'Message: expected text, received a list',
    ],
    ['XML with a document type', '<?xml version="1.0"?><Notification><!DOCTYPE x></Notification>', 'damaged'],
  ])('refuses %s as malformed', (_, body, reason) => {
    expect(refusal(body)).toMatchObject({ code: 'NOTIFICATION_MALFORMED', message: expect.stringContaining(reason) });
  });

  describe('with the format given', () => {
    it.each([
      ['JSON', xmlNotification('hello')],
      ['XML', jsonNotification('hello')],
      ['JSON', 'hello'],
      ['XML', base64('hello')],
      ['JSON', jsonNotification('hello', { Message: undefined })],
      ['JSON', 'null'],
      ['JSON', '{"Message":"hello"}'],
    ] as const)('refuses anything but %s', (format, body) => {
      expect(refusal(body, { format })).toMatchObject({
        code: 'NOTIFICATION_MALFORMED',
        message: expect.stringContaining(`expected a ${format} notification`),
      });
    });

    it.each([
      ['JSON', jsonNotification('hello')],
      ['XML', xmlNotification('hello')],
    ] as const)('reads %s, in base64 as well', (format, body) => {
      for (const text of [body, base64(body)]) {
        expect(decodeNotification(text, { format })).toMatchObject({ format, envelope, text: 'hello' });
      }
    });

    it('leaves a SIMPLIFIED body alone even if it looks like an envelope', () => {
      const body = jsonNotification('hello');
      expect(decodeNotification(body, { format: 'SIMPLIFIED' })).toMatchObject({ format: 'SIMPLIFIED', message: body });
    });
  });

  const xmlText = fc
    .string({ unit: 'binary' })
    .filter((text) => text.isWellFormed() && /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text));

  prop.prop([fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed())])(
    'gives back any message from JSON',
    (message) => {
      expect(decodeNotification(jsonNotification(message)).message).toBe(message);
      expect(decodeNotification(base64(jsonNotification(message))).message).toBe(message);
    },
  );

  prop.prop([xmlText])('gives back any message from XML', (message) => {
    expect(decodeNotification(xmlNotification(message)).message).toBe(message);
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
      expect(refusal(jsonNotification(changed, { MessageMD5: md5Hex(message) }))).toMatchObject({
        code: 'NOTIFICATION_CORRUPT',
      });
    },
  );
});
