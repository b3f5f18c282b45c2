import { fc, it as prop } from '@fast-check/vitest';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  HOST,
  errorXml,
  mnsFixture,
  subscriptionXml,
  valueIn,
  valuesIn,
  type MnsFixture,
  type TestReply,
} from '../test-support/mns-fixture.js';

let mns: MnsFixture;

beforeEach(() => {
  mns = mnsFixture();
});

type Headers = Readonly<Record<string, string>>;

const list = (target: string, headers: Headers = {}, fixture: MnsFixture = mns): Promise<TestReply> =>
  fixture.call('GET', target, '', { headers: Object.entries(headers) });

const XML = '<?xml version="1.0" ?>';
const SPACE = 'xmlns="http://mns.aliyuncs.com/doc/v1"';

describe('ListQueue', () => {
  it('answers an empty root when there is nothing', async () => {
    const reply = await list('/queues');
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(`${XML}\n<Queues ${SPACE}>\n</Queues>`);
  });

  it('gives URL and name of each queue, by name, and no marker on the last page', async () => {
    for (const name of ['b', 'a-1', 'a', 'B', '1']) await mns.call('PUT', `/queues/${name}`);
    const reply = await list('/queues');
    const entries = ['1', 'B', 'a', 'a-1', 'b'].map((name) =>
      [
        '  <Queue>',
        `    <QueueURL>http://${HOST}/queues/${name}</QueueURL>`,
        `    <QueueName>${name}</QueueName>`,
        '  </Queue>',
      ].join('\n'),
    );
    expect(reply.text).toBe([XML, `<Queues ${SPACE}>`, ...entries, '</Queues>'].join('\n'));
  });

  it('gives every attribute when asked for meta, as they stand now', async () => {
    await mns.call('PUT', '/queues/orders', '<Queue><DelaySeconds>5</DelaySeconds></Queue>');
    await mns.call('POST', '/queues/orders/messages', '<Message><MessageBody>x</MessageBody></Message>');
    expect(valueIn(await list('/queues', { 'x-mns-with-meta': 'true' }), 'DelayMessages')).toBe('1');
    await mns.clock.advanceBy(5000);
    const reply = await list('/queues', { 'x-mns-with-meta': 'TRUE' });
    expect(reply.text).toBe(
      [
        XML,
        `<Queues ${SPACE}>`,
        '  <Queue>',
        `    <QueueURL>http://${HOST}/queues/orders</QueueURL>`,
        '    <QueueName>orders</QueueName>',
        '    <DelaySeconds>5</DelaySeconds>',
        '    <MaximumMessageSize>65536</MaximumMessageSize>',
        '    <MessageRetentionPeriod>345600</MessageRetentionPeriod>',
        '    <VisibilityTimeout>30</VisibilityTimeout>',
        '    <CreateTime>1767225600</CreateTime>',
        '    <LastModifyTime>1767225600</LastModifyTime>',
        '    <PollingWaitSeconds>0</PollingWaitSeconds>',
        '    <ActiveMessages>1</ActiveMessages>',
        '    <InactiveMessages>0</InactiveMessages>',
        '    <DelayMessages>0</DelayMessages>',
        '    <LoggingEnabled>False</LoggingEnabled>',
        '    <MessageType>0</MessageType>',
        '    <EnableSSE>False</EnableSSE>',
        '  </Queue>',
        '</Queues>',
      ].join('\n'),
    );
  });

  it('goes on after the marker, also when the queue it was made from has gone', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await mns.call('PUT', `/queues/${name}`);
    const first = await list('/queues', { 'x-mns-ret-number': '2' });
    expect(valuesIn(first, 'QueueName')).toEqual(['a', 'b']);
    expect(first.text).toContain('\n  </Queue>\n  <NextMarker>Yg==</NextMarker>\n</Queues>');
    await mns.call('DELETE', '/queues/b');
    const marker = valueIn(first, 'NextMarker');
    const second = await list('/queues', { 'x-mns-ret-number': '2', 'x-mns-marker': marker });
    expect(valuesIn(second, 'QueueName')).toEqual(['c', 'd']);
    expect(second.text).not.toContain('NextMarker');
  });

  it('takes empty headers for none', async () => {
    await mns.call('PUT', '/queues/a');
    const headers = { 'x-mns-ret-number': '', 'x-mns-prefix': '', 'x-mns-marker': '', 'x-mns-with-meta': '' };
    expect(valuesIn(await list('/queues', headers), 'QueueName')).toEqual(['a']);
  });

  it.each(['1', '1000', '+5'])('takes a page size of %s', async (size) => {
    expect((await list('/queues', { 'x-mns-ret-number': size })).status).toBe(200);
  });

  it.each(['0', '1001', '-1', '1.5', 'many', '9'.repeat(20)])('refuses a page size of %s', async (size) => {
    const reply = await list('/queues', { 'x-mns-ret-number': size });
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(
      errorXml(reply, 'InvalidArgument', 'The value of x-mns-ret-number should between 1 and 1000'),
    );
  });

  it.each(['b', 'Yg=', '!', 'Yg==Yg=='])('refuses the marker %s, which no list has given', async (marker) => {
    const reply = await list('/queues', { 'x-mns-marker': marker });
    expect(reply.status).toBe(400);
    expect(reply.text).toBe(
      errorXml(
        reply,
        'InvalidArgument',
        'The XML you provided did not validate against our published schema, cause by x-mns-marker.',
      ),
    );
  });

  it('gives 1000 entries when asked for no number', async () => {
    for (let number = 0; number < 1001; number += 1) await mns.call('PUT', `/queues/q${number}`);
    const reply = await list('/queues');
    expect(valuesIn(reply, 'QueueName')).toHaveLength(1000);
    const rest = await list('/queues', { 'x-mns-marker': valueIn(reply, 'NextMarker') });
    expect(valuesIn(rest, 'QueueName')).toEqual(['q999']);
  });
});

describe('ListTopic', () => {
  it('gives URL, name and logging of each topic', async () => {
    await mns.call('PUT', '/topics/events', '<Topic><LoggingEnabled>true</LoggingEnabled></Topic>');
    expect((await list('/topics')).text).toBe(
      [
        XML,
        `<Topics ${SPACE}>`,
        '  <Topic>',
        `    <TopicURL>http://${HOST}/topics/events</TopicURL>`,
        '    <TopicName>events</TopicName>',
        '    <LoggingEnabled>True</LoggingEnabled>',
        '  </Topic>',
        '</Topics>',
      ].join('\n'),
    );
  });

  it('gives every attribute when asked for meta', async () => {
    await mns.call('PUT', '/topics/events');
    await mns.call('POST', '/topics/events/messages', '<Message><MessageBody>x</MessageBody></Message>');
    expect((await list('/topics', { 'x-mns-with-meta': 'true' })).text).toBe(
      [
        XML,
        `<Topics ${SPACE}>`,
        '  <Topic>',
        `    <TopicURL>http://${HOST}/topics/events</TopicURL>`,
        '    <TopicName>events</TopicName>',
        '    <MaximumMessageSize>65536</MaximumMessageSize>',
        '    <MessageRetentionPeriod>86400</MessageRetentionPeriod>',
        '    <MessageCount>1</MessageCount>',
        '    <CreateTime>1767225600</CreateTime>',
        '    <LastModifyTime>1767225600</LastModifyTime>',
        '    <LoggingEnabled>False</LoggingEnabled>',
        '  </Topic>',
        '</Topics>',
      ].join('\n'),
    );
  });

  it('has a name space of its own', async () => {
    await mns.call('PUT', '/queues/orders');
    expect((await list('/topics')).text).toBe(`${XML}\n<Topics ${SPACE}>\n</Topics>`);
  });
});

describe('ListSubscriptionByTopic', () => {
  const TARGET = '/topics/events/subscriptions';

  it('gives URL and name of each subscription of the topic', async () => {
    await mns.call('PUT', '/topics/events');
    await mns.call('PUT', '/topics/other');
    await mns.call('PUT', `${TARGET}/b`, subscriptionXml('orders'));
    await mns.call('PUT', `${TARGET}/a`, subscriptionXml('orders'));
    await mns.call('PUT', '/topics/other/subscriptions/c', subscriptionXml('orders'));
    const entries = ['a', 'b'].map((name) =>
      [
        '  <Subscription>',
        `    <SubscriptionURL>http://${HOST}${TARGET}/${name}</SubscriptionURL>`,
        `    <SubscriptionName>${name}</SubscriptionName>`,
        '  </Subscription>',
      ].join('\n'),
    );
    expect((await list(TARGET)).text).toBe(
      [XML, `<Subscriptions ${SPACE}>`, ...entries, '</Subscriptions>'].join('\n'),
    );
  });

  it('gives every attribute when asked for meta', async () => {
    await mns.call('PUT', '/topics/events');
    await mns.call('PUT', `${TARGET}/a`, subscriptionXml('orders'));
    const one = await mns.call('GET', `${TARGET}/a`);
    const [, , ...lines] = one.text.split('\n');
    const reply = await list(TARGET, { 'x-mns-with-meta': 'true' });
    expect(reply.text).toBe(
      [
        XML,
        `<Subscriptions ${SPACE}>`,
        '  <Subscription>',
        `    <SubscriptionURL>http://${HOST}${TARGET}/a</SubscriptionURL>`,
        ...lines.map((line) => `  ${line}`),
        '</Subscriptions>',
      ].join('\n'),
    );
  });

  it('answers an empty root for a topic without subscriptions, and an error for no topic', async () => {
    const missing = await list(TARGET);
    expect(missing.status).toBe(404);
    expect(missing.text).toBe(errorXml(missing, 'TopicNotExist', 'The topic you provided does not exist.'));
    await mns.call('PUT', '/topics/events');
    expect((await list(TARGET)).text).toBe(`${XML}\n<Subscriptions ${SPACE}>\n</Subscriptions>`);
  });
});

describe('pages', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-b1][a-b1-]{0,4}$/), { maxLength: 30 });
  const kinds = fc.constantFrom(
    { target: '/queues', name: 'QueueName', body: '' },
    { target: '/topics', name: 'TopicName', body: '' },
    { target: '/topics/t/subscriptions', name: 'SubscriptionName', body: subscriptionXml('orders') },
  );

  prop.prop([kinds, names, fc.integer({ min: 1, max: 7 }), fc.stringMatching(/^[a-b1]{0,2}$/)])(
    'together are every name with the prefix, once, in the order of bytes',
    async ({ target, name, body }, all, size, prefix) => {
      const fixture = mnsFixture();
      if (body !== '') await fixture.call('PUT', '/topics/t');
      for (const each of all) await fixture.call('PUT', `${target}/${each}`, body);
      const found: string[] = [];
      let marker = '';
      do {
        const headers = { 'x-mns-ret-number': String(size), 'x-mns-prefix': prefix, 'x-mns-marker': marker };
        const page = await list(target, headers, fixture);
        const entries = valuesIn(page, name);
        marker = valueIn(page, 'NextMarker');
        // Only the last page may be short, and only what has a marker goes on.
        expect(entries.length).toBeLessThanOrEqual(size);
        expect(marker !== '' && entries.length < size).toBe(false);
        found.push(...entries);
      } while (marker !== '');
      expect(found).toEqual(all.filter((each) => each.startsWith(prefix)).toSorted());
    },
  );
});
