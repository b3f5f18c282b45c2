import { PLAIN } from '../scenario.js';
import { longWork, messages, type BridgeDefect } from './bridge-defect.js';

const { temper } = PLAIN;

/** Faults in how a bridge handles messages, and settles them. */
export const HANDLING_DEFECTS: readonly BridgeDefect[] = [
  {
    invariant: 'I32',
    defect: 'a claim is completed by a listener that returned because it was told to stop',
    edits: [
      {
        file: 'dispatch/dispatcher.js',
        find: "await (verdict.type === 'ack' ? claim?.complete() : claim?.release());",
        replace: "await (verdict.type === 'retry' ? claim?.release() : claim?.complete());",
      },
    ],
    scenario: longWork(60_000, { temper: { ...temper, workMs: 60_000, onAbort: 'return' } }),
    bridge: { deduplicator: 'shared', leaseMaxSeconds: 10 },
  },
  {
    invariant: 'I33',
    defect: 'a claim lives for an hour, whatever becomes of who has it',
    edits: [
      {
        file: 'dedup/claims.js',
        find: 'return Math.max(LEAST_TTL_MS, Math.ceil(leftMs));',
        replace: 'return Math.max(LEAST_TTL_MS, Math.ceil(leftMs), 3_600_000);',
      },
    ],
    scenario: longWork(20_000, {
      replicas: 2,
      outages: [0, 1].map((replica) => ({ atMs: 8000, replica, kind: 'crash', downMs: 1000 })),
      faults: [{ kind: 'duplicate-message' }],
    }),
    bridge: { deduplicator: 'shared' },
  },
  {
    invariant: 'I34',
    defect: 'the number of deliveries alone condemns a message',
    edits: [
      {
        file: 'consume/give-up.js',
        find: 'if (known.hasOverrun && before >= maxDeliveries)',
        replace: 'if (before >= maxDeliveries)',
      },
    ],
    scenario: longWork(10_000, { outages: [{ atMs: 6000, replica: 0, kind: 'crash', downMs: 1000 }] }),
    bridge: { maxDeliveries: 1 },
  },
  {
    invariant: 'I34',
    defect: 'an event that is being handled elsewhere counts as a failure',
    edits: [
      {
        file: 'dispatch/dispatcher.js',
        find: "return busy ? { type: 'release', reason: 'busy' } : { type: 'ack' };",
        replace:
          "return busy ? { type: 'retry', afterSeconds: undefined, error: new MnsbusError({ code: 'LISTENER_FAILED', message: 'busy' }) } : { type: 'ack' };",
      },
    ],
    scenario: longWork(20_000, {
      replicas: 2,
      outages: [0, 1].map((replica) => ({ atMs: 8000, replica, kind: 'crash', downMs: 1000 })),
      faults: [{ kind: 'duplicate-message' }],
    }),
    bridge: { deduplicator: 'shared', maxDeliveries: 1 },
  },
  {
    invariant: 'I35',
    defect: 'a redelivery of what is still being worked on is sent back and forth',
    edits: [
      {
        file: 'consume/backlog.js',
        find: 'return earlier === undefined || this.#leftMsOf(earlier) <= 0;',
        replace: 'return true;',
      },
    ],
    scenario: longWork(200_000, {
      temper: { ...temper, workMs: 200_000, onAbort: 'ignore' },
      networks: [{ atMs: 8000, forMs: 40_000, replica: 0, kind: 'down' }],
    }),
    bridge: { leaseMaxSeconds: 300, retryCapSeconds: 1, hasDeadLetterQueue: false },
  },
  {
    invariant: 'I38',
    defect: 'an event with an odd member is refused',
    edits: [
      {
        file: 'dispatch/dispatcher.js',
        find: '            verifyBody(delivery);\n',
        replace:
          '            verifyBody(delivery);\n            if (/"pageCount":5|"soon"|"-1"|"ConvertTimeout","percent":"0","taskId"/.test(delivery.body)) throw new MnsbusError({ code: \'EVENT_MALFORMED\', message: \'odd\' });\n',
      },
    ],
    scenario: { tasks: [], messages: messages(4, 500, 'odd-time') },
  },
  {
    invariant: 'I34',
    defect: 'an event is refused because code of the app that tells something of it has failed',
    edits: [
      {
        file: 'dispatch/dispatcher.js',
        find: 'const events = decode(notification.text).map((event, index) => ({',
        replace:
          "if (decode(notification.text).some(({ problems = [] }) => problems.length > 0)) throw new MnsbusError({ code: 'EVENT_MALFORMED', message: 'key' });\n            const events = decode(notification.text).map((event, index) => ({",
      },
    ],
    scenario: { ownCode: 'throws', tasks: [], messages: messages(4, 500, 'custom') },
  },
  {
    invariant: 'I39',
    defect: 'a short extension is asked for too late to be of use',
    edits: [
      {
        file: 'lease/held-message.js',
        find: 'const beatInMs = Math.floor(leftMs - (Math.min(leftMs, this.#wantedMs) * (100 - percent)) / 100);',
        replace: 'const beatInMs = Math.floor((leftMs * percent) / 100);',
      },
    ],
    scenario: longWork(50_000),
    bridge: { extendBySeconds: 5 },
  },
  {
    invariant: 'I39',
    defect: 'a clock that is set back stops extensions',
    edits: [
      {
        file: 'lease/held-message.js',
        find: 'const nowMs = monotonicMs(clock);\n        const leftMs = Math.max(0, this.#endsAtMs - nowMs);',
        replace: 'const nowMs = clock.now();\n        const leftMs = Math.max(0, this.#endsAtMs - nowMs);',
      },
    ],
    scenario: longWork(50_000, { meddlings: [{ atMs: 6000, replica: 0, kind: 'set-clock', byMs: -60_000 }] }),
  },
  {
    invariant: 'I44',
    defect: 'the place of a listener that has acknowledged early and hangs never comes back',
    edits: [
      {
        file: 'consume/queue-consumer.js',
        find: 'entry.timer = clock.after(overMs, () => this.#leave(entry), { isBackground: true });',
        replace: 'entry.timer = clock.after(overMs, () => {}, { isBackground: true });',
      },
    ],
    scenario: longWork(1000, { temper: { ...temper, answer: 'early-forever' } }),
    bridge: { leaseMaxSeconds: 10 },
  },
  {
    invariant: 'I26',
    defect: 'what comes while a listener of one event runs is deleted',
    edits: [
      {
        file: 'dispatch/until-handled.js',
        find: 'if (state.isRunning) {\n            context.passOn();',
        replace: 'if (state.isRunning) {',
      },
    ],
    scenario: { consumer: 'once', tasks: [], messages: messages(8, 1), temper: { ...temper, workMs: 3000 } },
  },
  {
    invariant: 'I46',
    defect: 'a listener of one event is called for all that come while it runs',
    edits: [
      {
        file: 'dispatch/until-handled.js',
        find: 'if (state.isRunning) {',
        replace: 'if (false) {',
      },
    ],
    scenario: { consumer: 'once', tasks: [], messages: messages(8, 1), temper: { ...temper, workMs: 3000 } },
  },
  {
    invariant: 'I27',
    defect: 'leaving an iterator acknowledges the event in hand',
    edits: [
      {
        file: 'dispatch/event-stream.js',
        find: 'for (const offered of taken)\n            giveBack(offered);',
        replace: 'for (const offered of taken)\n            offered.finish();',
      },
    ],
    scenario: { consumer: 'events-leaving', messages: messages(12, 500) },
  },
];
