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
        return { done: false, value: streamed(next) };
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

// Not spread: the signal is made when first asked for.
function streamed({ event, context }: Offered): StreamedEvent<DecodedEvent> {
  const { delivery, notification, timing, ack, retry, deadLetter } = context;
  return {
    event,
    get signal() {
      return context.signal;
    },
    delivery,
    notification,
    timing,
    ack,
    retry,
    deadLetter,
  };
}
