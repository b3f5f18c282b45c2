import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { decodeEvents, decodeNotification, isTaskEvent, type AnyEvent } from '@mnsbus/core';
import { nameFits } from '@mnsbus/core/internal';
import { z } from 'zod';

/** What a spy needs of a bus: a bridge of `@mnsbus/bridge` has it. */
export interface SpiedBus {
  health(): { readonly queues: readonly { readonly queueName: string }[] };
}

/** What became of a message: `ack` when every listener has finished without an error. */
export type SpiedVerdict = 'ack' | 'retry' | 'dead-letter' | 'release';

/** An event that has been at its listeners. */
export interface SpiedEvent {
  readonly event: AnyEvent;
  /** Of the message that carried it. */
  readonly verdict: SpiedVerdict;
  readonly messageId: string;
  /** The queue, or the topic of a push. */
  readonly destination: string;
}

/** Which events are meant: a name or pattern, a task (of any event, or of one name), or a condition. */
export type SpyMatch = string | { readonly taskId: string; readonly name?: string } | ((event: AnyEvent) => boolean);

/** Sees what becomes of a bus's events, without being one of its listeners. */
export interface BusSpy {
  /** Everything so far, in the order in which the listeners were done. */
  readonly events: readonly SpiedEvent[];
  /** Resolves when such an event has been handled without an error; at once when it has been already. */
  readonly handled: (match: SpyMatch) => Promise<SpiedEvent>;
  /** Resolves when such an event was to be delivered again, or dead-lettered; at once when it was already. */
  readonly failed: (match: SpyMatch) => Promise<SpiedEvent>;
  /** Resolves when `count` events, from 1, have got any verdict, those of before included. */
  readonly settled: (match: SpyMatch, count?: number) => Promise<readonly SpiedEvent[]>;
  /** Sees nothing from now on. What is awaited stays open. */
  readonly close: () => void;
  readonly [Symbol.dispose]: () => void;
}

/** Where a bridge tells that the listeners of a message are done. */
const CHANNEL = 'tracing:mnsbus:process:asyncEnd';

interface Waiting {
  readonly match: SpyMatch;
  readonly count: number;
  readonly isMeant: (spied: SpiedEvent) => boolean;
  readonly resolve: (spied: readonly SpiedEvent[]) => void;
}

/**
 * Watches a bus, so that a test awaits what it means instead of sleeping: `await spy.handled({ taskId })`.
 *
 * Reads the bridge's tracing channel, so nobody counts as a listener who is none. The channel is one for the process:
 * of two buses that read the same queue, a spy of either sees both, and every spy sees all pushes.
 */
export function spyOn(bus: SpiedBus): BusSpy {
  const events: SpiedEvent[] = [];
  let waiting: readonly Waiting[] = [];

  const found = ({ match, isMeant }: Waiting): readonly SpiedEvent[] =>
    events.filter((spied) => isMeant(spied) && isMatch(match, spied.event));
  const look = (): void => {
    const done = waiting.filter((one) => found(one).length >= one.count);
    waiting = waiting.filter((one) => !done.includes(one));
    for (const one of done) one.resolve(found(one).slice(0, one.count));
  };
  const onProcessed = (message: unknown): void => {
    const spied = read(message, bus);
    if (spied.length === 0) return;
    events.push(...spied);
    look();
  };
  const wait = (match: SpyMatch, count: number, isMeant: Waiting['isMeant']): Promise<readonly SpiedEvent[]> =>
    new Promise((resolve) => {
      waiting = [...waiting, { match, count, isMeant, resolve }];
      look();
    });
  const first = async (match: SpyMatch, isMeant: Waiting['isMeant']): Promise<SpiedEvent> => {
    const [spied] = await wait(match, 1, isMeant);
    if (spied === undefined) throw new RangeError('a wait for one event ended with none');
    return spied;
  };
  const close = (): void => {
    unsubscribe(CHANNEL, onProcessed);
  };

  subscribe(CHANNEL, onProcessed);
  return {
    events,
    handled: (match) => first(match, ({ verdict }) => verdict === 'ack'),
    failed: (match) => first(match, ({ verdict }) => verdict === 'retry' || verdict === 'dead-letter'),
    settled: (match, count = 1) => wait(match, count, () => true),
    close,
    [Symbol.dispose]: close,
  };
}

function isMatch(match: SpyMatch, event: AnyEvent): boolean {
  if (typeof match === 'function') return match(event);
  if (typeof match === 'string') return nameFits(match, event.name);
  return isTaskEvent(event) && event.data.taskId === match.taskId && (match.name ?? event.name) === event.name;
}

/** As much of a process trace of the bridge as is read here. */
const processTrace = z.object({
  destination: z.string(),
  verdict: z.enum(['ack', 'retry', 'dead-letter', 'release']),
  delivery: z.object({
    source: z.enum(['queue', 'push']),
    messageId: z.string(),
    body: z.string(),
    userProperties: z.array(z.unknown()),
  }),
});

/** The events of a processed message, if it is one of this bus. */
function read(message: unknown, bus: SpiedBus): readonly SpiedEvent[] {
  const trace = processTrace.safeParse(message);
  if (!trace.success) return [];
  const { destination, verdict, delivery } = trace.data;
  const isOurs = delivery.source === 'push' || bus.health().queues.some(({ queueName }) => queueName === destination);
  if (!isOurs) return [];
  const { messageId, body, userProperties } = delivery;
  const { text } = decodeNotification(body, { hasUserProperties: userProperties.length > 0 });
  return decodeEvents(text).map((event) => ({ event, verdict, messageId, destination }));
}
