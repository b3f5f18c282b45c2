import { SeededRandom, SystemClock, freshSeed, type Clock, type EventPattern } from '@mnsbus/core';
import { invalidArgument, nameFits } from '@mnsbus/core/internal';
import { createBridge, type Bridge } from '../bridge.js';
import { createTransport } from '../mns/mns-transport.js';
import { QueueClient } from '../mns/queue-client.js';
import type { MnsConnection } from '../mns/sdk-client.js';
import { warningOf } from '../status/bridge-status.js';
import { jsonLine, textLine, type TailEntry } from './event-line.js';
import { peekAll } from './peek-source.js';

/** What `mnsbus tail` was asked for. */
export interface TailOptions {
  readonly connection: MnsConnection;
  /** The name of a queue, or of a topic. */
  readonly target: string;
  readonly isTopic: boolean;
  /** Takes the messages out of the queue. */
  readonly consume: boolean;
  readonly json: boolean;
  /** Only events whose name fits. */
  readonly name: string;
  /** Ends after so many. */
  readonly limit: number | undefined;
  /** Between two looks at a queue. */
  readonly intervalMs: number;
}

/** Where lines go, and when to end. */
export interface TailWorld {
  readonly print: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly isColoured: boolean;
  readonly signal: AbortSignal;
}

/**
 * Prints events as they come, until it is told to end or the limit is reached.
 *
 * A queue is looked at, not read, so its consumers lose nothing; a topic is followed through a queue of its own that is
 * removed at the end. Rejects when the service refuses for good.
 */
export async function tail(options: TailOptions, { print, warn, isColoured, signal }: TailWorld): Promise<void> {
  const { limit = Infinity, json, name } = options;
  const done = new AbortController();
  let printed = 0;
  const onEntry = (entry: TailEntry): boolean => {
    if (done.signal.aborted) return false;
    if (entry.event !== undefined && !nameFits(name, entry.event.name)) return true;
    print(json ? jsonLine(entry) : textLine(entry, isColoured));
    printed += 1;
    if (printed >= limit) done.abort();
    return true;
  };
  const until = AbortSignal.any([signal, done.signal]);
  const clock = new SystemClock();
  await (options.isTopic || options.consume
    ? follow(options, clock, until, onEntry, warn)
    : look(options, clock, until, onEntry, warn));
}

async function look(
  { connection, target, intervalMs }: TailOptions,
  clock: Clock,
  signal: AbortSignal,
  onEntry: (entry: TailEntry) => boolean,
  warn: (line: string) => void,
): Promise<void> {
  const transport = createTransport(connection, { clock, random: new SeededRandom(freshSeed()) });
  try {
    const queue = new QueueClient(target, transport, clock);
    await peekAll(queue, { clock, intervalMs, signal }, onEntry, (error) => warn(error.message));
  } finally {
    transport.close();
  }
}

async function follow(
  { connection, target, isTopic, name }: TailOptions,
  clock: Clock,
  signal: AbortSignal,
  onEntry: (entry: TailEntry) => boolean,
  warn: (line: string) => void,
): Promise<void> {
  const where = isTopic
    ? ({ queueName: 'mnsbus-tail', topicName: target, fanout: 'replica', unhandled: 'delete' } as const)
    : ({ queueName: target } as const);
  const bus: Bridge = createBridge({ mns: connection, clock, ...where });
  const ended = new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    bus.status((status) => {
      if (status.type === 'rejected') {
        onEntry({
          messageId: status.messageId,
          at: new Date(clock.now()),
          event: undefined,
          envelopeProblems: [],
          problem: status.error.message,
        });
      } else if (status.type === 'stopped') reject(status.error);
      // That others' events stay where they are is what was asked for.
      else if (status.type !== 'unhandled') {
        const warning = warningOf(status);
        if (warning !== undefined) warn(warning);
      }
    });
  });
  ended.catch(() => {});
  if (!isPattern(name)) throw invalidArgument('--name', 'a name or pattern', name);
  bus.on(name, (event, { delivery, notification, retry }) => {
    const { messageId, receivedAt: at } = delivery;
    const envelopeProblems = notification.envelope?.problems ?? [];
    // One that comes after the last line was printed stays for the next.
    if (!onEntry({ messageId, at, event, envelopeProblems, problem: undefined })) retry({ afterSeconds: 1 });
  });
  try {
    await bus.start();
    if (!signal.aborted) await ended;
  } finally {
    await bus.close({ deadlineMs: 1000 });
  }
}

// A name that no type has is no mistake here: it may be one of tomorrow.
function isPattern(name: string): name is EventPattern {
  return name !== '';
}
