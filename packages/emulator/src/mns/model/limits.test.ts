import { describe, expect, it } from 'vitest';
import type { Failure, Result } from '../failure.js';
import type { MnsCommand } from './commands.js';
import { NO_PROPERTIES, type MessageProperty } from './message-properties.js';
import type { MessageDraft } from './message.js';
import { MnsModel } from './mns-model.js';
import type { QueueAttributes } from './queue-attributes.js';

const NOW_MS = 1_767_225_600_000;
const queueName = 'orders';
const topicName = 'events';

function modelWithQueueAndTopic(): MnsModel {
  const model = new MnsModel();
  model.apply({ type: 'createQueue', queueName, attributes: {} }, NOW_MS);
  model.apply({ type: 'createTopic', topicName, attributes: {} }, NOW_MS);
  return model;
}

function failureOf(command: MnsCommand): Failure | undefined {
  const result: Result<unknown> = modelWithQueueAndTopic().apply(command, NOW_MS);
  return result.ok ? undefined : result.failure;
}

const outOfRange = (element: string, low: number, high: number, unit?: string): object => ({
  code: 'InvalidArgument',
  element,
  range: { low, high, ...(unit === undefined ? {} : { unit }) },
});

const draft = (members: Partial<MessageDraft> = {}): MessageDraft => ({
  body: 'x',
  priority: 8,
  ...NO_PROPERTIES,
  ...members,
});

const BYTES = { low: 1, high: 65_536, unit: 'bytes' };

/** Each range: what it is called, its ends, and a command that uses a value. */
const RANGES: readonly (readonly [
  element: string,
  low: number,
  high: number,
  unit: string | undefined,
  command: (value: number) => MnsCommand,
])[] = [
  ...(
    [
      ['DelaySeconds', 0, 604_800, 'seconds', 'delaySeconds'],
      ['MaximumMessageSize', 1024, 65_536, 'bytes', 'maximumMessageBytes'],
      ['MessageRetentionPeriod', 60, 604_800, 'seconds', 'messageRetentionSeconds'],
      ['VisibilityTimeout', 1, 43_200, 'seconds', 'visibilityTimeoutSeconds'],
      ['PollingWaitSeconds', 0, 30, 'seconds', 'pollingWaitSeconds'],
    ] as const
  ).flatMap(([element, low, high, unit, attribute]) =>
    [
      (attributes: Partial<QueueAttributes>): MnsCommand => ({ type: 'createQueue', queueName: 'fresh', attributes }),
      (attributes: Partial<QueueAttributes>): MnsCommand => ({ type: 'setQueueAttributes', queueName, attributes }),
    ].map((command) => [element, low, high, unit, (value: number) => command({ [attribute]: value })] as const),
  ),
  [
    'MaximumMessageSize',
    1024,
    65_536,
    'bytes',
    (value) => ({ type: 'createTopic', topicName: 'fresh', attributes: { maximumMessageBytes: value } }),
  ],
  ['Priority', 1, 16, undefined, (value) => ({ type: 'sendMessage', queueName, message: draft({ priority: value }) })],
  [
    'DelaySeconds',
    0,
    604_800,
    'seconds',
    (value) => ({ type: 'sendMessage', queueName, message: draft({ delaySeconds: value }) }),
  ],
  [
    'MessageBody',
    1,
    65_536,
    'bytes',
    (value) => ({ type: 'sendMessage', queueName, message: draft({ body: 'x'.repeat(value) }) }),
  ],
  [
    'MessageBody',
    1,
    65_536,
    'bytes',
    (value) => ({ type: 'publishMessage', topicName, message: { body: 'x'.repeat(value), ...NO_PROPERTIES } }),
  ],
  ['numOfMessages', 1, 16, undefined, (value) => ({ type: 'receiveMessages', queueName, count: value })],
  ['numOfMessages', 1, 16, undefined, (value) => ({ type: 'peekMessages', queueName, count: value })],
  [
    'PollingWaitSeconds',
    0,
    30,
    'seconds',
    (value) => ({ type: 'receiveMessages', queueName, count: 1, waitSeconds: value }),
  ],
  [
    'Messages',
    1,
    16,
    undefined,
    (value) => ({ type: 'sendMessages', queueName, messages: Array.from({ length: value }, () => draft()) }),
  ],
  [
    'ReceiptHandles',
    1,
    16,
    undefined,
    (value) => ({ type: 'deleteMessages', queueName, receiptHandles: Array.from({ length: value }, () => 'x') }),
  ],
];

describe('ranges', () => {
  it.each(RANGES)('%s takes %d to %d %s', (element, low, high, unit, command) => {
    expect(failureOf(command(low))).toBeUndefined();
    expect(failureOf(command(high))).toBeUndefined();
    if (low > 0) expect(failureOf(command(low - 1))).toEqual(outOfRange(element, low, high, unit));
    expect(failureOf(command(high + 1))).toEqual(outOfRange(element, low, high, unit));
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('%d is no delay', (delaySeconds) => {
    const failure = failureOf({ type: 'sendMessage', queueName, message: draft({ delaySeconds }) });
    expect(failure).toEqual(outOfRange('DelaySeconds', 0, 604_800, 'seconds'));
  });

  it.each([
    [1, undefined],
    [43_200, undefined],
    [0, outOfRange('VisibilityTimeout', 1, 43_200, 'seconds')],
    [43_201, outOfRange('VisibilityTimeout', 1, 43_200, 'seconds')],
  ])('a visibility may be changed to %d seconds or not', (timeoutSeconds, failure) => {
    const model = modelWithQueueAndTopic();
    model.apply({ type: 'sendMessage', queueName, message: draft() }, NOW_MS);
    const received = model.apply({ type: 'receiveMessages', queueName, count: 1 }, NOW_MS);
    const receiptHandle = received.ok ? received.value.messages[0]?.receiptHandle : undefined;
    const result = model.apply({ type: 'changeVisibility', queueName, receiptHandle, timeoutSeconds }, NOW_MS);
    expect(result.ok ? undefined : result.failure).toEqual(failure);
  });

  it('counts a body in UTF-8 bytes, against the limit of its own queue', () => {
    const model = new MnsModel();
    model.apply({ type: 'createQueue', queueName, attributes: { maximumMessageBytes: 1024 } }, NOW_MS);
    const send = (body: string): boolean =>
      model.apply({ type: 'sendMessage', queueName, message: draft({ body }) }, NOW_MS).ok;
    expect(send('é'.repeat(512))).toBe(true);
    expect(send(`${'é'.repeat(512)}x`)).toBe(false);
    expect(send('😀'.repeat(256))).toBe(true);
  });

  it('limits the bodies of a batch together', () => {
    const batch = (last: number): MnsCommand => ({
      type: 'sendMessages',
      queueName,
      messages: [draft({ body: 'x'.repeat(65_000) }), draft({ body: 'x'.repeat(last) })],
    });
    expect(failureOf(batch(536))).toBeUndefined();
    expect(failureOf(batch(537))).toEqual({ code: 'InvalidArgument', element: 'Messages', range: BYTES });
  });

  it.each([
    ['MessageTag', 'a'.repeat(255), true],
    ['MessageTag', '标'.repeat(255), true],
    ['MessageTag', '😀'.repeat(255), true],
    ['MessageTag', 'a'.repeat(256), false],
  ])('%s %s is taken: %s', (_, tag, isTaken) => {
    const failure = failureOf({ type: 'publishMessage', topicName, message: { body: 'x', tag, ...NO_PROPERTIES } });
    expect(failure).toEqual(isTaken ? undefined : outOfRange('MessageTag', 1, 255));
  });
});

describe('properties', () => {
  const property = (members: Partial<MessageProperty> = {}): MessageProperty => ({
    name: 'case',
    value: '42',
    type: 'STRING',
    ...members,
  });
  const sendWith = (members: Partial<MessageDraft>): Failure | undefined =>
    failureOf({ type: 'sendMessage', queueName, message: draft(members) });
  const numbered = (count: number): MessageProperty[] =>
    Array.from({ length: count }, (_, index) => property({ name: `p${index}` }));

  it.each([
    ['fifty', numbered(50)],
    ['each type', ['STRING', 'NUMBER', 'BOOLEAN', 'BINARY'].map((type) => property({ type }))],
    ['the longest name', [property({ name: 'n'.repeat(256) })]],
    ['a name of all characters', [property({ name: 'Az09_-.xyz.y' })]],
    ['the longest value', [property({ value: '值'.repeat(4096) })]],
    ['an empty value', [property({ value: '' })]],
  ])('takes %s', (_, userProperties) => {
    expect(sendWith({ userProperties })).toBeUndefined();
  });

  it.each([
    ['fifty-one', numbered(51)],
    ['an unknown type', [property({ type: 'DATE' })]],
    ['a type in lower case', [property({ type: 'string' })]],
    ['no name', [property({ name: '' })]],
    ['a name that is too long', [property({ name: 'n'.repeat(257) })]],
    ['a dot at the start', [property({ name: '.a' })]],
    ['a dot at the end', [property({ name: 'a.' })]],
    ['two dots in a row', [property({ name: 'a..b' })]],
    ['a blank in a name', [property({ name: 'a b' })]],
    ['a value that is too long', [property({ value: 'v'.repeat(4097) })]],
  ])('refuses %s', (_, userProperties) => {
    const failure = { code: 'InvalidArgument', element: 'UserProperties' };
    expect(sendWith({ userProperties })).toEqual(failure);
    const message = { body: 'x', userProperties, systemProperties: [] };
    expect(failureOf({ type: 'publishMessage', topicName, message })).toEqual(failure);
  });

  it.each(['traceparent', 'tracestate', 'baggage', 'DLQMessageType', 'DLQSourceArn', 'DLQOriginMessageId'])(
    'takes the system property %s as text only',
    (name) => {
      const failure = { code: 'InvalidArgument', element: 'SystemProperties' };
      expect(sendWith({ systemProperties: [property({ name })] })).toBeUndefined();
      expect(sendWith({ systemProperties: [property({ name, type: 'NUMBER' })] })).toEqual(failure);
      expect(sendWith({ systemProperties: [property({ name, value: 'v'.repeat(4097) })] })).toEqual(failure);
    },
  );

  it('refuses a system property of any other name', () => {
    expect(sendWith({ systemProperties: [property({ name: 'other' })] })).toMatchObject({
      element: 'SystemProperties',
    });
  });
});
