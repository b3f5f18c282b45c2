import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { NotedState } from '../../test-support/noted-state.js';
import type { MnsCommand } from './commands.js';
import { NO_PROPERTIES } from './message-properties.js';
import { MnsModel } from './mns-model.js';
import { mnsModelRecord, recordedMnsModel, recordedSubscription } from './mns-state.js';
import { mnsModelSchema } from './mns-state-schema.js';
import { DEFAULT_MODEL_SETTINGS, type ModelSettings } from './model-settings.js';
import { DEFAULT_QUEUE_ATTRIBUTES } from './queue-attributes.js';

const DAY_MS = 86_400_000;

/** A record when it has been a file. */
const reread = (record: unknown): ReturnType<typeof mnsModelSchema.parse> =>
  mnsModelSchema.parse(JSON.parse(JSON.stringify(record)));

/** What a command gives, or its refusal. */
function outcome(model: MnsModel, command: MnsCommand, nowMs: number): unknown {
  const result = model.apply(command, nowMs);
  return result.ok ? result.value : result.failure;
}

/** The handle of the next message. */
function receive(model: MnsModel, nowMs: number): string {
  const result = model.apply({ type: 'receiveMessages', queueName: 'orders', count: 1 }, nowMs);
  return (result.ok ? result.value.messages[0]?.receiptHandle : undefined) ?? 'none';
}

const SUBSCRIPTION = {
  endpoint: 'acs:mns:cn-hangzhou:1:queues/orders',
  notifyStrategy: 'BACKOFF_RETRY',
  notifyContentFormat: 'JSON',
} as const;

describe('the record of a model', () => {
  const WITH_QUEUE: readonly MnsCommand[] = [{ type: 'createQueue', queueName: 'orders', attributes: {} }];
  const WITH_TOPIC: readonly MnsCommand[] = [{ type: 'createTopic', topicName: 'news', attributes: {} }];
  const SETTINGS = {
    ...DEFAULT_QUEUE_ATTRIBUTES,
    createdAtMs: 1000,
    modifiedAtMs: 1000,
  };

  function modelAfter(commands: readonly MnsCommand[], nowMs = 1000): MnsModel {
    const model = new MnsModel();
    for (const command of commands) expect(model.apply(command, nowMs).ok).toBe(true);
    return model;
  }

  it('is empty before anything was done, and makes an empty model', () => {
    expect(mnsModelRecord(new MnsModel(), 0)).toEqual({});
    expect(mnsModelRecord(recordedMnsModel({}), 0)).toEqual({});
  });

  it('has queues by name, with what they were told and when', () => {
    const model = modelAfter([
      ...WITH_QUEUE,
      { type: 'createQueue', queueName: 'bills', attributes: { delaySeconds: 7, pollingWaitSeconds: 8 } },
    ]);
    model.apply(
      {
        type: 'setQueueAttributes',
        queueName: 'bills',
        attributes: { loggingEnabled: true, visibilityTimeoutSeconds: 9 },
      },
      2000,
    );
    const bills = {
      ...SETTINGS,
      delaySeconds: 7,
      visibilityTimeoutSeconds: 9,
      pollingWaitSeconds: 8,
      loggingEnabled: true,
      modifiedAtMs: 2000,
    };
    expect(JSON.stringify(mnsModelRecord(model, 2000))).toBe(
      JSON.stringify({ queues: { bills: { settings: bills }, orders: { settings: SETTINGS } } }),
    );
  });

  it('has what was sent in a message, and what has become of it, with the handles that have not ended', () => {
    const properties = {
      userProperties: [{ type: 'STRING', value: '1', name: 'a' }],
      systemProperties: [{ type: 'STRING', value: '2', name: 'baggage' }],
    };
    const model = modelAfter([
      ...WITH_QUEUE,
      {
        type: 'sendMessage',
        queueName: 'orders',
        message: { body: 'one', priority: 3, messageGroupId: 'group', ...properties },
      },
      { type: 'sendMessage', queueName: 'orders', message: { body: 'two', priority: 8, ...NO_PROPERTIES } },
    ]);
    const receiptHandle = receive(model, 5000);
    const renewed = { type: 'changeVisibility', queueName: 'orders', receiptHandle, timeoutSeconds: 60 } as const;
    expect(model.apply(renewed, 6000).ok).toBe(true);
    const at = (nowMs: number): unknown => mnsModelRecord(model, nowMs);
    const messages = {
      0: {
        sent: {
          messageId: expect.any(String),
          body: 'one',
          priority: 3,
          userProperties: [{ name: 'a', value: '1', type: 'STRING' }],
          systemProperties: [{ name: 'baggage', value: '2', type: 'STRING' }],
          messageGroupId: 'group',
          enqueuedAtMs: 1000,
          expiresAtMs: 345_601_000,
        },
        life: {
          state: 'inactive',
          dueAtMs: 66_000,
          firstDequeuedAtMs: 5000,
          dequeueCount: 1,
          handleCount: 2,
          firstHandle: 0,
          handles: [
            { receiptHandle, endsAtMs: 35_000 },
            { receiptHandle: expect.any(String), endsAtMs: 66_000 },
          ],
        },
      },
      1: {
        sent: {
          messageId: expect.any(String),
          body: 'two',
          priority: 8,
          ...NO_PROPERTIES,
          enqueuedAtMs: 1000,
          expiresAtMs: 345_601_000,
        },
        life: {
          state: 'active',
          dueAtMs: 1000,
          firstDequeuedAtMs: 1000,
          dequeueCount: 0,
          handleCount: 0,
          firstHandle: 0,
          handles: [],
        },
      },
    };
    expect(at(34_999)).toStrictEqual({ sequence: 2, queues: { orders: { settings: SETTINGS, sent: 2, messages } } });
    const [, later] = messages[0].life.handles;
    const life = { ...messages[0].life, handles: [later] };
    expect(at(35_000)).toMatchObject({ queues: { orders: { messages: { 0: { life } } } } });
    // At its end, time has woken it and no handle is left; at the end of its retention it is gone itself.
    const awake = { ...life, state: 'active', handles: [] };
    expect(at(66_000)).toMatchObject({ queues: { orders: { messages: { 0: { life: awake } } } } });
    expect(at(345_601_000)).toStrictEqual({ sequence: 2, queues: { orders: { settings: SETTINGS, sent: 2 } } });
    expect(model.takeExpired()).toHaveLength(2);
  });

  it('has topics by name, with who has subscribed and how many messages came when, of the last day', () => {
    const subscribe = {
      type: 'subscribe',
      topicName: 'news',
      subscriptionName: 'b',
      settings: { ...SUBSCRIPTION, filterTag: 'red' },
    } as const;
    const publish = { type: 'publishMessage', topicName: 'news', message: { body: 'x', ...NO_PROPERTIES } } as const;
    const model = modelAfter([
      ...WITH_TOPIC,
      { type: 'createTopic', topicName: 'ads', attributes: { maximumMessageBytes: 2048, loggingEnabled: true } },
      subscribe,
      { ...subscribe, subscriptionName: 'a', settings: SUBSCRIPTION },
      publish,
      publish,
    ]);
    model.apply({ type: 'setTopicAttributes', topicName: 'ads', attributes: {} }, 1500);
    model.apply(publish, 2000);
    const times = { createdAtMs: 1000, modifiedAtMs: 1000 };
    const ads = {
      settings: { maximumMessageBytes: 2048, loggingEnabled: true, ...times, modifiedAtMs: 1500, subscriptions: [] },
    };
    const settings = {
      maximumMessageBytes: 65_536,
      loggingEnabled: false,
      ...times,
      subscriptions: [
        { name: 'b', ...SUBSCRIPTION, filterTag: 'red', ...times },
        { name: 'a', ...SUBSCRIPTION, ...times },
      ],
    };
    const record = (nowMs: number): unknown => mnsModelRecord(model, nowMs);
    expect(record(2000)).toStrictEqual({
      sequence: 3,
      topics: { ads, news: { settings, published: { 1000: 2, 2000: 1 } } },
    });
    expect(record(1000 + DAY_MS)).toMatchObject({ topics: { news: { published: { 2000: 1 } } } });
    expect(record(2000 + DAY_MS)).toStrictEqual({ sequence: 3, topics: { ads, news: { settings } } });
  });

  it.each([{ loggingBucket: 'logs' }, { traceEnabled: 1 }, { loggingBucket: 'logs', traceEnabled: 1 }])(
    'has of the account what it was told: %j',
    (attributes) => {
      const model = modelAfter([{ type: 'setAccountAttributes', attributes }]);
      expect(mnsModelRecord(model, 1000)).toStrictEqual({ account: attributes });
      const again = recordedMnsModel(reread(mnsModelRecord(model, 1000)));
      const whole = { loggingBucket: '', traceEnabled: 0, ...attributes };
      expect(outcome(again, { type: 'getAccount' }, 1000)).toEqual(whole);
    },
  );

  it('makes no subscription to an endpoint that is none', () => {
    const record = { name: 'a', ...SUBSCRIPTION, createdAtMs: 0, modifiedAtMs: 0 };
    expect(recordedSubscription(record).target.kind).toBe('queue');
    expect(() => recordedSubscription({ ...record, endpoint: 'nowhere' })).toThrow('no endpoint: nowhere');
  });

  it('is read in the order of the numbers, whatever that of its members', () => {
    const [early, late] = [1_767_225_600_000, 1_767_225_600_500];
    const { settings } = { ...mnsModelRecord(modelAfter(WITH_TOPIC), 1000).topics?.['news'] };
    const record = reread({ topics: { news: { settings, published: { [late]: 1, [early]: 2 } } } });
    expect(mnsModelRecord(recordedMnsModel(record), late).topics?.['news']?.published).toEqual({
      [early]: 2,
      [late]: 1,
    });
  });
});

/** What clients remember of a run. */
interface Memory {
  readonly handles: string[];
  readonly messageIds: string[];
}

/** Something that is done to a model, after a wait. */
interface Step {
  readonly waitMs: number;
  /** Whether the state is kept after it. */
  readonly isKept: boolean;
  readonly text: string;
  readonly command: (memory: Memory, nowMs: number) => MnsCommand;
}

const queueNames = fc.constantFrom('orders', 'orders', 'orders', 'bills');
const topicNames = fc.constantFrom('news', 'ads');
const places = fc.nat({ max: 7 });

const drafts = fc.record(
  {
    body: fc.constantFrom('x', 'yy', ''),
    priority: fc.constantFrom(1, 8),
    delaySeconds: fc.constantFrom(0, 5),
    messageGroupId: fc.constant('group'),
    userProperties: fc.constantFrom([], [{ name: 'a', value: '1', type: 'STRING' }]),
    systemProperties: fc.constant([]),
  },
  { requiredKeys: ['body', 'priority', 'userProperties', 'systemProperties'] },
);

const always = (command: MnsCommand): Pick<Step, 'text' | 'command'> => ({
  text: JSON.stringify(command),
  command: () => command,
});

const depending = (text: string, command: Step['command']): Pick<Step, 'text' | 'command'> => ({ text, command });

const at = <T>(list: readonly T[], place: number, otherwise: T): T => list.at(-1 - place) ?? otherwise;

const deeds: fc.Arbitrary<Pick<Step, 'text' | 'command'>> = fc.oneof(
  fc
    .tuple(queueNames, fc.constantFrom({}, { delaySeconds: 3 }))
    .map(([queueName, attributes]) => always({ type: 'createQueue', queueName, attributes })),
  queueNames.map((queueName) =>
    always({ type: 'setQueueAttributes', queueName, attributes: { messageRetentionSeconds: 60 } }),
  ),
  queueNames.map((queueName) => always({ type: 'deleteQueue', queueName })),
  {
    weight: 4,
    arbitrary: fc
      .tuple(queueNames, drafts)
      .map(([queueName, message]) => always({ type: 'sendMessage', queueName, message })),
  },
  fc
    .tuple(queueNames, fc.array(drafts, { minLength: 1, maxLength: 3 }))
    .map(([queueName, messages]) => always({ type: 'sendMessages', queueName, messages })),
  {
    weight: 4,
    arbitrary: fc
      .tuple(queueNames, fc.integer({ min: 1, max: 3 }), fc.nat({ max: 2 }))
      .map(([queueName, count, stripe]) => always({ type: 'receiveMessages', queueName, count, stripe })),
  },
  queueNames.map((queueName) => always({ type: 'peekMessages', queueName, count: 16 })),
  {
    weight: 2,
    arbitrary: fc.tuple(queueNames, places).map(([queueName, place]) =>
      depending(`delete ${queueName} ${place}`, ({ handles }) => ({
        type: 'deleteMessage',
        queueName,
        receiptHandle: at(handles, place, 'none'),
      })),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(queueNames, places, fc.constantFrom(1, 40)).map(([queueName, place, timeoutSeconds]) =>
      depending(`renew ${queueName} ${place} ${timeoutSeconds}`, ({ handles }) => ({
        type: 'changeVisibility',
        queueName,
        receiptHandle: at(handles, place, 'none'),
        timeoutSeconds,
      })),
    ),
  },
  fc
    .tuple(queueNames, places, fc.constantFrom('order', 'delay', 'wake'), fc.constantFrom(0, 2000))
    .map(([queueName, place, change, afterMs]) =>
      depending(`disturb ${queueName} ${place} ${change} ${afterMs}`, ({ messageIds }, nowMs) => ({
        type: 'disturbMessage',
        queueName,
        messageId: at(messageIds, place, 'none'),
        change,
        atMs: nowMs + afterMs,
      })),
    ),
  fc.tuple(queueNames, places).map(([queueName, place]) =>
    depending(`discard ${queueName} ${place}`, ({ messageIds }) => ({
      type: 'discardMessages',
      queueName,
      messageIds: [at(messageIds, place, 'none')],
      reason: 'deleted',
    })),
  ),
  queueNames.map((queueName) => always({ type: 'releaseMessages', queueName })),
  fc
    .tuple(topicNames, fc.constantFrom({}, { maximumMessageBytes: 1024 }))
    .map(([topicName, attributes]) => always({ type: 'createTopic', topicName, attributes })),
  topicNames.map((topicName) =>
    always({ type: 'setTopicAttributes', topicName, attributes: { loggingEnabled: true } }),
  ),
  topicNames.map((topicName) => always({ type: 'deleteTopic', topicName })),
  {
    weight: 3,
    arbitrary: topicNames.map((topicName) =>
      always({ type: 'publishMessage', topicName, message: { body: 'x', ...NO_PROPERTIES } }),
    ),
  },
  fc
    .tuple(topicNames, fc.constantFrom('s1', 's2'), fc.constantFrom({}, { filterTag: 'red' }))
    .map(([topicName, subscriptionName, filter]) =>
      always({ type: 'subscribe', topicName, subscriptionName, settings: { ...SUBSCRIPTION, ...filter } }),
    ),
  fc.tuple(topicNames, fc.constantFrom('s1', 's2')).map(([topicName, subscriptionName]) =>
    always({
      type: 'setSubscriptionAttributes',
      topicName,
      subscriptionName,
      attributes: { notifyStrategy: 'EXPONENTIAL_DECAY_RETRY' },
    }),
  ),
  topicNames.map((topicName) => always({ type: 'unsubscribe', topicName, subscriptionName: 's1' })),
  fc
    .constantFrom({ loggingBucket: '' }, { loggingBucket: 'logs' }, { traceEnabled: 0 }, { traceEnabled: 1 })
    .map((attributes) => always({ type: 'setAccountAttributes', attributes })),
);

const steps = (maxLength: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc
      .record({
        waitMs: fc.constantFrom(0, 0, 500, 1000, 5000, 30_000, 60_000, DAY_MS),
        isKept: fc.boolean(),
        deed: deeds,
      })
      .map(({ deed, ...rest }) => ({ ...rest, ...deed })),
    { maxLength, size: 'max' },
  );

/** Does it all from `startMs` on; gives what came of it, and the instant at the end. */
function run(
  model: MnsModel,
  all: readonly Step[],
  startMs: number,
  memory: Memory,
  state: NotedState = new NotedState(),
): { readonly nowMs: number; readonly outcomes: readonly unknown[] } {
  let nowMs = startMs;
  const outcomes: unknown[] = [];
  for (const step of all) {
    nowMs += step.waitMs;
    const told = outcome(model, step.command(memory, nowMs), nowMs);
    outcomes.push(told, model.takeExpired(), model.nextDueMs('orders'));
    const text = JSON.stringify(told ?? '');
    for (const [, id = ''] of text.matchAll(/"messageId":"([^"]+)"/g)) memory.messageIds.push(id);
    for (const [, handle = ''] of text.matchAll(/"receiptHandle":"([^"]+)"/g)) memory.handles.push(handle);
    if (step.isKept) state.keep();
  }
  state.keep();
  return { nowMs, outcomes };
}

describe('a model of a record', () => {
  const settings: fc.Arbitrary<ModelSettings> = fc.constantFrom(
    DEFAULT_MODEL_SETTINGS,
    { ...DEFAULT_MODEL_SETTINGS, stripes: 3 },
    { ...DEFAULT_MODEL_SETTINGS, messageIdShape: 'old', shuffleSalt: 7 },
  );
  const QUEUE = always({ type: 'createQueue', queueName: 'orders', attributes: {} });
  const TOPIC = always({ type: 'createTopic', topicName: 'news', attributes: {} });
  const OPENING: readonly Step[] = [QUEUE, TOPIC].map((deed) => ({ waitMs: 0, isKept: false, ...deed }));

  it.prop([steps(40), steps(20), settings])(
    'is known from its notes alone, and goes on as the first one does',
    (before, after, given) => {
      const state = new NotedState();
      const model = new MnsModel(given, state.note);
      const memory: Memory = { handles: [], messageIds: [] };
      const { nowMs } = run(model, [...OPENING, ...before], 1000, memory, state);
      const noted = recordedMnsModel(reread(state.tree()), given);
      const record = mnsModelRecord(model, nowMs);
      expect(mnsModelRecord(noted, nowMs)).toEqual(record);

      const again = recordedMnsModel(reread(record), given);
      expect(JSON.stringify(mnsModelRecord(again, nowMs))).toBe(JSON.stringify(record));
      const known = (): Memory => ({ handles: [...memory.handles], messageIds: [...memory.messageIds] });
      model.takeExpired();
      const { outcomes, nowMs: endMs } = run(model, after, nowMs, known(), state);
      expect(run(again, after, nowMs, known()).outcomes).toEqual(outcomes);
      expect(mnsModelRecord(again, endMs)).toEqual(mnsModelRecord(model, endMs));
    },
  );

  it('tells of its own changes, and of none while it is made', () => {
    const model = new MnsModel();
    const queueName = 'orders';
    for (const command of [
      { type: 'createQueue', queueName, attributes: {} },
      { type: 'sendMessage', queueName, message: { body: 'x', priority: 8, ...NO_PROPERTIES } },
    ] as const) {
      model.apply(command, 1000);
    }
    const state = new NotedState();
    const again = recordedMnsModel(reread(mnsModelRecord(model, 1000)), DEFAULT_MODEL_SETTINGS, state.note);
    expect(state.changed).toEqual([]);
    receive(again, 2000);
    expect(state.changed).toEqual(['queues/orders/messages/0/life']);
  });
});
