// The pure rooms, and what of the workspace is run against their mutants.

const inMns = (names, ending = '.ts') => names.map((name) => `packages/emulator/src/mns/model/${name}${ending}`);
const inBridge = (names, ending = '.ts') => names.map((name) => `packages/bridge/src/${name}${ending}`);
const inImm = (names, ending = '.ts') => names.map((name) => `packages/emulator/src/imm/model/${name}${ending}`);

// What turns the models into data and back.
const IMM_STATE = ['imm-state', 'imm-state-schema', 'project-record', 'task-record'];
const MNS_STATE = ['message-record', 'mns-state', 'mns-state-schema', 'queue-record', 'topic-record'];

// The model of MNS is the largest room: it is done in parts, the last of which is all that the others are not.
const QUEUES = ['queue', 'queue-attributes', 'queues', 'stored-message', 'stored-message-view'];
const TOPICS = ['page', 'recent-count', 'subscription', 'topic', 'topics'];
const OTHERS = ['delivery-target', 'ordered-queue'];

/**
 * What a room is: `mutate` holds its sources, `tests` the tests that touch it, cheap ones first (patterns from the root of
 * the workspace); `testTimeoutMs` (default a minute) is given where mutants wait for ever: the sooner a test gives up, the less
 * they cost. A test that reaches a room through the whole program is left out: it would make each mutant cost seconds,
 * and a room that needs it is not pure.
 */
export const ROOMS = {
  slots: {
    mutate: inBridge(['poll/slots', 'consume/prefetch']),
    tests: inBridge(['poll/slots', 'consume/prefetch'], '.test.ts'),
    testTimeoutMs: 3000,
  },
  poll: {
    mutate: inBridge(['poll/backoff', 'poll/poller', 'poll/session']),
    tests: inBridge(
      [
        'poll/backoff',
        'poll/session',
        'poll/poller',
        'poll/failing-poller',
        'poll/ended-poller',
        'poll/poll-answers',
        'poll/busy-poller',
      ],
      '.test.ts',
    ),
    testTimeoutMs: 3000,
  },
  decode: {
    mutate: ['packages/core/src/notification/*.ts'],
    tests: ['packages/core/src/notification/*.test.ts'],
  },
  reading: {
    mutate: ['packages/core/src/events/reading/*.ts'],
    tests: ['packages/core/src/events/reading/*.test.ts'],
  },
  lease: {
    mutate: inBridge(['lease/*']),
    tests: inBridge(['lease/*'], '.test.ts'),
    testTimeoutMs: 3000,
  },
  settle: {
    mutate: inBridge(['settle/*']),
    tests: inBridge(['settle/*'], '.test.ts'),
    testTimeoutMs: 3000,
  },
  verdicts: {
    mutate: inBridge(['consume/disposition', 'consume/give-up', 'dispatch/known-messages', 'dispatch/verdict']),
    tests: inBridge(['dispatch/known-messages', 'dispatch/verdict', 'consume/disposition'], '.test.ts'),
  },
  waiting: {
    mutate: inBridge(['consume/backlog', 'consume/patience', 'consume/places', 'consume/progress', 'consume/counters']),
    tests: inBridge(
      ['consume/counters', 'consume/places', 'consume/progress', 'consume/patience', 'consume/backlog'],
      '.test.ts',
    ),
    testTimeoutMs: 3000,
  },
  dedup: {
    mutate: inBridge(['dedup/claims', 'dedup/memory-deduplicator']),
    tests: inBridge(['dedup/claims', 'dedup/memory-deduplicator', 'dedup/deduplicator-laws'], '.test.ts'),
    testTimeoutMs: 3000,
  },
  dispatch: {
    mutate: inBridge(['consume/handling', 'dispatch/dispatcher']),
    tests: inBridge(['consume/handling', 'dispatch/dispatcher', 'dispatch/claimed-events'], '.test.ts'),
    testTimeoutMs: 3000,
  },
  listeners: {
    mutate: inBridge([
      'dispatch/listener-call',
      'dispatch/listeners',
      'dispatch/node-events',
      'dispatch/until-handled',
    ]),
    tests: inBridge(['dispatch/listener-call', 'dispatch/node-events', 'dispatch/listeners'], '.test.ts'),
    testTimeoutMs: 3000,
  },
  'event-stream': {
    mutate: inBridge(['dispatch/event-stream']),
    tests: inBridge(['dispatch/event-stream'], '.test.ts'),
    testTimeoutMs: 3000,
  },
  credentials: {
    mutate: inBridge(['credentials/*']),
    tests: inBridge(
      ['credentials/check-keys', 'credentials/key-life', 'credentials/credentials', 'credentials/refused-keys'],
      '.test.ts',
    ),
    testTimeoutMs: 5000,
  },
  replicas: {
    mutate: inBridge(['provision/replica-family', 'provision/replica-sweep']),
    tests: inBridge(['provision/replica-family', 'provision/one-sweep'], '.test.ts'),
    testTimeoutMs: 3000,
  },
  push: {
    mutate: inBridge(['push/fetch-places', 'push/push-history', 'push/replay-guard']),
    tests: inBridge(['push/push-history', 'push/replay-guard', 'push/fetch-places'], '.test.ts'),
    testTimeoutMs: 5000,
  },
  imm: {
    mutate: [...inImm(['*']), ...inImm(IMM_STATE).map((path) => `!${path}`)],
    tests: inImm(['agenda', 'task-engine', 'imm-model', 'imm-state'], '.test.ts'),
  },
  'imm-state': {
    mutate: inImm(IMM_STATE),
    tests: inImm(['imm-state-schema', 'imm-state'], '.test.ts'),
  },
  'mns-state': {
    mutate: inMns(MNS_STATE),
    tests: inMns(['mns-state-schema', 'mns-state'], '.test.ts'),
  },
  'mns-order': {
    mutate: inMns(['ordered-queue']),
    tests: inMns(['ordered-queue'], '.test.ts'),
  },
  'mns-endpoints': {
    mutate: inMns(['delivery-target']),
    tests: inMns(['delivery-target'], '.test.ts'),
  },
  'mns-queues': {
    mutate: inMns(QUEUES),
    tests: inMns(
      ['stored-message-view', 'queues', 'topics', 'mns-model', 'limits', 'queue', 'mns-state', 'mns-model.property'],
      '.test.ts',
    ),
  },
  'mns-topics': {
    mutate: inMns(TOPICS),
    tests: inMns(['topics', 'limits', 'recent-count', 'page', 'mns-model', 'mns-state'], '.test.ts'),
  },
  'mns-messages': {
    mutate: [...inMns(['*']), ...inMns([...QUEUES, ...TOPICS, ...MNS_STATE, ...OTHERS]).map((path) => `!${path}`)],
    tests: inMns(
      [
        'resource-name',
        'message-attributes',
        'mns-model',
        'topics',
        'queues',
        'limits',
        'queue',
        'receipt-handle',
        'message-id',
        'mns-state',
      ],
      '.test.ts',
    ),
  },
};
