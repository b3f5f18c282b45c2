import type { DecodedEvent } from './decoded-event.js';
import type { Handler, HandlerContext } from './listener-call.js';
import type { ListenerContext } from './listener.js';

/** An event out of {@link Bridge.events}, with all that a listener learns. */
export type StreamedEvent<Event> = ListenerContext & { readonly event: Event };

interface Offered {
  readonly event: DecodedEvent;
  readonly context: HandlerContext;
  readonly done: () => void;
}

/** An iterator over events, and the listener that feeds it. */
export interface EventStream {
  readonly handler: Handler;
  readonly iterator: AsyncIterableIterator<StreamedEvent<DecodedEvent>, undefined, undefined>;
  /** Ends the iteration; what nobody has taken yet is given back. */
  readonly end: () => void;
}

/**
 * Turns calls of a listener into an iterator with back-pressure: a message is acknowledged when the consumer asks for the
 * next event. What waits keeps its slot and its lease, so nobody receives more than can be handled.
 *
 * Ending the loop with `break` or an error gives the last event back, unless it was answered with `ack`, `retry` or
 * `deadLetter`: an iterator cannot tell the two apart.
 */
export function createEventStream(onEnd: () => void): EventStream {
  const waiting = new Set<Offered>();
  const asking: (() => void)[] = [];
  let current: Offered | undefined;
  const state = { isOver: false };

  const end = (): void => {
    if (state.isOver) return;
    state.isOver = true;
    onEnd();
    for (const { context, done } of waiting) {
      context.release();
      done();
    }
    waiting.clear();
    for (const wake of asking.splice(0)) wake();
  };

  const handler: Handler = (event, context) =>
    new Promise<void>((resolve) => {
      const { signal } = context;
      const drop = (): void => {
        waiting.delete(offered);
        offered.done();
      };
      const offered: Offered = {
        event,
        context,
        done: () => {
          signal.removeEventListener('abort', drop);
          resolve();
        },
      };
      if (state.isOver) {
        context.release();
        resolve();
        return;
      }
      signal.addEventListener('abort', drop, { once: true });
      waiting.add(offered);
      asking.shift()?.();
    });

  const finishCurrent = (): void => {
    current?.done();
    current = undefined;
  };

  return {
    handler,
    end,
    iterator: {
      next: async () => {
        finishCurrent();
        while (waiting.size === 0 && !state.isOver) {
          await new Promise<void>((resolve) => {
            asking.push(resolve);
          });
        }
        const [next] = waiting;
        if (next === undefined) return { done: true, value: undefined };
        waiting.delete(next);
        current = next;
        return { done: false, value: new Streamed(next) };
      },
      return: async () => {
        current?.context.release();
        finishCurrent();
        end();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    },
  };
}

/** What an iteration gives out; a class for the reason that a {@link HandlerContext} is one. */
class Streamed implements StreamedEvent<DecodedEvent> {
  declare readonly signal: AbortSignal;
  readonly event: DecodedEvent;
  readonly delivery: ListenerContext['delivery'];
  readonly notification: ListenerContext['notification'];
  readonly timing: ListenerContext['timing'];
  readonly ack: ListenerContext['ack'];
  readonly retry: ListenerContext['retry'];
  readonly deadLetter: ListenerContext['deadLetter'];
  readonly #context: HandlerContext;

  static readonly #signal: PropertyDescriptor & ThisType<Streamed> = {
    enumerable: true,
    get(): AbortSignal {
      return this.#context.signal;
    },
  };

  constructor({ event, context }: Offered) {
    this.#context = context;
    this.event = event;
    // The signal itself is made when first asked for.
    Object.defineProperty(this, 'signal', Streamed.#signal);
    this.delivery = context.delivery;
    this.notification = context.notification;
    this.timing = context.timing;
    this.ack = context.ack;
    this.retry = context.retry;
    this.deadLetter = context.deadLetter;
  }
}
