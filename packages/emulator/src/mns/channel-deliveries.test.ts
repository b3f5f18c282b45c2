import { beforeEach, describe, expect, it } from 'vitest';
import {
  START_MS,
  errorXml,
  messageXml,
  mnsFixture,
  valueIn,
  xmlText,
  type MnsFixture,
  type TestReply,
} from './test-support/mns-fixture.js';

let mns: MnsFixture;

beforeEach(async () => {
  mns = mnsFixture();
  await mns.call('PUT', '/topics/events');
});

const subscribe = (
  endpoint: string,
  more = '<NotifyContentFormat>SIMPLIFIED</NotifyContentFormat>',
): Promise<TestReply> =>
  mns.call(
    'PUT',
    '/topics/events/subscriptions/sub-a',
    `<Subscription><Endpoint>${endpoint}</Endpoint>${more}</Subscription>`,
  );
const attributes = (xml: string): string => `<MessageAttributes>${xml}</MessageAttributes>`;
const publish = (body: string, more = ''): Promise<TestReply> =>
  mns.call('POST', '/topics/events/messages', messageXml(body, more));

const MAIL = { AccountName: 'a@example.com', Subject: 's & t', AddressType: 0, IsHtml: 0, ReplyToAddress: 0 };
const SMS = { FreeSignName: 'sign', TemplateCode: 'SMS_1', Type: 'singleContent', Receiver: '138', SmsParams: '{}' };

describe('a delivery to a mail address', () => {
  it.each(['DirectMail', 'DM'])('is recorded with what %s says', async (element) => {
    await subscribe('mail:directmail:b@example.com');
    const published = await publish(
      'hello',
      attributes(`<${element}>${xmlText(JSON.stringify(MAIL))}</${element}><DirectSMS>{}</DirectSMS>`),
    );
    expect(published.status).toBe(201);
    expect(mns.journal.entries('mailed')).toMatchObject([
      {
        kind: 'mailed',
        atMs: START_MS,
        topicName: 'events',
        subscriptionName: 'sub-a',
        messageId: valueIn(published, 'MessageId'),
        address: 'b@example.com',
        body: 'hello',
        attributes: MAIL,
      },
    ]);
    expect(mns.clock.pendingTimers).toBe(0);
  });

  it.each([
    ['no attributes', ''],
    ['empty attributes', attributes('')],
    ['those of SMS only', attributes('<DirectSMS>{}</DirectSMS>')],
  ])('is recorded with a note when the message has %s', async (_, more) => {
    await subscribe('mail:directmail:b@example.com');
    await publish('hello', more);
    const [fact] = mns.journal.entries('mailed');
    expect(fact).toMatchObject({ note: 'the message carries no DirectMail or DM, which the service sends by' });
    expect(fact).not.toHaveProperty('attributes');
  });

  it('has the body of its format', async () => {
    await subscribe('mail:directmail:b@example.com', '<NotifyContentFormat>JSON</NotifyContentFormat>');
    await publish('hello');
    const body: unknown = JSON.parse(mns.journal.entries('mailed')[0]?.body ?? '');
    expect(body).toMatchObject({ Message: 'hello', SubscriptionName: 'sub-a' });
  });

  it('is made only for messages that match', async () => {
    await subscribe('mail:directmail:b@example.com', '<FilterTag>paid</FilterTag>');
    await publish('hello');
    expect(mns.journal.entries('mailed')).toEqual([]);
  });
});

describe('a delivery to a telephone', () => {
  it.each([
    ['DirectSMS', '+8613800000000'],
    ['DYSMS', 'anonymous'],
  ])('is recorded with what %s says', async (element, phone) => {
    await subscribe(`sms:directsms:${phone}`);
    const published = await publish('hello', attributes(`<${element}>${xmlText(JSON.stringify(SMS))}</${element}>`));
    expect(mns.journal.entries('texted')).toMatchObject([
      {
        kind: 'texted',
        atMs: START_MS,
        topicName: 'events',
        subscriptionName: 'sub-a',
        messageId: valueIn(published, 'MessageId'),
        phone,
        body: 'hello',
        attributes: SMS,
      },
    ]);
  });

  it.each([
    ['the present sender', 'directsms', { FreeSignName: 'sign' }],
    ['the sender before it', 'dayu', { TemplateCode: 'SMS_1' }],
  ])('has what is meant for %s, of a message that speaks to both', async (_, service, meant) => {
    await subscribe(`sms:${service}:13800000000`);
    const said = '<DirectSMS>{"FreeSignName":"sign"}</DirectSMS><Dayu>{"TemplateCode":"SMS_1"}</Dayu>';
    expect((await publish('hello', attributes(said))).status).toBe(201);
    expect(mns.journal.entries('texted')).toMatchObject([{ phone: '13800000000', attributes: meant }]);
  });

  it('is recorded with a note when the message says nothing about it', async () => {
    await subscribe('sms:directsms:anonymous');
    await publish('hello', attributes('<DirectMail>{}</DirectMail>'));
    expect(mns.journal.entries('texted')).toMatchObject([
      { note: 'the message carries no DirectSMS or DYSMS, which the service sends by' },
    ]);
  });
});

describe('a delivery to an app', () => {
  it('is recorded with what Push says', async () => {
    expect((await subscribe('push:23456789')).status).toBe(201);
    const published = await publish('hello', attributes('<Push>{"Title":"t"}</Push>'));
    expect(mns.journal.entries('app-notified')).toMatchObject([
      {
        topicName: 'events',
        subscriptionName: 'sub-a',
        messageId: valueIn(published, 'MessageId'),
        appKey: '23456789',
        body: 'hello',
        attributes: { Title: 't' },
      },
    ]);
    expect(mns.journal.entries('delivery-failed')).toEqual([]);
    expect(mns.clock.pendingTimers).toBe(0);
  });

  it('is recorded with a note when the message says nothing about it', async () => {
    await subscribe('push:23456789');
    await publish('hello');
    expect(mns.journal.entries('app-notified')).toMatchObject([
      { note: 'the message carries no Push, which the service sends by' },
    ]);
  });
});

describe('MessageAttributes', () => {
  it.each(['{}', '{"Subject":1,"More":[null]}', ' {"a":"\\u4e2d"}\n'])('may hold the object %j', async (text) => {
    expect((await publish('hello', attributes(`<DirectMail>${xmlText(text)}</DirectMail>`))).status).toBe(201);
  });

  it('count the first of two elements with one name', async () => {
    await subscribe('mail:directmail:b@example.com');
    await publish('x', attributes('<DirectMail>{"Subject":"1"}</DirectMail><DirectMail>{"Subject":"2"}</DirectMail>'));
    expect(mns.journal.entries('mailed')).toMatchObject([{ attributes: { Subject: '1' } }]);
  });

  it.each(['', 'x', '{', '[]', 'null', '1', '"{}"', '{"a":1}{"b":2}', "{'a':1}"])(
    'hold nothing but JSON objects: %j is refused and nothing is published',
    async (text) => {
      await subscribe('mail:directmail:b@example.com');
      for (const element of ['DirectMail', 'DirectSMS', 'DM', 'DYSMS', 'Push']) {
        const reply = await publish('hello', attributes(`<${element}>${xmlText(text)}</${element}>`));
        const message = `The XML you provided did not validate against our published schema, cause by ${element}.`;
        expect([reply.status, reply.text]).toEqual([400, errorXml(reply, 'InvalidArgument', message)]);
      }
      expect(valueIn(await mns.call('GET', '/topics/events'), 'MessageCount')).toBe('0');
      expect(mns.journal.entries('mailed')).toEqual([]);
    },
  );
});
