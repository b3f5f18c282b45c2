import { fc, it as prop } from '@fast-check/vitest';
import { decodeNotification, md5Hex } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { notificationBody, type Notification } from './notification-body.js';
import { isXmlText } from '../runtime/xml-text.js';

const NOTIFICATION: Notification = {
  topicOwner: '1000000000000001',
  topicName: 'orders',
  subscriber: '1000000000000001',
  subscriptionName: 'sub-a',
  messageId: '0A00000133FD7FBB7FBD7DA3D58E0001',
  message: 'hello',
  messageMd5: '5D41402ABC4B2A76B9719D911017C592',
  publishedAtMs: 1_767_225_600_000,
};

describe('the JSON envelope', () => {
  it('is compact, with its keys in the order observed', () => {
    expect(notificationBody('JSON', NOTIFICATION)).toBe(
      '{"TopicOwner":"1000000000000001","Message":"hello","Subscriber":"1000000000000001","PublishTime":"1767225600000","SubscriptionName":"sub-a","MessageMD5":"5D41402ABC4B2A76B9719D911017C592","TopicName":"orders","MessageId":"0A00000133FD7FBB7FBD7DA3D58E0001"}',
    );
  });

  it('has the tag between Subscriber and PublishTime, and a known MD5', () => {
    const body = notificationBody('JSON', { ...NOTIFICATION, messageTag: 'paid' });
    expect(body).toBe(
      '{"TopicOwner":"1000000000000001","Message":"hello","Subscriber":"1000000000000001","MessageTag":"paid","PublishTime":"1767225600000","SubscriptionName":"sub-a","MessageMD5":"5D41402ABC4B2A76B9719D911017C592","TopicName":"orders","MessageId":"0A00000133FD7FBB7FBD7DA3D58E0001"}',
    );
    expect(md5Hex(body)).toBe('8AFAA27B17D412B544D55C57374EC2AF');
  });

  it('escapes only where JSON must', () => {
    expect(notificationBody('JSON', { ...NOTIFICATION, message: 'a/b "中" \n\\' })).toContain(
      String.raw`"Message":"a/b \"中\" \n\\",`,
    );
  });
});

describe('the XML envelope', () => {
  it('has the elements of the docs, in their order', () => {
    expect(notificationBody('XML', { ...NOTIFICATION, messageTag: 'paid', message: '<&>' })).toBe(
      `<?xml version="1.0" encoding="utf-8"?>
<Notification xmlns="http://mns.aliyuncs.com/doc/v1/">
  <TopicOwner>1000000000000001</TopicOwner>
  <TopicName>orders</TopicName>
  <Subscriber>1000000000000001</Subscriber>
  <SubscriptionName>sub-a</SubscriptionName>
  <MessageId>0A00000133FD7FBB7FBD7DA3D58E0001</MessageId>
  <Message>&lt;&amp;&gt;</Message>
  <MessageMD5>5D41402ABC4B2A76B9719D911017C592</MessageMD5>
  <MessageTag>paid</MessageTag>
  <PublishTime>1767225600000</PublishTime>
</Notification>`,
    );
  });

  it('has no tag when there is none', () => {
    expect(notificationBody('XML', NOTIFICATION)).not.toContain('MessageTag');
  });
});

describe('SIMPLIFIED', () => {
  it('is the message itself', () => {
    expect(notificationBody('SIMPLIFIED', { ...NOTIFICATION, messageTag: 'paid' })).toBe('hello');
  });
});

prop.prop([fc.string({ unit: 'binary' }).filter(isXmlText), fc.constantFrom('JSON', 'XML', 'SIMPLIFIED')])(
  'any message comes out of any envelope as it went in',
  (message, format) => {
    const body = notificationBody(format, { ...NOTIFICATION, message, messageMd5: md5Hex(message) });
    expect(decodeNotification(body, { format }).message).toBe(message);
  },
);
