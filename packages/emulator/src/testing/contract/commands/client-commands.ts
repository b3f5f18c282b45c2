import * as fc from 'fast-check';
import type { ContractTarget, ContractRequest } from '../contract-target.js';
import { changeEntry, countEntry, deleteEntry, receiveEntry, sendEntry } from '../history-entries.js';
import type { HistoryRecorder, RecordedCall } from '../history-recorder.js';
import type { HistoryCall } from '../../history/history.js';
import {
  changeVisibility,
  deleteMessage,
  deleteMessages,
  getQueueAttributes,
  receiveMessages,
  sendMessage,
  sendMessages,
} from '../requests.js';

/** Clients of one queue that do not wait for each other. */
export interface ClientsWorld {
  readonly target: ContractTarget;
  readonly recorder: HistoryRecorder;
  readonly queueName: string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Numbers bodies, so that each tells its send. */
  readonly nextBody: () => string;
  /** Ends the waits of receives that can be hung up on. */
  readonly waiting: AbortController[];
}

/** A step of one client: it starts a call, and does not await it. */
export type ClientCommand = fc.AsyncCommand<ClientsWorld, ContractTarget>;

const client = fc.constantFrom('A', 'B', 'C');
/** Now and then, an answer gets lost on its way back. */
const isLost = fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
const pick = fc.nat(8);

interface Call {
  readonly request: ContractRequest;
  readonly read: (call: RecordedCall) => HistoryCall;
}

function begin(text: string, make: (world: ClientsWorld) => Call | undefined): fc.Arbitrary<ClientCommand> {
  return fc.tuple(client, isLost).map(([name, lost]) => ({
    check: () => true,
    run: async (world) => {
      const call = make(world);
      // Not awaited: the other clients go on. The recorder knows what is open.
      if (call !== undefined) void world.recorder.record(name, call.request, call.read, lost);
    },
    toString: () => `${name}: ${text}${lost ? ', and the answer is lost' : ''}`,
  }));
}

function handlesIn({ recorder }: ClientsWorld): readonly string[] {
  return recorder.calls.flatMap((call) => {
    if (call.kind === 'receive') return (call.deliveries ?? []).map(({ handle }) => handle);
    return call.kind === 'change' && typeof call.result === 'object' ? [call.result.handle] : [];
  });
}

/** The newest handle for 0, and so on backwards. */
function handleAt(world: ClientsWorld, index: number): string | undefined {
  const handles = handlesIn(world);
  return handles.length === 0 ? undefined : handles[handles.length - 1 - (index % handles.length)];
}

const send = fc.constantFrom(0, 0, 1).chain((delaySeconds) =>
  begin(`send, delay ${delaySeconds} s`, ({ queueName, nextBody }) => {
    const draft = { body: nextBody(), delaySeconds };
    return { request: sendMessage(queueName, draft), read: (call) => sendEntry(call, [draft]) };
  }),
);

const sendBatch = fc.integer({ min: 2, max: 4 }).chain((size) =>
  begin(`send ${size}`, ({ queueName, nextBody }) => {
    const drafts = Array.from({ length: size }, () => ({ body: nextBody(), delaySeconds: 0 }));
    return { request: sendMessages(queueName, drafts), read: (call) => sendEntry(call, drafts) };
  }),
);

const receive = fc.tuple(fc.constantFrom(1, 1, 3, 16), fc.constantFrom(0, 0, 1, 5)).chain(([count, seconds]) =>
  begin(`receive ${count}, wait ${seconds} s`, ({ queueName, target }) => {
    const waitSeconds = target.capabilities.virtualTime ? seconds : 0;
    return {
      request: receiveMessages(queueName, { count, waitSeconds }),
      read: (call) => receiveEntry(call, { count, waitSeconds }),
    };
  }),
);

const receiveAndHangUp = client.map((name): ClientCommand => ({
  check: ({ target }) => target.capabilities.hangUp && target.capabilities.virtualTime,
  run: async ({ recorder, queueName, waiting, target }) => {
    const controller = new AbortController();
    waiting.push(controller);
    // Over a socket, the service hears of it a little later; what it has sent off until then may be lost.
    const isCertain = target.capabilities.inProcess;
    const request = receiveMessages(queueName, { count: 1, waitSeconds: 5, signal: controller.signal });
    void recorder.record(name, request, (call) =>
      receiveEntry(call, { count: 1, waitSeconds: 5, isCancelled: isCertain && controller.signal.aborted }),
    );
  },
  toString: () => `${name}: receive 1, wait 5 s, to be hung up`,
}));

const hangUp = fc.constant<ClientCommand>({
  check: ({ waiting }) => waiting.length > 0,
  run: async ({ waiting, sleep: pause }) => {
    // What was sent arrives first: a call that is given up on its way never was one.
    await pause(0);
    waiting.shift()?.abort();
  },
  toString: () => 'hang up',
});

const remove = pick.chain((index) =>
  begin(`delete -${index}`, (world) => {
    const handle = handleAt(world, index);
    if (handle === undefined) return undefined;
    return { request: deleteMessage(world.queueName, handle), read: (call) => deleteEntry(call, [handle]) };
  }),
);

const removeBatch = fc.uniqueArray(pick, { minLength: 2, maxLength: 5 }).chain((indexes) =>
  begin(`delete -${indexes.join(' -')}`, (world) => {
    const all = indexes.map((index) => handleAt(world, index)).filter((handle) => handle !== undefined);
    const handles = [...new Set([...all, ...(indexes[0] === 0 ? ['no-handle'] : [])])];
    if (handles.length === 0) return undefined;
    return { request: deleteMessages(world.queueName, handles), read: (call) => deleteEntry(call, handles) };
  }),
);

const change = fc.tuple(pick, fc.constantFrom(1, 3, 60)).chain(([index, seconds]) =>
  begin(`change -${index} to ${seconds} s`, (world) => {
    const handle = handleAt(world, index);
    if (handle === undefined) return undefined;
    const request = changeVisibility(world.queueName, handle, seconds);
    return { request, read: (call) => changeEntry(call, handle, seconds) };
  }),
);

const count = begin('count', ({ queueName }) => ({ request: getQueueAttributes(queueName), read: countEntry }));

const sleep = fc.constantFrom(0, 1, 500, 1000, 2000, 5000).map((ms): ClientCommand => ({
  check: ({ target }) => target.capabilities.virtualTime || ms === 0,
  run: (world) => world.sleep(ms),
  toString: () => `sleep ${ms} ms`,
}));

/** What clients do side by side. */
export const clientCommands: readonly fc.Arbitrary<ClientCommand>[] = [
  send,
  send,
  sendBatch,
  receive,
  receive,
  receive,
  receiveAndHangUp,
  hangUp,
  remove,
  removeBatch,
  change,
  count,
  sleep,
  sleep,
];
