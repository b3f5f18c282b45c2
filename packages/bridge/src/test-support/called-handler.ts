import { decodeNotification, eventTiming, type UnknownEvent } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import type { DecodedEvent } from '../dispatch/decoded-event.js';
import { callListener, type CallSubject, type Handler } from '../dispatch/listener-call.js';
import type { Verdict } from '../dispatch/verdict.js';
import { queueDelivery } from './waiting-entry.js';

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

/** What a handler is called with: this event in a message that says no more than when it came. */
export const callSubject = (event: DecodedEvent): CallSubject => ({
  event,
  notification: decodeNotification('the text'),
  timing: eventTiming({
    occurredAt: undefined,
    publishedAt: undefined,
    enqueuedAt: undefined,
    firstReceivedAt: undefined,
    receivedAt: new Date(0),
  }),
  onFailure: () => {},
  onBegin: () => {},
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
  const { verdict, finished } = callListener(handler, callSubject(event), {
    delivery: queueDelivery(),
    signalOf: () => lost.signal,
    isHeld: () => !lost.signal.aborted,
    workBegins: () => {},
    canDeadLetter: () => true,
  });
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
