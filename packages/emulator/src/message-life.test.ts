import { describe, expect, it } from 'vitest';
import { messageXml, signedRequest, subscriptionXml } from './mns/test-support/mns-fixture.js';
import { emulatorWorld, textIn, type EmulatorWorld } from './test-support/emulator-world.js';

const kindsOf = ({ emulator }: EmulatorWorld, messageId: string): string[] =>
  emulator.journal.about({ messageId }).map(({ kind }) => kind);

describe('the life of a message in the journal', () => {
  it('is sent, received, hidden for longer, deleted', async () => {
    const made = emulatorWorld();
    await made.call('PUT', '/queues/q');
    const id = textIn(await made.call('POST', '/queues/q/messages', messageXml('hello')), 'MessageId');
    const handle = textIn(await made.call('GET', '/queues/q/messages'), 'ReceiptHandle');
    const changed = await made.call('PUT', `/queues/q/messages?receiptHandle=${handle}&visibilityTimeout=60`);
    await made.call('DELETE', `/queues/q/messages?ReceiptHandle=${textIn(changed, 'ReceiptHandle')}`);
    const nowMs = made.clock.now();
    expect(made.emulator.journal.about({ messageId: id })).toMatchObject([
      { kind: 'sent', queueName: 'q' },
      { kind: 'received', dequeueCount: 1, nextVisibleAtMs: nowMs + 30_000 },
      { kind: 'visibility-changed', nextVisibleAtMs: nowMs + 60_000 },
      { kind: 'deleted', queueName: 'q' },
    ]);
  });

  it('is sent in a batch, delayed, received twice, and of a batch of deletes only the good are told', async () => {
    const made = emulatorWorld();
    await made.call('PUT', '/queues/q', '<Queue><VisibilityTimeout>2</VisibilityTimeout></Queue>');
    const one = messageXml('now');
    const later = messageXml('later', '<DelaySeconds>5</DelaySeconds>');
    await made.call('POST', '/queues/q/messages', `<Messages>${one}${later}</Messages>`);
    const [first, second] = made.emulator.journal.expect({ kind: 'sent' }, 2);
    expect([first?.isDelayed, second?.isDelayed]).toEqual([undefined, true]);
    const stale = textIn(await made.call('GET', '/queues/q/messages'), 'ReceiptHandle');
    await made.clock.advanceBy(2000);
    const good = textIn(await made.call('GET', '/queues/q/messages?numOfMessages=16'), 'ReceiptHandle');
    const handles = [stale, good].map((handle) => `<ReceiptHandle>${handle}</ReceiptHandle>`).join('');
    await made.call('DELETE', '/queues/q/messages', `<ReceiptHandles>${handles}</ReceiptHandles>`);
    expect(kindsOf(made, first?.messageId ?? '')).toEqual(['sent', 'received', 'received', 'deleted']);
    expect(kindsOf(made, second?.messageId ?? '')).toEqual(['sent']);
    made.emulator.journal.expect({ kind: 'received', dequeueCount: 2 }, 1);
  });

  it('ends when its retention does, at the instant at which it did', async () => {
    const made = emulatorWorld();
    await made.call('PUT', '/queues/q', '<Queue><MessageRetentionPeriod>60</MessageRetentionPeriod></Queue>');
    const id = textIn(await made.call('POST', '/queues/q/messages', messageXml('hello')), 'MessageId');
    const endsAtMs = made.clock.now() + 60_000;
    await made.clock.advanceBy(90_000);
    expect(kindsOf(made, id)).toEqual(['sent']);
    await made.call('GET', '/queues/q');
    expect(made.emulator.journal.entries('expired')).toMatchObject([
      { messageId: id, expiredAtMs: endsAtMs, atMs: endsAtMs + 30_000 },
    ]);
  });

  it('leads from a topic into each queue, by the ids of both', async () => {
    const made = emulatorWorld();
    await made.call('PUT', '/topics/t');
    for (const name of ['a', 'b']) {
      await made.call('PUT', `/queues/${name}`);
      await made.call('PUT', `/topics/t/subscriptions/${name}`, subscriptionXml(name));
    }
    const id = textIn(await made.call('POST', '/topics/t/messages', messageXml('hello')), 'MessageId');
    const delivered = made.emulator.journal.about({ messageId: id });
    expect(delivered).toMatchObject([
      { kind: 'delivered', queueName: 'a' },
      { kind: 'delivered', queueName: 'b' },
    ]);
    for (const entry of delivered) {
      expect(kindsOf(made, 'queueMessageId' in entry ? entry.queueMessageId : '')).toEqual(['sent', 'delivered']);
    }
  });

  it('names the tenant where it is not the usual one', async () => {
    const made = emulatorWorld();
    await made.call('PUT', '/queues/q');
    const host = `${made.emulator.accountId}.mns.cn-shanghai.aliyuncs.com`;
    await made.call('PUT', '/queues/q', '', host);
    await made.call('POST', '/queues/q/messages', messageXml('hello'), host);
    const tenant = `${made.emulator.accountId}/cn-shanghai`;
    expect(made.emulator.journal.requests().map((request) => request.tenant)).toEqual([undefined, tenant, tenant]);
    made.emulator.journal.expect({ kind: 'sent', queueName: 'q', tenant }, 1);
  });

  it('keeps key, signature, body and receipt handle to itself', async () => {
    const made = emulatorWorld();
    await made.call('PUT', '/queues/q');
    await made.call('POST', '/queues/q/messages', messageXml('my secret body'));
    const handle = textIn(await made.call('GET', '/queues/q/messages'), 'ReceiptHandle');
    await made.call('DELETE', `/queues/q/messages?ReceiptHandle=${handle}`);
    const written = JSON.stringify(made.emulator.journal.entries()) + made.emulator.journal.print();
    expect(written).toContain('deleted');
    const signature = /:(\S+)$/.exec(signedRequest(made.clock.now(), 'PUT', '/queues/q', '').headers.at(-1)?.[1] ?? '');
    for (const secret of [handle, 'my secret body', made.emulator.accessKeySecret, signature?.[1] ?? '-']) {
      expect(written).not.toContain(secret);
    }
  });
});
