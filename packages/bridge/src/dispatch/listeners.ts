import type { EventMap, EventPattern } from '@mnsbus/core';
import { EventEmitter } from 'eventemitter3';
import type { DecodedEvent } from './decoded-event.js';
import type { Listener } from './listener.js';
import type { Handler, HandlerContext } from './listener-call.js';

interface Once {
  readonly pattern: string;
  readonly listener: unknown;
  running: boolean;
}

/**
 * Who listens to what: to a name, to a group of names such as `imm:Task:*`, or to `*`.
 *
 * The emitter only keeps the lists: its own `emit` would let one throwing listener stop the others.
 */
export class Listeners<Events extends object = EventMap> {
  readonly #emitter = new EventEmitter();
  /** By the function registered in the listener's place. */
  readonly #once = new Map<EventEmitter.ListenerFn, Once>();
  /** By the name of an event, until anything changes. Whoever sends events thinks of no names: those without a type share one. */
  readonly #found = new Map<string, readonly EventEmitter.ListenerFn[]>();

  on<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): void {
    this.#add(pattern, listener);
  }

  /** Registers one listener for each key of a map. */
  onEach(listeners: object): void {
    const entries: readonly (readonly [string, EventEmitter.ListenerFn | undefined])[] = Object.entries(listeners);
    for (const [pattern, listener] of entries) if (listener !== undefined) this.#add(pattern, listener);
  }

  /** Registers a handler of our own. */
  onHandler(pattern: string, handler: Handler): void {
    this.#add(pattern, handler);
  }

  offHandler(pattern: string, handler: Handler): void {
    this.#remove(pattern, handler);
  }

  /** Calls the listener until it has succeeded once. While it runs it takes no second event; if it fails it is ready again. */
  once<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): void {
    const [call] = handlersOf([listener]);
    const once: Once = { pattern, listener, running: false };
    const registered = async (event: DecodedEvent, context: HandlerContext): Promise<void> => {
      once.running = true;
      try {
        await call?.(event, context);
        if ((context.answered() ?? 'ack') === 'ack') this.#drop(pattern, registered);
      } finally {
        once.running = false;
      }
    };
    this.#once.set(registered, once);
    this.#add(pattern, registered);
  }

  off<Pattern extends EventPattern<Events>>(pattern: Pattern, listener: Listener<Pattern, Events>): void {
    this.#remove(pattern, listener);
    for (const [registered, once] of this.#once) {
      if (once.pattern === pattern && once.listener === listener) this.#drop(pattern, registered);
    }
  }

  /** The handlers that an event is for: those of its name first, then of its groups from the narrowest, then of `*`. */
  of(event: DecodedEvent): readonly Handler[] {
    const listeners = this.#found.get(event.name) ?? this.#find(event.name);
    if (this.#once.size === 0) return handlersOf(listeners);
    return handlersOf(listeners.filter((listener) => this.#once.get(listener)?.running !== true));
  }

  #find(name: string): readonly EventEmitter.ListenerFn[] {
    const listeners = patternsOf(name).flatMap((pattern) => this.#emitter.listeners(pattern));
    this.#found.set(name, listeners);
    return listeners;
  }

  #add(pattern: string, listener: EventEmitter.ListenerFn): void {
    this.#emitter.on(pattern, listener);
    this.#found.clear();
  }

  #remove(pattern: string, listener: EventEmitter.ListenerFn): void {
    this.#emitter.off(pattern, listener);
    this.#found.clear();
  }

  #drop(pattern: string, registered: EventEmitter.ListenerFn): void {
    this.#once.delete(registered);
    this.#remove(pattern, registered);
  }
}

/** Every pattern that a name fits. */
function patternsOf(name: string): readonly string[] {
  const patterns = [name];
  for (let at = name.lastIndexOf(':'); at > 0; at = name.lastIndexOf(':', at - 1))
    patterns.push(`${name.slice(0, at)}:*`);
  return [...patterns, '*'];
}

// A listener is only ever looked up under the pattern it was registered for, so it gets the events it expects.
function handlersOf(listeners: readonly EventEmitter.ListenerFn[]): readonly Handler[] {
  return listeners;
}
