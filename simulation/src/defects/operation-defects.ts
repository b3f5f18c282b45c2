import { PLAIN } from '../scenario.js';
import { longWork, messages, type BridgeDefect } from './bridge-defect.js';

const { temper } = PLAIN;

/** Faults in how a bridge is run: its start and close, its polls, its health, and what it makes and removes. */
export const OPERATION_DEFECTS: readonly BridgeDefect[] = [
  {
    invariant: 'I40',
    defect: 'what is on its way when a bridge closes stays invisible',
    edits: [
      {
        file: 'poll/poller.js',
        find: 'this.#session.end(clock, lastAnswerMs);',
        replace: 'this.#session.end(clock, 0);',
      },
    ],
    scenario: {
      tasks: [],
      latencyMs: 50,
      messages: messages(60, 37),
      outages: [0, 1, 2, 3].map((index) => ({
        atMs: 3100 + 500 * index,
        replica: index % 2,
        kind: 'close',
        downMs: 100,
      })),
    },
  },
  {
    invariant: 'I41',
    defect: 'an idle bridge that does not wait for messages is unhealthy',
    edits: [
      {
        file: 'poll/poller.js',
        find: 'this.#emptiesInARow += 1;',
        replace: 'this.#failuresInARow = this.#emptiesInARow += 1;',
      },
      {
        file: 'consume/health.js',
        find: "isHealthy({ state, stuck }) {\n    return state !== 'stopped' && !stuck;",
        replace:
          "isHealthy({ state, stuck, failuresInARow }) {\n    return state !== 'stopped' && !stuck && failuresInARow < TOLERATED_FAILURES;",
      },
    ],
    bridge: { waitSeconds: 0 },
  },
  {
    invariant: 'I36',
    defect: 'a listener of statuses that rejects ends the process',
    edits: [
      {
        file: 'status/status-feed.js',
        find: 'tell(call, status, (reason)',
        replace: 'void call(status);\n            ((..._) => {})((reason)',
      },
    ],
    scenario: { callbacks: 'rejects' },
  },
  {
    invariant: 'I37',
    defect: 'the page of a gateway stops a queue',
    edits: [{ file: 'mns/transport.js', find: 'retryable: true,', replace: 'retryable: status >= 500,' }],
    scenario: { networks: [{ atMs: 6000, forMs: 10_000, replica: undefined, kind: 404 }] },
  },
  {
    invariant: 'I42',
    defect: 'a queue is taken for that of a replica by its name alone',
    edits: [
      {
        file: 'provision/replica-sweep.js',
        find: 'const all = await admin.subscriptionsOf(family.topicName, family.start);',
        replace:
          'const all = [...(await admin.subscriptionsOf(family.topicName, family.start)), `${family.start}0123456789abcdef`];',
      },
      {
        file: 'provision/replica-sweep.js',
        find: 'if (subscription === undefined || !family.isSubscription(name, subscription))',
        replace: 'if (subscription !== undefined && !family.isSubscription(name, subscription))',
      },
    ],
    scenario: {
      companions: { hearers: 2, isOneKilled: false, hasPush: false, hasPushWork: false, waits: false },
      safetyMs: 600_000,
    },
  },
  {
    invariant: 'I43',
    defect: 'a task is asked for again though it may have been created',
    edits: [
      {
        file: 'imm/imm-calls.js',
        find: 'const isSafe = !mayHaveHadEffect || idempotentToken !== undefined;',
        replace: 'const isSafe = true;',
      },
      {
        file: 'imm/imm-client.js',
        find: "const token = action === 'CreateOfficeConversionTask' ?",
        replace: "const token = action === 'NoneAtAll' ?",
      },
    ],
    scenario: {
      faults: [
        { kind: 'reset-after-effect', match: { service: 'imm', operation: 'CreateOfficeConversionTask' }, times: 2 },
      ],
    },
  },
  {
    invariant: 'I41',
    defect: 'a bridge that is stuck says that it is healthy',
    edits: [
      {
        file: 'consume/queue-consumer.js',
        find: 'entry.timer = clock.after(overMs, () => this.#leave(entry), { isBackground: true });',
        replace: 'entry.timer = clock.after(overMs, () => {}, { isBackground: true });',
      },
      {
        file: 'consume/health.js',
        find: "return state !== 'stopped' && !stuck;",
        replace: "return state !== 'stopped';",
      },
    ],
    scenario: longWork(1000, { temper: { ...temper, answer: 'early-forever' } }),
    bridge: { leaseMaxSeconds: 10, concurrency: 1 },
  },
  {
    invariant: 'I45',
    defect: 'a pause before the start is ignored',
    edits: [
      {
        file: 'poll/poller.js',
        find: "if (this.#state === 'paused' || this.#state === 'closed')\n            return;\n        this.#resumesTo",
        replace: "if (this.#state !== 'polling')\n            return;\n        this.#resumesTo",
      },
    ],
    scenario: { replicas: 1, meddlings: [{ atMs: 0, replica: 0, kind: 'pause', forMs: 10_000 }] },
  },
  {
    invariant: 'I45',
    defect: 'a start that failed leaves one of two queues polling',
    edits: [
      {
        file: 'consume/consumers.js',
        find: '                queue.cancel();',
        replace: '                queue.begin();',
      },
    ],
    scenario: {
      missingQueueMs: 10_000,
      queues: ['events-0', 'events-1'].map((name) => ({
        name,
        visibilityTimeoutSeconds: 20,
        delaySeconds: 0,
        retentionSeconds: 345_600,
        format: 'JSON',
      })),
    },
  },
];
