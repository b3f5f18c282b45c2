import type { EventMap, EventOf, EventPattern } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { EventEmitter } from 'eventemitter3';
import { closedError } from '../closed-error.js';
import type { EventMatch, Matched } from '../wait/match.js';
import type { WaitOptions, Waiters } from '../wait/waiters.js';
import { BusEmitter, type EmittedEvents, type ReportRejection } from './bus-emitter.js';
import { checkUnbuffered } from './check-listener.js';
import { createEventStream, type EventIterator, type EventStream } from './event-stream.js';
import type { Handler } from './listener-call.js';
import type { Listener, ListenerMap } from './listener.js';
import type { Listeners } from './listeners.js';
import { isErrorListenerOfNode } from './node-events.js';

/** How apps listen to a bus with these events: the methods of an EventEmitter, and what queues make possible beside them. */
export interface Listening<Events extends object = EventMap> {
  /**
   * Calls `listener` for every event of that name, or whose name fits that pattern: `imm:Task:*`, `ObjectCreated:*`, `*`.
   * A map registers one listener for each of its keys. See {@link Listener} for what returning and throwing mean.
   *
   * Throws `INVALID_ARGUMENT`, with nothing registered, for what is no function, for a name that no event of this bus has, and
   * for `events.on(bus, name)` of node:events: {@link events} is its like. `error` is heard of only as an event of your own.
   */
  on<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this;
  on(listeners: ListenerMap<Events>): this;

  /** Does what {@link on} does. */
  addListener<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this;

  /**
   * Calls `listener` until it has handled one event without an error. Those that come while it runs are given back.
   *
   * Throws like `on`. `events.once(bus, name)` of node:events comes here; the event is acknowledged when it has resolved.
   */
  once<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this;

  /** Removes a function from a name or pattern, however often `on` and `once` have added it; does nothing when it is not there. */
  off<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this;

  /** Does what {@link off} does. */
  removeListener<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): this;

  /** Removes what `on` and `once` have added to a name or pattern, or to all; iterators, waits and the emitter go on. */
  removeAllListeners(pattern?: EventPattern<Events>): this;

  /** How many listeners `on` and `once` have added to exactly this name or pattern. */
  listenerCount(pattern: EventPattern<Events>): number;

  /** The names and patterns that `on` and `once` have added listeners to. */
  eventNames(): EventPattern<Events>[];

  /**
   * Iterates over the events of that name or pattern: each is acknowledged when the loop asks for the next.
   *
   * Counts as listening from the call on; until they are taken, events wait, each in one of the `concurrency` places, and are
   * given back when their lease ends. Leaving the loop early gives the last event back, unless it was answered with `ack`, `retry`
   * or `deadLetter`. An iterator has one reader: whoever asks acknowledges all that it has given out. Ends with `close`. Throws
   * `BRIDGE_CLOSED`, and `INVALID_ARGUMENT` for a name that no event of this bus has.
   */
  events<Pattern extends EventPattern<Events>>(pattern: Pattern): EventIterator<EventOf<Pattern, Events>>;

  /**
   * Resolves with the first event that matches, one that came just before the call included: of a task any of the last
   * 60 s (`recentEvents`), by name or condition only one that nobody has handled.
   *
   * Counts as listening. Rejects with `WAIT_TIMEOUT`, `ABORTED`, `BRIDGE_CLOSED`, `INVALID_ARGUMENT`, or `LISTENER_FAILED` for a
   * condition that throws or returns a promise. When several processes read the same queue, the event may go to another one:
   * give each a queue of its own, or let the wait `ask`.
   */
  waitFor<const Match extends EventMatch<Events>>(match: Match, options?: WaitOptions): Promise<Matched<Match, Events>>;

  /**
   * The bus as an emitter of eventemitter3, for code that wants a real one; always the same. Listens while it has listeners.
   *
   * An event is acknowledged when its listeners have returned. One that throws stops no other, and has the message delivered
   * again. Nobody waits for a promise: if it rejects, the status `listener-failed` tells, and the event does not come again; work
   * that takes its time belongs into `on`. What the app itself emits stays in the emitter. For `events.on(emitter, name)` of
   * node:events it throws `INVALID_ARGUMENT`, as {@link on} does.
   */
  asEventEmitter(): EventEmitter<EmittedEvents<Events>>;
}

/** What listening needs of its bus. */
export interface ListeningParts {
  readonly listeners: Listeners;
  readonly waiters: Waiters;
  /** Aborts when the bus closes. */
  readonly closing: AbortSignal;
  readonly reportRejection: ReportRejection;
}

/** Checks what it is given, as its callers may be no TypeScript: their types are those of {@link Listening}. */
class ListeningBus {
  readonly #parts: ListeningParts;
  readonly #streams = new Set<EventStream>();
  #emitter: BusEmitter | undefined;

  constructor(parts: ListeningParts) {
    this.#parts = parts;
    parts.closing.addEventListener('abort', () => {
      for (const { end } of this.#streams) end();
    });
  }

  on(pattern: unknown, listener?: unknown): this {
    const { listeners } = this.#parts;
    for (const one of this.#checked(entriesOf(pattern, listener))) listeners.add(one.pattern, one.listener);
    return this;
  }

  addListener(pattern: unknown, listener: unknown): this {
    return this.on(pattern, listener);
  }

  once(pattern: unknown, listener: unknown): this {
    const { listeners } = this.#parts;
    for (const one of this.#checked([[pattern, listener]])) listeners.addOnce(one.pattern, one.listener);
    return this;
  }

  off(pattern: string, listener: unknown): this {
    this.#parts.listeners.remove(pattern, listener);
    return this;
  }

  removeListener(pattern: string, listener: unknown): this {
    return this.off(pattern, listener);
  }

  removeAllListeners(pattern?: string): this {
    this.#parts.listeners.removeAll(pattern);
    return this;
  }

  listenerCount(pattern: string): number {
    return this.#parts.listeners.count(pattern);
  }

  eventNames<Pattern>(): Pattern[];
  eventNames(): unknown[] {
    return this.#parts.listeners.patterns();
  }

  events<Event>(pattern: string): EventIterator<Event>;
  events(pattern: string): unknown {
    this.#checkOpen();
    this.#checkPattern(pattern);
    const stream = createEventStream(() => {
      detach();
      this.#streams.delete(stream);
    });
    const detach = this.#parts.listeners.attach(pattern, stream.handler);
    this.#streams.add(stream);
    return stream.iterator;
  }

  async waitFor<Match extends EventMatch<Events>, Events>(
    match: Match,
    options?: WaitOptions,
  ): Promise<Matched<Match, Events>> {
    this.#checkOpen();
    return this.#parts.waiters.wait<Match, Events>(match, options);
  }

  asEventEmitter<Emitted extends object>(): EventEmitter<Emitted>;
  asEventEmitter(): unknown {
    const { listeners, reportRejection } = this.#parts;
    this.#emitter ??= new BusEmitter(listeners, reportRejection);
    return this.#emitter;
  }

  /** All are checked before the first is registered. */
  #checked(entries: readonly (readonly [unknown, unknown])[]): readonly Checked[] {
    return entries
      .map(([pattern, listener]) => ({
        pattern: this.#checkPattern(pattern),
        listener: handlerOf(checkUnbuffered(listener)),
      }))
      .filter(({ pattern, listener }) => this.#mayBeCalled(pattern, listener));
  }

  #checkPattern(pattern: unknown): string {
    if (typeof pattern === 'string' && (this.#parts.listeners.knows(pattern) || pattern === 'error')) return pattern;
    throw invalidArgument('name', 'that of an event of this bus, a group of them such as imm:Task:*, or *', pattern);
  }

  // Whoever takes a bus for an EventEmitter listens to `error` as well. This one emits none: what goes wrong is in `status()`. And
  // an event of the app's own that is called so is no failure of what `events.once` waits for.
  #mayBeCalled(pattern: string, listener: Handler): boolean {
    return pattern !== 'error' || (this.#parts.listeners.knows(pattern) && !isErrorListenerOfNode(listener));
  }

  #checkOpen(): void {
    if (this.#parts.closing.aborted) throw closedError();
  }
}

/** Makes what a bus inherits its listening from; how it is typed for events of the app's own is said by {@link Listening}. */
export const ListeningBase: new (parts: ListeningParts) => Listening = ListeningBus;

interface Checked {
  readonly pattern: string;
  readonly listener: Handler;
}

function entriesOf(pattern: unknown, listener: unknown): readonly (readonly [unknown, unknown])[] {
  if (typeof pattern !== 'object' || pattern === null) return [[pattern, listener]];
  return Object.entries(pattern).filter((entry) => entry[1] !== undefined);
}

// A listener is only ever called for the events of the pattern that it was registered for, so it gets what it expects.
function handlerOf(listener: unknown): Handler;
function handlerOf(listener: unknown): unknown {
  return listener;
}
