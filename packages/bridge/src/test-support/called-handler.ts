import type { EventTiming, TopicNotification, UnknownEvent } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { callListener, type Handler } from '../dispatch/listener-call.js';
import type { Verdict } from '../dispatch/verdict.js';
import type { Delivery } from '../mns/delivery.js';

/** An event that nothing is told of but a name. */
export const eventNamed = (eventName: string): UnknownEvent => ({
  name: 'unknown',
  eventName,
  source: '',
  occurredAt: undefined,
  form: 'foreign',
  raw: {},
  problems: [],
});

/** A handler called as the dispatcher calls it, with a message that can be lost. */
export interface CalledHandler {
  readonly event: DecodedEvent;
  /** What it has answered so far. */
  readonly verdict: () => Verdict['type'] | undefined;
  readonly isFinished: () => boolean;
  /** Loses the message. */
  readonly lose: () => void;
}

/** Calls a handler for an event; `lost` says when its message is. */
export function call(
  handler: Handler,
  event: DecodedEvent,
  lost: AbortController = new AbortController(),
): CalledHandler {
  const state: { verdict?: Verdict['type']; isFinished: boolean } = { isFinished: false };
  const { verdict, finished } = callListener(
    handler,
    { event, notification: {} as TopicNotification, timing: {} as EventTiming, onFailure: () => {}, onBegin: () => {} },
    {
      delivery: { messageId: 'm', source: 'queue', queueName: 'q' } as Delivery,
      signalOf: () => lost.signal,
      isHeld: () => !lost.signal.aborted,
      workBegins: () => {},
      canDeadLetter: () => true,
    },
  );
  void verdict.then(({ type }) => (state.verdict = type));
  void finished.then(() => (state.isFinished = true));
  return {
    event,
    verdict: () => state.verdict,
    isFinished: () => state.isFinished,
    lose: () => lost.abort(),
  };
}

/** Resolves when whatever promises there are have gone as far as they can. */
export const settled = (): Promise<void> => eventLoopTurn();
