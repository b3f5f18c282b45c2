import { MnsbusError, type EventTiming, type TopicNotification } from '@mnsbus/core';
import { describeValue, invalidArgument } from '@mnsbus/core/internal';
import type { Delivery } from '../mns/delivery.js';
import { inRange } from '../options/checks.js';
import type { DecodedEvent } from './decoded-event.js';
import type { ListenerContext, RetryOptions } from './listener.js';
import type { Verdict } from './verdict.js';

/** What the listeners of one message have in common. */
export interface CallFrame {
  readonly delivery: Delivery;
  /** Aborts when they should stop; made when first asked for. */
  readonly signalOf: () => AbortSignal;
  /** Whether the message is still ours and nobody has told them to stop. What they do afterwards is their answer to that. */
  readonly isHeld: () => boolean;
  /** Called when a listener begins. */
  readonly workBegins: () => void;
  /** Whether there is a dead-letter queue. */
  readonly canDeadLetter: () => boolean;
}

/** What our own listeners may do besides. */
export interface HandlerContext extends ListenerContext {
  /** Says that the work begins: when the function of the app is called, or an iterator has handed the event out. */
  readonly begin: () => void;
  /** Gives the message back as if nobody had listened. */
  readonly release: () => void;
  /** Gives it back for who listens later: it is not deleted when nobody does. */
  readonly passOn: () => void;
  /** What the listener has answered so far, if anything. */
  readonly answered: () => Verdict['type'] | undefined;
}

/** A registered listener, ready to be called for one event. */
export type Handler = (event: DecodedEvent, context: HandlerContext) => unknown;

/** The event a listener is called for, and who hears of its failure. */
export interface CallSubject {
  readonly event: DecodedEvent;
  readonly notification: TopicNotification;
  readonly timing: EventTiming;
  readonly onFailure: (error: MnsbusError<'LISTENER_FAILED'>) => void;
  /** Called when the work begins, see {@link HandlerContext.begin}. */
  readonly onBegin: () => void;
}

/** One listener at work. */
export interface ListenerCall {
  /** Resolves with the first of `ack`, `retry`, `deadLetter`, returning and throwing. */
  readonly verdict: Promise<Verdict>;
  /** Resolves when the listener has ended, however it did. */
  readonly finished: Promise<void>;
}

/** Calls one listener in isolation: nothing it does escapes. */
export function callListener(handler: Handler, subject: CallSubject, frame: CallFrame): ListenerCall {
  const { event, notification, timing, onFailure, onBegin } = subject;
  const { promise: verdict, resolve } = deferred<Verdict>();
  const eventName = nameOf(event);
  const context = new CallContext({ eventName, notification, timing, onBegin, frame, resolve });
  const run = async (): Promise<void> => {
    try {
      await handler(event, context);
      // One that returns because it was told to stop has not said that it has finished.
      context.decide(frame.isHeld() ? { type: 'ack' } : { type: 'release', reason: 'aborted' });
    } catch (cause) {
      const error = failed(eventName, textOf(cause), cause);
      const isHeld = frame.isHeld();
      if (isHeld) onFailure(error);
      context.decide(
        isHeld ? { type: 'retry', afterSeconds: undefined, error } : { type: 'release', reason: 'aborted' },
      );
    }
  };
  return { verdict, finished: run() };
}

/** What the context of one call is made of. */
interface CallParts extends Pick<CallSubject, 'notification' | 'timing' | 'onBegin'> {
  readonly eventName: string;
  readonly frame: CallFrame;
  readonly resolve: (verdict: Verdict) => void;
}

/**
 * A class, because V8 makes a hidden class for every single literal with a getter, and that holds on to all that the getter
 * sees, the message included, until the next full collection.
 */
class CallContext implements HandlerContext {
  declare readonly signal: AbortSignal;
  readonly delivery: Delivery;
  readonly notification: TopicNotification;
  readonly timing: EventTiming;
  readonly #parts: CallParts;
  #answered: Verdict['type'] | undefined;

  static readonly #signal: PropertyDescriptor & ThisType<CallContext> = {
    enumerable: true,
    get(): AbortSignal {
      return this.#parts.frame.signalOf();
    },
  };

  constructor(parts: CallParts) {
    this.#parts = parts;
    // Of the object itself, so that it comes along when a listener spreads its context.
    Object.defineProperty(this, 'signal', CallContext.#signal);
    this.delivery = parts.frame.delivery;
    this.notification = parts.notification;
    this.timing = parts.timing;
  }

  // Listeners take these out of their context, so they are no methods.

  readonly ack = (): void => this.decide({ type: 'ack' });

  readonly retry = ({ afterSeconds, reason = 'the listener asked for a retry' }: RetryOptions = {}): void => {
    if (afterSeconds !== undefined) inRange('afterSeconds', afterSeconds, 1, 43_200);
    this.decide({ type: 'retry', afterSeconds, error: failed(this.#parts.eventName, reason) });
  };

  readonly deadLetter = (reason: string): void => {
    const { frame, eventName } = this.#parts;
    if (!frame.canDeadLetter()) throw invalidArgument('deadLetterQueue', 'the name of a queue, to send to', undefined);
    this.decide({ type: 'dead-letter', error: failed(eventName, reason), cause: 'answered' });
  };

  readonly begin = (): void => this.#parts.onBegin();

  readonly release = (): void => this.decide({ type: 'release', reason: 'unheard' });

  readonly passOn = (): void => this.decide({ type: 'release', reason: 'passed-on' });

  readonly answered = (): Verdict['type'] | undefined => this.#answered;

  /** The first one counts. */
  decide(verdict: Verdict): void {
    this.#answered ??= verdict.type;
    this.#parts.resolve(verdict);
  }
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: ((value: T) => void) | undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: (value) => resolve?.(value) };
}

/** The name of an event, for those without a type the one they came with. */
export function nameOf(event: DecodedEvent): string {
  return 'eventName' in event ? event.eventName : event.name;
}

/** The text of whatever was thrown, which may be anything, also something that cannot be turned into text. */
export function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return describeValue(thrown);
  }
}

/** The error for a listener that failed. */
export function failed(eventName: string, reason: string, cause?: unknown): MnsbusError<'LISTENER_FAILED'> {
  return new MnsbusError({ code: 'LISTENER_FAILED', message: `listener of ${eventName}: ${reason}`, cause });
}
