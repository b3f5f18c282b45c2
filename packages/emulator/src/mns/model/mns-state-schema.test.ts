import { describe, expect, it } from 'vitest';
import { altered, problemsOf } from '../../test-support/record-problems.js';
import { mnsModelSchema } from './mns-state-schema.js';
import { DEFAULT_QUEUE_ATTRIBUTES } from './queue-attributes.js';
import { queueTag, writeHandle } from './receipt-handle.js';

const [FIRST_ID, SECOND_ID] = ['A'.repeat(32), 'B'.repeat(32)];

const handleOf = (messageId: string, queueName = 'orders'): string =>
  writeHandle({
    messageId,
    issuedAtMs: 1000,
    invisibleMs: 500,
    serial: 0,
    offset: 0,
    queueTag: queueTag(queueName),
  });

const message = {
  sent: {
    messageId: FIRST_ID,
    body: 'x',
    priority: 1,
    userProperties: [{ name: 'a', value: '1', type: 'STRING' }],
    systemProperties: [{ name: 'baggage', value: '2', type: 'STRING' }],
    messageGroupId: 'group',
    enqueuedAtMs: 1000.5,
    expiresAtMs: 61_000.5,
  },
  life: {
    state: 'inactive',
    dueAtMs: 1500,
    firstDequeuedAtMs: 1000,
    dequeueCount: 0,
    handleCount: 1,
    firstHandle: 0,
    handles: [{ receiptHandle: handleOf(FIRST_ID), endsAtMs: 1500 }],
  },
};

const second = {
  sent: { ...message.sent, messageId: SECOND_ID, priority: 16, expiresAtMs: 604_801_000.5 },
  life: { ...message.life, state: 'active', handleCount: 1, firstHandle: 1, handles: [] },
};

/** A record with a member of every kind. */
const RECORD = {
  sequence: 0,
  account: { loggingBucket: 'logs', traceEnabled: 1 },
  queues: {
    orders: {
      settings: {
        ...DEFAULT_QUEUE_ATTRIBUTES,
        createdAtMs: 1.5,
        modifiedAtMs: 2,
      },
      sent: 11,
      messages: { 0: message, 10: second },
    },
  },
  topics: {
    news: {
      settings: {
        maximumMessageBytes: 1024,
        loggingEnabled: true,
        createdAtMs: 1,
        modifiedAtMs: 2,
        subscriptions: [
          {
            name: 'a',
            endpoint: 'acs:mns:cn-hangzhou:1:queues/orders',
            filterTag: 'red',
            notifyStrategy: 'BACKOFF_RETRY',
            notifyContentFormat: 'JSON',
            createdAtMs: 1,
            modifiedAtMs: 2,
          },
          {
            name: 'b',
            endpoint: 'http://127.0.0.1/push',
            notifyStrategy: 'EXPONENTIAL_DECAY_RETRY',
            notifyContentFormat: 'XML',
            createdAtMs: 1,
            modifiedAtMs: 2,
          },
        ],
      },
      published: { 0: 1, 999999999999999: 2 },
    },
  },
};

type Place = readonly (string | number)[];

const ORDERS: Place = ['queues', 'orders'];
const SENT: Place = [...ORDERS, 'messages', 0, 'sent'];
const LIFE: Place = [...ORDERS, 'messages', 0, 'life'];
const NEWS: Place = ['topics', 'news'];
const SUBSCRIPTION: Place = [...NEWS, 'settings', 'subscriptions', 0];

const problems = (place: Place, value: unknown): readonly string[] =>
  problemsOf(mnsModelSchema, altered(RECORD, place, value));

const said = (place: Place, words: string): readonly string[] => [`${place.join('.')}: ${words}`];

describe('a record of a model', () => {
  it('is taken as it is, with all it may have', () => {
    expect(mnsModelSchema.parse(RECORD)).toEqual(RECORD);
  });

  it('may be empty, and without what it has none of', () => {
    expect(problemsOf(mnsModelSchema, {})).toEqual([]);
    for (const place of [
      ['sequence'],
      ['account'],
      ['queues'],
      ['topics'],
      [...ORDERS, 'messages'],
      [...NEWS, 'published'],
      [...SENT, 'messageGroupId'],
    ]) {
      expect({ place, problems: problems(place, undefined) }).toEqual({ place, problems: [] });
    }
  });

  it('has no other member, at any depth', () => {
    const places = [
      [],
      ['account'],
      ORDERS,
      [...ORDERS, 'settings'],
      [...ORDERS, 'messages', 0],
      SENT,
      [...SENT, 'userProperties', 0],
      LIFE,
      [...LIFE, 'handles', 0],
      NEWS,
      [...NEWS, 'settings'],
      SUBSCRIPTION,
    ];
    for (const place of places)
      expect(problems([...place, 'more'], 1)).toEqual(said(place, 'Unrecognized key: "more"'));
  });

  it('counts from 0, in whole numbers', () => {
    for (const place of [['sequence'], [...LIFE, 'dequeueCount']]) {
      expect(problems(place, -1)).toEqual(said(place, 'Too small: expected number to be >=0'));
      expect(problems(place, 1.5)).toEqual(said(place, 'Invalid input: expected int, received number'));
    }
  });

  it('has names as resources have them', () => {
    for (const [place, value, kind] of [
      ['queues', RECORD.queues.orders, 'queue'],
      ['topics', RECORD.topics.news, 'topic'],
    ] as const) {
      expect(problems([place], { 'not_a-name': altered(value, ['messages'], undefined) })).toEqual(
        said([place, 'not_a-name'], `expected the name of a ${kind}`),
      );
    }
    expect(problems([...SUBSCRIPTION, 'name'], '-b')).toEqual(
      said([...SUBSCRIPTION, 'name'], 'expected the name of a subscription'),
    );
  });

  it('has text only that replies can carry', () => {
    for (const place of [
      ['account', 'loggingBucket'],
      [...SENT, 'body'],
      [...SENT, 'messageGroupId'],
    ]) {
      expect(problems(place, 'a\u0000')).toEqual(said(place, 'expected text that XML can carry'));
    }
  });
});

describe('what is wrong with a record', () => {
  it.each([
    ['a message beyond those that were sent', [...ORDERS, 'sent'], 5],
    ['an id that came before', [...ORDERS, 'messages', 1], message],
    ['a handle of another message', [...LIFE, 'handles', 0, 'receiptHandle'], 'none'],
    ['an attribute out of its range', [...ORDERS, 'settings', 'delaySeconds'], -1],
  ])('is told in words of its own, which are shown as they are: %s', (_, place, value) => {
    const issues = mnsModelSchema.safeParse(altered(RECORD, place, value)).error?.issues;
    expect(issues?.map(({ code }) => code)).toEqual(['custom']);
  });
});

describe('a message of a record', () => {
  it.each(['01', 'x1', '1x', 'x', '-1', '1.5', '1000000000000000', '99999999999999999'])('has no place %j', (place) => {
    const told = [...ORDERS, 'messages', place];
    expect(problems([...ORDERS, 'messages'], { [place]: second })).toContain(
      `${told.join('.')}: expected a whole number from 0`,
    );
  });

  it('has a place before the number of all that were sent', () => {
    const words = 'expected a place before the number of messages in sent';
    expect(problems([...ORDERS, 'sent'], 10)).toEqual(said([...ORDERS, 'messages', 10], words));
    expect(problems([...ORDERS, 'sent'], undefined)).toEqual(
      [0, 10].map((place) => `${[...ORDERS, 'messages', place].join('.')}: ${words}`),
    );
  });

  it('has an id that no other one has, in any queue', () => {
    const words = `expected each id once, ${FIRST_ID} came before`;
    const { settings } = RECORD.queues.orders;
    const other = { settings, sent: 1, messages: { 0: { ...second, sent: message.sent } } };
    expect(problems(['queues', 'parcels'], other)).toEqual(
      said(['queues', 'parcels', 'messages', 0, 'sent', 'messageId'], words),
    );
    for (const id of ['', 'a b', ' a', 'a ', 'a'.repeat(65)]) {
      expect(problems([...ORDERS, 'messages', 10, 'sent', 'messageId'], id)).toEqual([
        `${[...ORDERS, 'messages', 10, 'sent', 'messageId'].join('.')}: expected a message id`,
      ]);
    }
  });

  it('has a body, a priority, and properties as they may be sent', () => {
    expect(problems([...SENT, 'body'], '')).toEqual(said([...SENT, 'body'], 'expected a body'));
    expect(problems([...SENT, 'priority'], 0)).toEqual(
      said([...SENT, 'priority'], 'Too small: expected number to be >=1'),
    );
    expect(problems([...SENT, 'priority'], 17)).toEqual(
      said([...SENT, 'priority'], 'Too big: expected number to be <=16'),
    );
    const properties = [{ name: 'a', value: '1', type: 'COLOUR' }];
    expect(problems([...SENT, 'userProperties'], properties)).toEqual(
      said([...SENT, 'userProperties'], 'expected properties'),
    );
    expect(problems([...SENT, 'systemProperties'], properties)).toHaveLength(1);
  });

  it('expires a minute to a week after it was sent', () => {
    const words = 'expected 60 to 604800 seconds after enqueuedAtMs';
    expect(problems([...SENT, 'expiresAtMs'], 60_999.5)).toEqual(said([...SENT, 'expiresAtMs'], words));
    expect(problems([...SENT, 'expiresAtMs'], 604_801_001)).toEqual(said([...SENT, 'expiresAtMs'], words));
    expect(problems([...SENT, 'expiresAtMs'], 604_801_000.5)).toEqual([]);
  });

  it('has a state, and no more handles than were issued', () => {
    expect(problems([...LIFE, 'state'], 'asleep')).toHaveLength(1);
    expect(problems([...LIFE, 'state'], 'delayed')).toEqual([]);
    expect(problems([...LIFE, 'firstHandle'], 2)).toEqual(
      said([...LIFE, 'firstHandle'], 'expected no more than handleCount'),
    );
  });

  it('has handles of its own only', () => {
    for (const handle of [handleOf(SECOND_ID), handleOf(FIRST_ID, 'parcels'), 'none']) {
      expect(problems([...LIFE, 'handles', 0, 'receiptHandle'], handle)).toEqual(
        said([...LIFE, 'handles', 0, 'receiptHandle'], 'expected a handle of this message'),
      );
    }
  });
});

describe('a queue of a record', () => {
  it('has attributes within their ranges, and is told which one is not', () => {
    for (const [member, value, element] of [
      ['delaySeconds', 604_801, 'DelaySeconds'],
      ['maximumMessageBytes', 1023, 'MaximumMessageSize'],
      ['messageRetentionSeconds', 59, 'MessageRetentionPeriod'],
      ['visibilityTimeoutSeconds', 0, 'VisibilityTimeout'],
      ['pollingWaitSeconds', 31, 'PollingWaitSeconds'],
    ] as const) {
      const words = `expected attributes of a queue; out of its range: ${element}`;
      expect(problems([...ORDERS, 'settings', member], value)).toEqual(said([...ORDERS, 'settings'], words));
      expect(problems([...ORDERS, 'settings', member], 1.5)).not.toEqual([]);
    }
  });
});

describe('a topic of a record', () => {
  it('has attributes within their ranges', () => {
    expect(problems([...NEWS, 'settings', 'maximumMessageBytes'], 1023)).toEqual(
      said([...NEWS, 'settings', 'maximumMessageBytes'], 'out of range'),
    );
  });

  it('counts at least one message at an instant', () => {
    expect(problems([...NEWS, 'published', 0], 0)).toEqual(
      said([...NEWS, 'published', 0], 'Too small: expected number to be >=1'),
    );
    const later = [...NEWS, 'published', '1.5'];
    expect(problems(later, 1)).toEqual(said(later, 'expected a whole number from 0'));
  });

  it('has subscriptions that lead somewhere, each name once', () => {
    expect(problems([...SUBSCRIPTION, 'endpoint'], 'nowhere')).toEqual(
      said([...SUBSCRIPTION, 'endpoint'], 'expected an endpoint'),
    );
    expect(problems([...SUBSCRIPTION, 'filterTag'], 'x'.repeat(256))).toEqual(
      said([...SUBSCRIPTION, 'filterTag'], 'expected 1 to 255 characters'),
    );
    expect(problems([...SUBSCRIPTION, 'notifyStrategy'], 'NEVER')).toHaveLength(1);
    expect(problems([...SUBSCRIPTION, 'notifyContentFormat'], 'YAML')).toHaveLength(1);
    expect(problems([...SUBSCRIPTION, 'notifyContentFormat'], 'SIMPLIFIED')).toEqual([]);
    expect(problems([...SUBSCRIPTION, 'name'], 'b')).toEqual(
      said([...NEWS, 'settings', 'subscriptions'], 'expected each name once'),
    );
  });
});
