import type { DecodedEvent } from './decoded-event.js';
import type { Handler, HandlerContext } from './listener-call.js';
import type { ListenerContext } from './listener.js';

/** An event out of {@link Listening.events}, with all that a listener learns. */
export type StreamedEvent<Event> = ListenerContext & { readonly event: Event };

/** Events one by one, from {@link Listening.events}. */
export interface EventIterator<Event> extends AsyncIterableIterator<StreamedEvent<Event>, undefined, undefined> {
  /**
   * Acknowledges every event that it has given out before, and resolves with the next; several may be asked for at once.
   *
   * Ends without an event after `return`, `throw` and the bridge's `close`.
   */
  next(): Promise<IteratorResult<StreamedEvent<Event>, undefined>>;
  /** Gives back what has been given out but not acknowledged, and what waits; ends. A loop that is left calls it. */
  return(): Promise<IteratorReturnResult<undefined>>;
  /** Does what `return` does, and rejects with `error`. */
  throw(error?: unknown): Promise<IteratorReturnResult<undefined>>;
  [Symbol.asyncIterator](): this;
}

interface Offered {
  readonly event: DecodedEvent;
  readonly context: HandlerContext;
  /** Ends the listener that the event is to the dispatcher. */
  readonly finish: () => void;
  /** Whether the consumer has got it: asking for more before that says nothing about it. */
  isGiven: boolean;
}

type Result = IteratorResult<StreamedEvent<DecodedEvent>, undefined>;

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** An iterator over events, and the listener that feeds it. */
export interface EventStream {
  readonly handler: Handler;
  readonly iterator: EventIterator<DecodedEvent>;
  /** Ends the iteration; what nobody has taken yet is given back. */
  readonly end: () => void;
}

/**
 * Turns calls of a listener into an iterator with back-pressure: what waits keeps its slot and its lease, so nobody receives
 * more than can be handled.
 *
 * Asking for more than has been given acknowledges all that has been given, oldest first: an iterator cannot tell which of its
 * events the one who asks has done. Nor can it tell a loop that was left with `break` from one that failed: both give back.
 * An event whose message is lost is not acknowledged by asking, and one that waits is given back then.
 */
export function createEventStream(onEnd: () => void): EventStream {
  const waiting = new Map<Offered, () => void>();
  const taken = new Set<Offered>();
  const asking: ((result: Result) => void)[] = [];
  const state = { isOver: false };

  const wait = (offered: Offered): void => {
    const { signal } = offered.context;
    const giveBackWaiting = (): void => {
      stopWaiting();
      giveBack(offered);
    };
    const stopWaiting = (): void => {
      waiting.delete(offered);
      signal.removeEventListener('abort', giveBackWaiting);
    };
    signal.addEventListener('abort', giveBackWaiting);
    waiting.set(offered, stopWaiting);
  };

  const hand = (offered: Offered, resolve: (result: Result) => void): void => {
    taken.add(offered);
    offered.context.begin();
    // Just before whoever waits for the result goes on: what is asked in the meantime was asked without knowing of it.
    queueMicrotask(() => {
      offered.isGiven = true;
    });
    resolve({ done: false, value: new Streamed(offered) });
  };

  const finishGiven = (): void => {
    for (const offered of taken) {
      if (!offered.isGiven) continue;
      taken.delete(offered);
      const { signal, ack, release } = offered.context;
      (signal.aborted ? release : ack)();
      offered.finish();
    }
  };

  const end = (): void => {
    if (state.isOver) return;
    state.isOver = true;
    onEnd();
    for (const [offered, stopWaiting] of waiting) {
      stopWaiting();
      giveBack(offered);
    }
    for (const resolve of asking.splice(0)) resolve(END);
  };

  const leave = (): void => {
    for (const offered of taken) giveBack(offered);
    taken.clear();
    end();
  };

  const take = (event: DecodedEvent, context: HandlerContext): Promise<void> =>
    new Promise((finish) => {
      const offered: Offered = { event, context, finish, isGiven: false };
      if (state.isOver || context.signal.aborted) {
        giveBack(offered);
        return;
      }
      const resolve = asking.shift();
      if (resolve === undefined) wait(offered);
      else hand(offered, resolve);
    });

  return {
    handler: take,
    end,
    iterator: {
      next: () => {
        finishGiven();
        return new Promise((resolve) => {
          const [next] = waiting;
          if (next !== undefined) {
            const [offered, stopWaiting] = next;
            stopWaiting();
            hand(offered, resolve);
          } else if (state.isOver) resolve(END);
          else asking.push(resolve);
        });
      },
      return: async () => {
        leave();
        return END;
      },
      throw: async (error) => {
        leave();
        throw error;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    },
  };
}

function giveBack({ context, finish }: Offered): void {
  context.release();
  finish();
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
  readonly #offered: Offered;

  static readonly #signal: PropertyDescriptor & ThisType<Streamed> = {
    enumerable: true,
    get(): AbortSignal {
      return this.#offered.context.signal;
    },
  };

  constructor(offered: Offered) {
    const { event, context } = offered;
    this.#offered = offered;
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
