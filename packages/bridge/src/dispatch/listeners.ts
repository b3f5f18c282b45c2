import type { AnyEvent, EventName } from '@mnsbus/core';
import { EventEmitter } from 'eventemitter3';
import type { Listener, ListenerContext } from './listener.js';

/** A registered listener, ready to be called for one event. */
export type Handler = (event: AnyEvent, context: ListenerContext) => unknown;

interface Once {
  readonly name: EventName;
  readonly listener: unknown;
  running: boolean;
}

/**
 * Who listens to what.
 *
 * The emitter only keeps the lists: its own `emit` would let one throwing listener stop the others.
 */
export class Listeners {
  readonly #emitter = new EventEmitter();
  /** By the function registered in the listener's place. */
  readonly #once = new Map<EventEmitter.ListenerFn, Once>();

  on<Name extends EventName>(name: Name, listener: Listener<Name>): void {
    this.#emitter.on(name, listener);
  }

  /** Calls the listener until it has succeeded once. While it runs it takes no second event; if it fails it is ready again. */
  once<Name extends EventName>(name: Name, listener: Listener<Name>): void {
    const [call] = handlersOf([listener]);
    const once: Once = { name, listener, running: false };
    const registered = async (event: AnyEvent, context: ListenerContext): Promise<void> => {
      once.running = true;
      try {
        await call?.(event, context);
        this.#drop(name, registered);
      } finally {
        once.running = false;
      }
    };
    this.#once.set(registered, once);
    this.#emitter.on(name, registered);
  }

  off<Name extends EventName>(name: Name, listener: Listener<Name>): void {
    this.#emitter.off(name, listener);
    for (const [registered, once] of this.#once) {
      if (once.name === name && once.listener === listener) this.#drop(name, registered);
    }
  }

  /** The handlers that an event is for. */
  of(event: AnyEvent): readonly Handler[] {
    const listeners = this.#emitter.listeners(event.name);
    return handlersOf(listeners.filter((listener) => this.#once.get(listener)?.running !== true));
  }

  #drop(name: EventName, registered: EventEmitter.ListenerFn): void {
    this.#once.delete(registered);
    this.#emitter.off(name, registered);
  }
}

// A listener is only ever looked up under the name it was registered for, so it gets the event it expects.
function handlersOf(listeners: readonly EventEmitter.ListenerFn[]): readonly Handler[] {
  return listeners;
}
