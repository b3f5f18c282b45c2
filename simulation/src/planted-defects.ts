import { md5Hex, type WireHandler, type WireRequest, type WireResponse } from '@mnsbus/core';
import type { JournalEntry } from '@mnsbus/emulator';
import type { Defect } from './defect.js';
import { mnsCalls } from './producer.js';
import { PLAIN } from './scenario.js';
import { DEAD_LETTERS, type BridgePlan, type Scenario } from './scenario-plan.js';

/** A defect, and the check that has to catch it. */
export interface PlantedDefect {
  readonly invariant: string;
  readonly defect: string;
  readonly plant: () => Defect;
  /** What a run needs for the defect to show. */
  readonly scenario?: Partial<Scenario>;
  readonly bridge?: Partial<BridgePlan>;
}

const NO_CONTENT: WireResponse = {
  status: 204,
  headers: [['Content-Type', 'text/xml;charset=utf-8']],
  body: new Uint8Array(),
};

/** Eight messages at once, of every priority, for one place where each takes a while. */
const ONE_BY_ONE: Partial<Scenario> = {
  replicas: 1,
  temper: { ...PLAIN.temper, workMs: 3000 },
  messages: Array.from({ length: 8 }, (_, index) => ({
    atMs: 5000,
    taskId: `sent-${index}`,
    queueName: 'events-0',
    priority: 16 - 2 * index,
    delaySeconds: 0,
    body: 'event',
  })),
};

/** One defect at least for every invariant that runs are judged by. */
export const PLANTED_DEFECTS: readonly PlantedDefect[] = [
  {
    invariant: 'I1',
    defect: 'a queue counts one message that is not there',
    plant: () => ({
      service: onReply(isQueueRead, (text) =>
        text.replace(/<ActiveMessages>(\d+)/, (_, count) => `<ActiveMessages>${Number(count) + 1}`),
      ),
    }),
  },
  {
    invariant: 'I2',
    defect: 'what was sent is changed, and its digest with it',
    plant: () => ({
      service: onReply(isReceive, (text) => text.replaceAll(/<Message>[^]*?<\/Message>/g, withOtherBody)),
    }),
  },
  {
    invariant: 'I3',
    defect: 'an acknowledged message goes to another queue',
    plant: () => ({ message: (plan) => ({ ...plan, queueName: DEAD_LETTERS }) }),
  },
  {
    invariant: 'I4',
    defect: 'a deleted message comes back',
    plant: () => ({
      effects: (entry) =>
        entry.kind === 'deleted'
          ? [entry, { ...entry, kind: 'received', dequeueCount: 9, nextVisibleAtMs: entry.atMs + 1000 }]
          : [entry],
    }),
  },
  {
    invariant: 'I5',
    defect: 'all requests have the same id',
    plant: () => ({ effects: (entry) => [entry.kind === 'request' ? { ...entry, requestId: '0' } : entry] }),
  },
  {
    invariant: 'I6',
    defect: 'every delivery of a queue has the handle of the first',
    plant: () => ({ service: sameHandles() }),
  },
  {
    invariant: 'I7',
    defect: 'old handles delete',
    plant: () => ({
      service: (handle) => async (request) => {
        const response = await handle(request);
        return isDelete(request) && response.status >= 400 ? NO_CONTENT : response;
      },
    }),
  },
  {
    invariant: 'I9',
    defect: 'a delivery is counted twice',
    plant: () => ({
      effects: (entry) => [entry.kind === 'received' ? { ...entry, dequeueCount: entry.dequeueCount * 2 } : entry],
    }),
  },
  {
    invariant: 'I10',
    defect: 'the delay of a message is forgotten',
    plant: () => ({ message: (plan) => ({ ...plan, delaySeconds: 0 }) }),
  },
  {
    invariant: 'I11',
    defect: 'a message is delivered again while it is leased',
    plant: () => ({
      faults: [{ kind: 'early-visibility', earlyMs: 60_000, times: 3 }],
      effects: (entry) => (entry.kind === 'fault' ? [] : [entry]),
    }),
  },
  {
    invariant: 'I12',
    defect: 'a message was first received before it was sent',
    plant: () => ({
      service: onReply(isReceive, (text) => text.replaceAll(/<FirstDequeueTime>\d+/g, '<FirstDequeueTime>1000')),
    }),
  },
  {
    invariant: 'I13',
    defect: 'retention does not end a message',
    plant: () => ({ queue: (plan) => ({ ...plan, retentionSeconds: 345_600 }) }),
    scenario: {
      queues: [
        { name: 'events-0', visibilityTimeoutSeconds: 30, delaySeconds: 0, retentionSeconds: 60, format: 'JSON' },
      ],
      messages: [{ atMs: 0, taskId: 'sent-0', queueName: 'events-0', priority: 8, delaySeconds: 90, body: 'event' }],
      safetyMs: 120_000,
    },
  },
  {
    invariant: 'I15',
    defect: 'priorities are forgotten',
    plant: () => ({ message: (plan) => ({ ...plan, priority: 8 }) }),
    scenario: ONE_BY_ONE,
    bridge: { concurrency: 1 },
  },
  {
    invariant: 'I16',
    defect: 'a receive goes on waiting although something has come',
    plant: () => ({ effects: (entry) => [entry.kind === 'sent' ? { ...entry, atMs: entry.atMs - 500 } : entry] }),
  },
  {
    invariant: 'I17',
    defect: 'whoever came last is served first',
    plant: () => ({ effects: lastFirst }),
    scenario: { replicas: 4 },
  },
  {
    invariant: 'I18',
    defect: 'a receive that finds something waits for more',
    plant: () => ({
      effects: (entry) => [isGoodReceive(entry) ? { ...entry, tookMs: (entry.tookMs ?? 0) + 1000 } : entry],
    }),
  },
  {
    invariant: 'I19',
    defect: 'a batch delete says that it is done, and deletes nothing',
    plant: () => ({
      service: (handle) => async (request) =>
        isDelete(request) && request.body.length > 0 ? NO_CONTENT : handle(request),
    }),
  },
  {
    invariant: 'I23',
    defect: 'a subscription gets no copy',
    plant: () => ({ effects: (entry) => (entry.kind === 'delivered' ? [] : [entry]) }),
  },
  {
    invariant: 'I24',
    defect: 'the events of tasks are published twice',
    plant: () => ({ emulator: { imm: { events: { duplicateProbability: 1 } } } }),
  },
  {
    invariant: 'I24',
    defect: 'the events of tasks are published before the tasks have ended',
    plant: () => ({ effects: (entry) => [entry.kind === 'event-published' ? { ...entry, sequence: 0 } : entry] }),
  },
  {
    invariant: 'I25',
    defect: 'a task takes another time than it should',
    plant: () => ({ emulator: { imm: { decide: () => ({ durationMs: 12_345 }) } } }),
  },
  {
    invariant: 'I27',
    defect: 'a message is deleted as soon as it has been received',
    plant: () => ({ service: deletedOnReceipt }),
  },
  {
    invariant: 'I28',
    defect: 'a bridge handles more at once than it was told',
    plant: () => ({ bridge: (options) => ({ ...options, concurrency: 64 }) }),
    scenario: ONE_BY_ONE,
    bridge: { concurrency: 1 },
  },
  {
    invariant: 'I29',
    defect: 'a timer is left behind',
    plant: () => ({ started: (process) => void process.clock.after(1e10, () => {}) }),
  },
  {
    invariant: 'I30',
    defect: 'every receive is refused',
    plant: () => ({
      service: (handle) => (request) =>
        handle(
          isReceive(request) ? { ...request, target: request.target.replace('/queues/', '/queues/no-') } : request,
        ),
    }),
  },
  {
    invariant: 'I31',
    defect: 'an acknowledgement is counted twice',
    plant: () => ({ counters: (counters) => ({ ...counters, acked: counters.acked * 2 }) }),
  },
  {
    invariant: 'I47',
    defect: 'a process with a queue of its own hears nothing, and its queue is emptied all the same',
    plant: () => ({ isDeaf: true }),
    scenario: { companions: { hearers: 2, isOneKilled: false, hasPush: false, hasPushWork: false, waits: false } },
  },
];

type Test = (request: WireRequest) => boolean;

const isReceive: Test = ({ method, target }) => method === 'GET' && /^\/queues\/events-\d+\/messages/.test(target);
// Of every queue: old handles are tried by the contract suite on queues of its own.
const isDelete: Test = ({ method, target }) => method === 'DELETE' && /^\/queues\/[^/]+\/messages/.test(target);
const isQueueRead: Test = ({ method, target }) => method === 'GET' && /^\/queues\/events-\d+$/.test(target);

function onReply(test: Test, change: (text: string) => string): (handle: WireHandler) => WireHandler {
  return (handle) => async (request) => {
    const response = await handle(request);
    if (!test(request)) return response;
    return { ...response, body: Buffer.from(change(Buffer.from(response.body).toString('utf8'))) };
  };
}

/** A message of a reply with another body, and the digest that fits it. */
function withOtherBody(text: string): string {
  const changed = text.replace('"pageCount":"1"', '"pageCount":"2"');
  const body = /<MessageBody>([^]*?)<\/MessageBody>/.exec(changed)?.[1] ?? '';
  return changed.replace(/<MessageBodyMD5>[^<]*/, `<MessageBodyMD5>${md5Hex(body)}`);
}

function sameHandles(): (handle: WireHandler) => WireHandler {
  let first: string | undefined;
  return onReply(isReceive, (text) =>
    text.replaceAll(/<ReceiptHandle>([^<]*)/g, (_, handle: string) => {
      first ??= handle;
      return `<ReceiptHandle>${first}`;
    }),
  );
}

/** Every receive that waited seems to have come later than it did, and so before those that still wait. */
function lastFirst(entry: JournalEntry): readonly JournalEntry[] {
  return [isGoodReceive(entry) && entry.tookMs !== undefined ? { ...entry, tookMs: 1 } : entry];
}

function isGoodReceive(entry: JournalEntry): entry is Extract<JournalEntry, { kind: 'request' }> {
  return entry.kind === 'request' && entry.operation.endsWith('ReceiveMessage') && entry.code === undefined;
}

/** Deletes every message right after somebody has received it. */
const deletedOnReceipt: NonNullable<Defect['service']> = (handle, { clock, connection }) => {
  const calls = mnsCalls(connection, clock, handle);
  return async (request) => {
    const response = await handle(request);
    if (!isReceive(request)) return response;
    for (const [, receiptHandle = ''] of Buffer.from(response.body)
      .toString('utf8')
      .matchAll(/<ReceiptHandle>([^<]*)/g)) {
      const resource = `${request.target.replace(/\?.*$/, '')}?ReceiptHandle=${receiptHandle}`;
      await calls.call({
        method: 'DELETE',
        resource,
        rootName: 'Message',
        expected: [204],
        body: '',
        timeoutMs: 10_000,
      });
    }
    return response;
  };
};
