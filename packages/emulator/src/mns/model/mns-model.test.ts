import { beforeEach, describe, expect, it } from 'vitest';
import { NO_PROPERTIES } from './message-properties.js';
import { MnsModel } from './mns-model.js';

const NOW_MS = 1_767_225_600_000;
const queueName = 'orders';
const message = { body: 'hello', priority: 8, ...NO_PROPERTIES };

let model: MnsModel;

beforeEach(() => {
  model = new MnsModel();
  model.apply({ type: 'createQueue', queueName, attributes: {} }, NOW_MS);
});

describe('time', () => {
  it('never runs backwards, even when the machine’s clock is set back', () => {
    model.apply({ type: 'sendMessage', queueName, message }, NOW_MS + 5000);
    const result = model.apply({ type: 'receiveMessages', queueName, count: 1 }, NOW_MS);
    expect(result).toMatchObject({
      ok: true,
      value: { messages: [{ enqueuedAtMs: NOW_MS + 5000, firstDequeuedAtMs: NOW_MS + 5000 }] },
    });
  });

  it('is whole milliseconds, whatever a clock says', () => {
    model.apply({ type: 'sendMessage', queueName, message }, NOW_MS + 0.9);
    const result = model.apply({ type: 'receiveMessages', queueName, count: 1 }, NOW_MS + 1.5);
    expect(result).toMatchObject({
      ok: true,
      value: { messages: [{ enqueuedAtMs: NOW_MS, firstDequeuedAtMs: NOW_MS + 1, nextVisibleAtMs: NOW_MS + 30_001 }] },
    });
    expect(model.nextDueMs(queueName)).toBe(NOW_MS + 30_001);
  });

  it('has no next instant where nothing waits, and none in a missing queue', () => {
    expect(model.nextDueMs(queueName)).toBeUndefined();
    expect(model.nextDueMs('missing')).toBeUndefined();
    model.apply({ type: 'sendMessage', queueName, message }, NOW_MS);
    expect(model.nextDueMs(queueName)).toBeUndefined();
    model.apply({ type: 'sendMessage', queueName, message: { ...message, delaySeconds: 2 } }, NOW_MS);
    expect(model.nextDueMs(queueName)).toBe(NOW_MS + 2000);
  });
});

describe('the same commands at the same instants', () => {
  it('give the same results, to the last handle', () => {
    const run = (): readonly unknown[] => {
      const fresh = new MnsModel();
      return [
        fresh.apply({ type: 'createQueue', queueName, attributes: { delaySeconds: 1 } }, NOW_MS),
        fresh.apply({ type: 'sendMessages', queueName, messages: [message, message] }, NOW_MS),
        fresh.apply({ type: 'receiveMessages', queueName, count: 16 }, NOW_MS + 1000),
      ];
    };
    expect(run()).toEqual(run());
  });
});

describe('names', () => {
  it('of queues and topics do not touch each other', () => {
    expect(model.apply({ type: 'getTopic', topicName: queueName }, NOW_MS).ok).toBe(false);
    expect(model.apply({ type: 'createTopic', topicName: queueName, attributes: {} }, NOW_MS)).toEqual({
      ok: true,
      value: 'created',
    });
    model.apply({ type: 'deleteTopic', topicName: queueName }, NOW_MS);
    expect(model.apply({ type: 'getQueue', queueName }, NOW_MS).ok).toBe(true);
  });
});

describe('the model', () => {
  it('counts its queues and its topics', () => {
    for (const topicName of ['news', 'ads']) model.apply({ type: 'createTopic', topicName, attributes: {} }, NOW_MS);
    expect([model.queueCount, model.topicCount]).toEqual([1, 2]);
    model.apply({ type: 'deleteQueue', queueName }, NOW_MS);
    expect([model.queueCount, model.topicCount]).toEqual([0, 2]);
  });
});

describe('ids', () => {
  it('never come twice, after a queue was deleted and made anew either', () => {
    const send = (): string => {
      const result = model.apply({ type: 'sendMessage', queueName, message }, NOW_MS);
      return result.ok ? result.value.messageId : '';
    };
    const before = send();
    model.apply({ type: 'deleteQueue', queueName }, NOW_MS);
    model.apply({ type: 'createQueue', queueName, attributes: {} }, NOW_MS);
    expect(send()).not.toBe(before);
  });
});

describe('the account', () => {
  it('logs and traces nothing until it is told, and keeps what a change does not name', () => {
    const account = (): unknown => {
      const result = model.apply({ type: 'getAccount' }, NOW_MS);
      return result.ok && result.value;
    };
    expect(account()).toEqual({ loggingBucket: '', traceEnabled: 0 });
    const change = (attributes: { readonly loggingBucket?: string; readonly traceEnabled?: number }): unknown =>
      model.apply({ type: 'setAccountAttributes', attributes }, NOW_MS);
    expect(change({ loggingBucket: 'logs' })).toEqual({ ok: true, value: undefined });
    change({});
    expect(account()).toEqual({ loggingBucket: 'logs', traceEnabled: 0 });
    change({ traceEnabled: 1 });
    expect(change({ loggingBucket: '', traceEnabled: 2 })).toMatchObject({ failure: { element: 'TraceEnabled' } });
    expect(account()).toEqual({ loggingBucket: 'logs', traceEnabled: 1 });
  });
});
