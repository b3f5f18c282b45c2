import { beforeEach, describe, expect, it } from 'vitest';
import type { MnsCommand, MnsCommands, QueueView } from './commands.js';
import { NO_PROPERTIES } from './message-properties.js';
import type { MessageDraft, ReceivedMessage } from './message.js';
import { MnsModel } from './mns-model.js';
import { DEFAULT_MODEL_SETTINGS, type ModelSettings } from './model-settings.js';
import { DEFAULT_QUEUE_ATTRIBUTES, type QueueAttributes } from './queue-attributes.js';

const NOW_MS = 1_767_225_600_000;
const queueName = 'orders';

let model: MnsModel;

beforeEach(() => {
  model = new MnsModel();
  model.apply({ type: 'createQueue', queueName, attributes: {} }, NOW_MS);
});

const draft = (members: Partial<MessageDraft> = {}): MessageDraft => ({
  body: 'x',
  priority: 8,
  ...NO_PROPERTIES,
  ...members,
});

/** What a command gives, or the code of its refusal. */
function outcome(command: MnsCommand, atMs: number = NOW_MS): unknown {
  const result = model.apply(command, atMs);
  return result.ok ? result.value : result.failure.code;
}

function view(atMs: number = NOW_MS): QueueView {
  const result = model.apply({ type: 'getQueue', queueName }, atMs);
  if (!result.ok) throw new Error('the queue is missing');
  return result.value;
}

const send = (members: Partial<MessageDraft> = {}, atMs: number = NOW_MS): unknown =>
  outcome({ type: 'sendMessage', queueName, message: draft(members) }, atMs);

function receive(
  input: Partial<MnsCommands['receiveMessages']['input']> = {},
  atMs: number = NOW_MS,
): readonly ReceivedMessage[] {
  const result = model.apply({ type: 'receiveMessages', queueName, count: 16, ...input }, atMs);
  if (!result.ok) throw new Error('a receive was refused');
  return result.value.messages;
}

const bodies = (stripe: number, count = 16): readonly string[] => receive({ stripe, count }).map(({ body }) => body);

describe('a queue', () => {
  const OTHER: QueueAttributes = {
    delaySeconds: 1,
    maximumMessageBytes: 2048,
    messageRetentionSeconds: 60,
    visibilityTimeoutSeconds: 2,
    pollingWaitSeconds: 3,
    loggingEnabled: true,
  };
  const create = (attributes: Partial<QueueAttributes>, name: string = queueName): unknown =>
    outcome({ type: 'createQueue', queueName: name, attributes }, NOW_MS + 5);

  it('has the documented defaults, and nothing in it', () => {
    expect(view(NOW_MS + 9)).toEqual({
      name: queueName,
      delaySeconds: 0,
      maximumMessageBytes: 65_536,
      messageRetentionSeconds: 345_600,
      visibilityTimeoutSeconds: 30,
      pollingWaitSeconds: 0,
      loggingEnabled: false,
      createdAtMs: NOW_MS,
      modifiedAtMs: NOW_MS,
      counts: { delayed: 0, active: 0, inactive: 0 },
    });
  });

  it('may be created again only as it is', () => {
    expect([create({}), create(DEFAULT_QUEUE_ATTRIBUTES)]).toEqual(['unchanged', 'unchanged']);
    expect([create(OTHER, 'other'), create(OTHER, 'other'), create({}, 'other')]).toEqual([
      'created',
      'unchanged',
      'QueueAlreadyExist',
    ]);
    for (const [name, value] of Object.entries(OTHER)) expect(create({ [name]: value })).toBe('QueueAlreadyExist');
    expect(view()).toMatchObject({ ...DEFAULT_QUEUE_ATTRIBUTES, modifiedAtMs: NOW_MS });
  });

  it('is not created with an attribute out of range', () => {
    expect(create({ delaySeconds: -1 }, 'other')).toBe('InvalidArgument');
    expect(outcome({ type: 'getQueue', queueName: 'other' })).toBe('QueueNotExist');
  });

  it('keeps the attributes that a change does not name, and shows when it was changed', () => {
    const change = (attributes: Partial<QueueAttributes>, atMs: number): unknown =>
      outcome({ type: 'setQueueAttributes', queueName, attributes }, atMs);
    expect(change({ delaySeconds: 7 }, NOW_MS + 100)).toBeUndefined();
    expect(change({ pollingWaitSeconds: 9, delaySeconds: -1 }, NOW_MS + 200)).toBe('InvalidArgument');
    expect(view()).toMatchObject({
      ...DEFAULT_QUEUE_ATTRIBUTES,
      delaySeconds: 7,
      createdAtMs: NOW_MS,
      modifiedAtMs: NOW_MS + 100,
    });
  });

  it('is gone with its messages when it is deleted, and may be deleted again', () => {
    send();
    const deletion = { type: 'deleteQueue', queueName } as const;
    expect([outcome(deletion), outcome(deletion)]).toEqual([undefined, undefined]);
    expect(create({})).toBe('created');
    expect(view().counts.active).toBe(0);
  });

  it.each([
    { type: 'getQueue', queueName: 'missing' },
    { type: 'setQueueAttributes', queueName: 'missing', attributes: {} },
    { type: 'sendMessage', queueName: 'missing', message: draft() },
    { type: 'sendMessages', queueName: 'missing', messages: [] },
    { type: 'deliverMessage', queueName: 'missing', message: draft() },
    { type: 'receiveMessages', queueName: 'missing', count: 0 },
    { type: 'peekMessages', queueName: 'missing', count: 0 },
    { type: 'deleteMessage', queueName: 'missing', receiptHandle: undefined },
    { type: 'deleteMessages', queueName: 'missing', receiptHandles: [] },
    { type: 'changeVisibility', queueName: 'missing', receiptHandle: undefined, timeoutSeconds: 0 },
  ] as const)('that is missing is the first thing that $type finds', (command) => {
    expect(outcome(command)).toBe('QueueNotExist');
  });

  it('is listed as it stands at that instant', () => {
    send({ delaySeconds: 1 });
    const countsAt = (atMs: number): unknown => {
      const result = model.apply({ type: 'listQueues', prefix: '', marker: '', limit: 9 }, atMs);
      return result.ok && result.value.items.map(({ name, counts }) => [name, counts.delayed, counts.active]);
    };
    expect([countsAt(NOW_MS + 999), countsAt(NOW_MS + 1000)]).toEqual([[['orders', 1, 0]], [['orders', 0, 1]]]);
  });
});

describe('a receive', () => {
  const waitOf = (waitSeconds?: number): unknown => {
    const wait = waitSeconds === undefined ? {} : { waitSeconds };
    const result = model.apply({ type: 'receiveMessages', queueName, count: 1, ...wait }, NOW_MS);
    return result.ok && result.value.waitSeconds;
  };

  it('waits as long as its queue says, unless it says so itself', () => {
    model.apply({ type: 'setQueueAttributes', queueName, attributes: { pollingWaitSeconds: 20 } }, NOW_MS);
    expect([waitOf(), waitOf(5), waitOf(0)]).toEqual([20, 5, 0]);
  });

  it('shows the group that a message was sent with, and so does a peek', () => {
    send({ body: 'grouped', messageGroupId: 'g' });
    send({ body: 'free' });
    const expected = [{ body: 'grouped', messageGroupId: 'g' }, { body: 'free' }];
    const peeked = outcome({ type: 'peekMessages', queueName, count: 16 });
    expect(peeked).toMatchObject(expected);
    expect(receive()).toMatchObject(expected);
    expect(peeked).not.toHaveProperty('[1].messageGroupId');
  });
});

describe('a handle', () => {
  it.each([undefined, ''])('that is %j is missing', (receiptHandle) => {
    expect(outcome({ type: 'deleteMessage', queueName, receiptHandle })).toBe('MissingReceiptHandle');
    expect(outcome({ type: 'changeVisibility', queueName, receiptHandle, timeoutSeconds: undefined })).toBe(
      'MissingReceiptHandle',
    );
  });

  it('cannot change a visibility to nothing', () => {
    const change = { type: 'changeVisibility', queueName, receiptHandle: 'x', timeoutSeconds: undefined } as const;
    expect(outcome(change)).toBe('MissingVisibilityTimeout');
  });
});

describe('what a topic delivers', () => {
  it('may be larger than what the queue takes from senders', () => {
    model.apply({ type: 'setQueueAttributes', queueName, attributes: { maximumMessageBytes: 1024 } }, NOW_MS);
    const message = draft({ body: 'x'.repeat(1025) });
    expect(outcome({ type: 'sendMessage', queueName, message })).toBe('InvalidArgument');
    expect(outcome({ type: 'deliverMessage', queueName, message })).toMatchObject({ messageId: expect.any(String) });
    expect(receive()).toMatchObject([{ body: message.body }]);
  });
});

describe('a batch', () => {
  it('of empty bodies is refused message by message, not as a whole', () => {
    const result = outcome({ type: 'sendMessages', queueName, messages: [draft({ body: '' })] });
    expect(result).toMatchObject([{ ok: false, failure: { element: 'MessageBody' } }]);
  });
});

describe('storage nodes', () => {
  beforeEach(() => {
    model = new MnsModel({ ...DEFAULT_MODEL_SETTINGS, stripes: 3 });
    model.apply({ type: 'createQueue', queueName, attributes: {} }, NOW_MS);
    for (const body of ['0a', '1a', '2a', '0b', '1b', '2b', '0c']) send({ body });
  });

  it('each have the messages of one receive, from the one that is asked first', () => {
    const peeked = (stripe: number, count: number): unknown => {
      const result = model.apply({ type: 'peekMessages', queueName, count, stripe }, NOW_MS);
      return result.ok && result.value.map(({ body }) => body);
    };
    expect([peeked(0, 16), peeked(1, 16), peeked(1, 1)]).toEqual([['0a', '0b', '0c'], ['1a', '1b'], ['1a']]);
    expect([bodies(1), bodies(1), bodies(1), bodies(1)]).toEqual([['1a', '1b'], ['2a', '2b'], ['0a', '0b', '0c'], []]);
  });

  it('take back what was received from them', () => {
    const [first] = receive({ stripe: 1, count: 1 });
    const receiptHandle = first?.receiptHandle;
    model.apply({ type: 'changeVisibility', queueName, receiptHandle, timeoutSeconds: 1 }, NOW_MS);
    expect(receive({ stripe: 1 }, NOW_MS + 1000).map(({ body }) => body)).toEqual(['1b', '1a']);
  });
});

describe('a salt', () => {
  const LETTERS = Array.from('abcdefgh');
  const orderOf = (settings: Partial<ModelSettings>, priorityOf: (body: string) => number = () => 8): string => {
    model = new MnsModel({ ...DEFAULT_MODEL_SETTINGS, ...settings });
    model.apply({ type: 'createQueue', queueName, attributes: {} }, NOW_MS);
    for (const body of LETTERS) send({ body, priority: priorityOf(body) });
    return bodies(0).join('');
  };

  it('decides the order for good: who replays a seed gets what it gave before', () => {
    expect(orderOf({})).toBe('abcdefgh');
    expect([1, 2, 0xffff_ffff].map((shuffleSalt) => orderOf({ shuffleSalt }))).toEqual([
      'bfachedg',
      'cgdbehaf',
      'cbdghfea',
    ]);
  });

  it('leaves priorities in force', () => {
    const vowelsFirst = (body: string): number => ('ae'.includes(body) ? 1 : 2);
    expect(orderOf({ shuffleSalt: 1 }, vowelsFirst).slice(0, 2)).toMatch(/^(ae|ea)$/);
  });

  it('shuffles anew what becomes active again', () => {
    const before = orderOf({ shuffleSalt: 1 });
    const after = receive({}, NOW_MS + 30_000).map(({ body }) => body);
    expect(after.toSorted()).toEqual(LETTERS);
    expect(after.join('')).not.toBe(before);
  });
});

describe('ids', () => {
  it('have the shape that the model was told', () => {
    model = new MnsModel({ ...DEFAULT_MODEL_SETTINGS, messageIdShape: 'old' });
    model.apply({ type: 'createQueue', queueName, attributes: {} }, NOW_MS);
    send();
    expect(receive()).toMatchObject([{ messageId: expect.stringMatching(/^[0-9A-F]{16}-1-[0-9A-F]+-200000001$/) }]);
  });
});

describe('an operator', () => {
  const id = (body: string): string => {
    const result = model.apply({ type: 'inspectMessages', queueName, limit: 99 }, NOW_MS);
    const found = result.ok ? result.value.items.find((item) => item.body === body) : undefined;
    return found?.messageId ?? 'none';
  };
  const release = (messageIds?: readonly string[], atMs?: number): unknown =>
    outcome({ type: 'releaseMessages', queueName, ...(messageIds === undefined ? {} : { messageIds }) }, atMs);
  const discard = (messageIds?: readonly string[], atMs?: number): unknown =>
    outcome(
      { type: 'discardMessages', queueName, reason: 'deleted', ...(messageIds === undefined ? {} : { messageIds }) },
      atMs,
    );

  /** `first` is held, `second` and `third` are active, `fourth` is delayed. Gives the handle of the first. */
  function fill(): string {
    send({ body: 'first', priority: 1 });
    const [first] = receive();
    for (const body of ['second', 'third']) send({ body });
    send({ body: 'fourth', delaySeconds: 5 });
    return first?.receiptHandle ?? 'none';
  }

  it('sees a queue as it stands, although nothing has happened in it yet', () => {
    fill();
    const before = view();
    const counts = { delayed: 0, active: 3, inactive: 1 };
    expect(outcome({ type: 'inspectQueue', queueName }, NOW_MS + 5000)).toEqual({ ...before, counts });
    const page = outcome({ type: 'inspectQueues', prefix: '', marker: '', limit: 9 }, NOW_MS + 5000);
    expect(page).toMatchObject({ items: [{ name: queueName, counts }] });
    expect(model.nextDueMs(queueName)).toBe(NOW_MS + 5000);
    const messages = { type: 'inspectMessages', queueName, fromOffset: 2, limit: 1 } as const;
    expect(outcome(messages)).toMatchObject({ items: [{ body: 'third' }], nextMarker: '3' });
  });

  it('releases messages that are held or delayed, which voids their handles', () => {
    const handle = fill();
    const [first, fourth] = [id('first'), id('fourth')];
    expect(release()).toEqual([first, fourth]);
    expect(view().counts).toEqual({ delayed: 0, active: 4, inactive: 0 });
    expect(outcome({ type: 'deleteMessage', queueName, receiptHandle: handle })).toBe('ReceiptHandleError');
    expect(release()).toEqual([]);
    expect(receive().map(({ body }) => body)).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('releases those that are named, behind those that became active before', () => {
    fill();
    const [first, second] = [id('first'), id('second')];
    expect(release([second, first, first], NOW_MS + 10)).toEqual([first]);
    expect(view(NOW_MS + 10).counts).toEqual({ delayed: 1, active: 3, inactive: 0 });
    send({ body: 'urgent', priority: 1 }, NOW_MS + 5);
    expect(receive({}, NOW_MS + 20).map(({ body }) => body)).toEqual(['first', 'urgent', 'second', 'third']);
  });

  it('removes messages in any state, and sees what they were', () => {
    fill();
    const [first, third] = [id('first'), id('third')];
    expect(discard([third, first])).toMatchObject([
      { body: 'first', state: 'inactive', dueAtMs: NOW_MS + 30_000 },
      { body: 'third', state: 'active' },
    ]);
    expect(view().counts).toEqual({ delayed: 1, active: 1, inactive: 0 });
    expect(discard(undefined, NOW_MS + 5000)).toMatchObject([{ body: 'second' }, { body: 'fourth', state: 'active' }]);
    expect(view(NOW_MS + 5000).counts).toEqual({ delayed: 0, active: 0, inactive: 0 });
    expect(model.takeExpired()).toEqual([]);
  });

  it('is refused as a whole when a message is not there, or the queue', () => {
    fill();
    const first = id('first');
    expect([release([first, 'none']), discard([first, 'none'])]).toEqual(['MessageNotExist', 'MessageNotExist']);
    expect(view().counts).toEqual({ delayed: 1, active: 2, inactive: 1 });
    for (const type of [
      'inspectQueue',
      'inspectMessages',
      'releaseMessages',
      'discardMessages',
      'disturbMessage',
    ] as const) {
      const rest = { limit: 1, reason: 'deleted', messageId: first, change: 'wake', atMs: NOW_MS } as const;
      expect(outcome({ type, queueName: 'missing', ...rest })).toBe('QueueNotExist');
    }
  });

  it('moves a message in time, but not into the past', () => {
    fill();
    const wake = { type: 'disturbMessage', queueName, messageId: id('first'), change: 'wake' } as const;
    // Woken before now, it would come before what is active already.
    send({ body: 'urgent', priority: 1 }, NOW_MS + 10);
    expect(outcome({ ...wake, atMs: NOW_MS - 9 }, NOW_MS + 20)).toBe(true);
    expect(receive({ count: 2 }, NOW_MS + 20).map(({ body }) => body)).toEqual(['urgent', 'first']);
    expect(outcome({ ...wake, atMs: NOW_MS + 90 }, NOW_MS + 30)).toBe(true);
    expect(view(NOW_MS + 89).counts).toEqual({ delayed: 1, active: 2, inactive: 2 });
    expect(view(NOW_MS + 90).counts).toEqual({ delayed: 1, active: 3, inactive: 1 });
    expect(outcome({ ...wake, messageId: 'none', atMs: NOW_MS }, NOW_MS + 90)).toBe(false);
  });
});

describe('messages that have expired', () => {
  it('are told once, when they are found, with the instant of their end', () => {
    model.apply({ type: 'createQueue', queueName: 'other', attributes: { messageRetentionSeconds: 60 } }, NOW_MS);
    outcome({ type: 'sendMessage', queueName: 'other', message: draft() });
    outcome({ type: 'getQueue', queueName: 'other' }, NOW_MS + 59_999);
    expect(model.takeExpired()).toEqual([]);
    outcome({ type: 'getQueue', queueName: 'other' }, NOW_MS + 70_000);
    const expired = { queueName: 'other', messageId: expect.any(String), expiredAtMs: NOW_MS + 60_000 };
    expect([model.takeExpired(), model.takeExpired()]).toEqual([[expired], []]);
  });
});
