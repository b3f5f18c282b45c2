import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { NotifyContentFormat } from '../model/subscription.js';
import { pushRequest, type PushInput } from './push-request.js';

const signed: string[] = [];
const input: PushInput = {
  url: 'http://127.0.0.1:8080/hook?a=b',
  format: 'SIMPLIFIED',
  notification: {
    topicOwner: '1000000000000001',
    topicName: 'events',
    subscriber: '1000000000000001',
    subscriptionName: 'sub-a',
    messageId: '0A00000133FD7FBB7FBD7DA3D58E0001',
    message: 'hello',
    messageMd5: '5D41402ABC4B2A76B9719D911017C592',
    messageTag: 'paid',
    publishedAtMs: 1_767_225_600_000,
  },
  text: 'hello',
  requestId: '6955B9000000000000000001',
  certificateUrl: 'http://127.0.0.1:9324/cert.pem',
  nowMs: 1_767_225_601_000,
  sign: (data) => {
    signed.push(Buffer.from(data).toString('latin1'));
    return 'c2lnbmVk';
  },
};
const CERTIFICATE_URL = Buffer.from('http://127.0.0.1:9324/cert.pem').toString('base64');
const header = (name: string, more: Partial<PushInput> = {}): string | undefined =>
  pushRequest({ ...input, ...more }).headers.find(([key]) => key === name)?.[1];
const tagged = (messageTag: string): Partial<PushInput> => ({ notification: { ...input.notification, messageTag } });

describe('pushRequest', () => {
  it('has the headers of a genuine push, in its spelling', () => {
    const { url, headers, body } = pushRequest(input);
    expect(url).toBe('http://127.0.0.1:8080/hook?a=b');
    expect(Buffer.from(body).toString()).toBe('hello');
    expect(headers).toEqual([
      ['Host', '127.0.0.1:8080'],
      ['Authorization', 'c2lnbmVk'],
      ['x-mns-signing-cert-url', CERTIFICATE_URL],
      ['x-mns-version', '2015-06-06'],
      ['x-mns-request-id', '6955B9000000000000000001'],
      ['x-mns-message-id', '0A00000133FD7FBB7FBD7DA3D58E0001'],
      ['x-mns-message-tag', 'paid'],
      ['x-mns-publish-time', '1767225600000'],
      ['x-mns-topic-owner', '1000000000000001'],
      ['x-mns-topic-name', 'events'],
      ['x-mns-subscriber', '1000000000000001'],
      ['x-mns-subscription-name', 'sub-a'],
      ['Content-Type', 'text/plain;charset=utf-8'],
      ['Content-md5', '5D41402ABC4B2A76B9719D911017C592'],
      ['Content-Length', '5'],
      ['Date', 'Thu, 01 Jan 2026 00:00:01 GMT'],
      ['Connection', 'keep-alive'],
      ['Accept', '*/*'],
      ['User-Agent', 'Aliyun Notification Service Agent'],
    ]);
  });

  it('signs method, digest, type, date, the sorted x-mns- headers, and the path with its query', () => {
    pushRequest(input);
    expect(signed.at(-1)).toBe(
      [
        'POST',
        '5D41402ABC4B2A76B9719D911017C592',
        'text/plain;charset=utf-8',
        'Thu, 01 Jan 2026 00:00:01 GMT',
        'x-mns-message-id:0A00000133FD7FBB7FBD7DA3D58E0001',
        'x-mns-message-tag:paid',
        'x-mns-publish-time:1767225600000',
        'x-mns-request-id:6955B9000000000000000001',
        `x-mns-signing-cert-url:${CERTIFICATE_URL}`,
        'x-mns-subscriber:1000000000000001',
        'x-mns-subscription-name:sub-a',
        'x-mns-topic-name:events',
        'x-mns-topic-owner:1000000000000001',
        'x-mns-version:2015-06-06',
        '/hook?a=b',
      ].join('\n'),
    );
  });

  it('has no tag header without a tag', () => {
    const { messageTag: _, ...notification } = input.notification;
    expect(header('x-mns-message-tag', { notification })).toBeUndefined();
  });

  it.each<[NotifyContentFormat, string]>([
    ['SIMPLIFIED', 'text/plain;charset=utf-8'],
    ['XML', 'text/xml;charset=utf-8'],
    ['JSON', 'application/json;charset=utf-8'],
  ])('names the type of %s', (format, type) => {
    expect(header('Content-Type', { format })).toBe(type);
  });

  it('counts bytes, and takes the digest of bytes', () => {
    expect(header('Content-Length', { text: '中文' })).toBe('6');
    expect(header('Content-md5', { text: '中文' })).toBe('A7BAC2239FCDCB3A067903D8077C4A07');
  });

  it('writes a tag that is not ASCII as its UTF-8 bytes, on the wire and where it signs', () => {
    const bytes = '\u00e4\u00b8\u00ad';
    expect(header('x-mns-message-tag', tagged('中'))).toBe(bytes);
    expect(signed.at(-1)).toContain(`x-mns-message-tag:${bytes}\n`);
  });

  it.each(['a\r\nx-evil: 1', 'a\nb', 'a\rb', 'a\u0000b', 'a\u007Fb', 'a\tb'])(
    'leaves a tag out that would break its line: %j',
    (tag) => {
      expect(header('x-mns-message-tag', tagged(tag))).toBeUndefined();
      expect(signed.at(-1)).not.toContain('x-mns-message-tag');
    },
  );

  prop.prop([fc.string({ unit: 'binary', maxLength: 16 }), fc.string({ unit: 'binary' })])(
    'has headers that HTTP can carry, whatever tag and text',
    (tag, text) => {
      for (const [name, value] of pushRequest({ ...input, ...tagged(tag), text }).headers) {
        expect(name).toMatch(/^[A-Za-z0-9-]+$/);
        expect(value).toMatch(/^[\t\u0020-\u007E\u0080-\u00FF]*$/);
      }
    },
  );
});
