// The pure rooms, and what of the workspace is run against their mutants.

const inMns = (names, ending = '.ts') => names.map((name) => `packages/emulator/src/mns/model/${name}${ending}`);
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
    mutate: ['packages/bridge/src/poll/slots.ts', 'packages/bridge/src/consume/prefetch.ts'],
    tests: ['packages/bridge/src/poll/slots.test.ts', 'packages/bridge/src/consume/prefetch.test.ts'],
    testTimeoutMs: 3000,
  },
  decode: {
    mutate: ['packages/core/src/notification/*.ts'],
    tests: ['packages/core/src/notification/*.test.ts'],
  },
  lease: {
    mutate: ['packages/bridge/src/lease/*.ts'],
    tests: ['packages/bridge/src/lease/*.test.ts'],
    testTimeoutMs: 3000,
  },
  settle: {
    mutate: ['packages/bridge/src/settle/*.ts'],
    tests: ['packages/bridge/src/settle/*.test.ts'],
    testTimeoutMs: 3000,
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
