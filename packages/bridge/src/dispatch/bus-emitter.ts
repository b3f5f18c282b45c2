import type { EventMap, EventOf, EventPattern } from '@mnsbus/core';
import { EventEmitter } from 'eventemitter3';
import { checkListener, checkUnbuffered } from './check-listener.js';
import type { DecodedEvent } from './decoded-event.js';
import type { Handler, HandlerContext } from './listener-call.js';
import type { ListenerContext } from './listener.js';
import type { Listeners } from './listeners.js';
import { untilHandled } from './until-handled.js';

/** What the emitter of {@link Listening.asEventEmitter} calls its listeners with, by name and pattern. */
export type EmittedEvents<Events = EventMap> = {
  [Pattern in EventPattern<Events>]: (event: EventOf<Pattern, Events>, context: ListenerContext) => void;
};

/** Hears of a listener that returned a promise which rejected, when its event had been acknowledged. */
export type ReportRejection = (cause: unknown, event: DecodedEvent, context: ListenerContext) => void;

interface Attached {
  readonly name: string | symbol;
  readonly listener: EventEmitter.ListenerFn;
  readonly receiver: unknown;
  readonly isOnce: boolean;
  readonly detach: () => void;
}

/**
 * The bus as an emitter of eventemitter3: each of its listeners is a listener of the bus as well.
 *
 * The bus does not call them by way of `emit`, which would let one that throws stop the others.
 */
export class BusEmitter extends EventEmitter {
  readonly #listeners: Listeners;
  readonly #report: ReportRejection;
  #attached: readonly Attached[] = [];

  constructor(listeners: Listeners, report: ReportRejection) {
    super();
    this.#listeners = listeners;
    this.#report = report;
  }

  override on(name: string | symbol, listener: EventEmitter.ListenerFn, receiver?: unknown): this {
    // What only the app itself emits may be buffered.
    const isEvent = typeof name === 'string' && this.#listeners.knows(name);
    super.on(name, isEvent ? checkUnbuffered(listener) : checkListener(listener), receiver);
    return this.#attach({ name, listener, receiver: receiver ?? this, isOnce: false });
  }

  override once(name: string | symbol, listener: EventEmitter.ListenerFn, receiver?: unknown): this {
    super.once(name, checkListener(listener), receiver);
    return this.#attach({ name, listener, receiver: receiver ?? this, isOnce: true });
  }

  override removeListener(
    name: string | symbol,
    listener?: EventEmitter.ListenerFn,
    receiver?: unknown,
    once?: boolean,
  ): this {
    super.removeListener(name, listener, receiver, once);
    return this.#detach(
      (one) =>
        one.name === name &&
        one.listener === (listener ?? one.listener) &&
        one.receiver === (receiver ?? one.receiver) &&
        (once !== true || one.isOnce),
    );
  }

  override removeAllListeners(name?: string | symbol): this {
    super.removeAllListeners(name);
    return this.#detach((one) => name === undefined || one.name === name);
  }

  override addListener(name: string | symbol, listener: EventEmitter.ListenerFn, receiver?: unknown): this {
    return this.on(name, listener, receiver);
  }

  override off(name: string | symbol, listener?: EventEmitter.ListenerFn, receiver?: unknown, once?: boolean): this {
    return this.removeListener(name, listener, receiver, once);
  }

  #attach(one: Omit<Attached, 'detach'>): this {
    const { name, listener, receiver, isOnce } = one;
    // No event has a symbol for its name: that is between those who emit and hear it here.
    if (typeof name === 'symbol') return this;
    const call: Handler = (event, context) => this.#call(one, event, context);
    const handler = isOnce ? untilHandled(call, () => this.removeListener(name, listener, receiver, true)) : call;
    this.#attached = [...this.#attached, { ...one, detach: this.#listeners.attach(name, handler) }];
    return this;
  }

  #call({ listener, receiver }: Omit<Attached, 'detach'>, event: DecodedEvent, context: HandlerContext): void {
    const result: unknown = Reflect.apply(listener, receiver, [event, context]);
    Promise.resolve(result).catch((cause: unknown) => this.#report(cause, event, context));
  }

  #detach(isMeant: (one: Attached) => boolean): this {
    const gone = this.#attached.filter(isMeant);
    this.#attached = this.#attached.filter((one) => !gone.includes(one));
    for (const { detach } of gone) detach();
    return this;
  }
}
