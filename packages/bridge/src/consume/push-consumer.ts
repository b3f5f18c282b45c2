import { setMaxListeners } from 'node:events';
import { MnsbusError, type Clock } from '@mnsbus/core';
import { joinSignals } from '@mnsbus/core/internal';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import { KnownMessages } from '../dispatch/known-messages.js';
import { textOf } from '../dispatch/listener-call.js';
import type { Verdict } from '../dispatch/verdict.js';
import { WorkLease } from '../lease/work-lease.js';
import type { PushDelivery } from '../mns/delivery.js';
import { asMnsbusError } from '../mns/mns-error.js';
import type { QueueClient } from '../mns/queue-client.js';
import type { CurrentSettings } from '../options/bridge-settings.js';
import type { PushVerdict, PushedMessage } from '../push/push-sink.js';
import { reasonProperties } from '../settle/dead-letter.js';
import type { QueueFact } from '../status/bridge-status.js';
import { runTraced } from '../telemetry/traced-run.js';
import { DeliveryCount, type DeliveryCounters } from './counters.js';

/** The priority of a queue message that nobody has given one (spec mns §3.3). */
const DEFAULT_PRIORITY = 8;

/** What a push consumer works with. */
export interface PushConsumerParts {
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  /** For dead letters. */
  readonly clientOf: (queueName: string) => Pick<QueueClient, 'copyTo'>;
  readonly settings: CurrentSettings;
  readonly report: (fact: QueueFact) => void;
}

/** Brings pushed messages to the dispatcher; the topic is told to try again when that fails. */
export class PushConsumer {
  readonly #parts: PushConsumerParts;
  readonly #count = new DeliveryCount();
  readonly #known = new KnownMessages();
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<PushVerdict>>();

  constructor(parts: PushConsumerParts) {
    this.#parts = parts;
    // One for each message that is being handled.
    setMaxListeners(0, this.#stop.signal);
  }

  get counters(): DeliveryCounters {
    return this.#count.read();
  }

  /** Handles one message; resolves when its listeners have decided. Never rejects. */
  deliver(message: PushedMessage, signal: AbortSignal): Promise<PushVerdict> {
    const joined = joinSignals(signal, this.#stop.signal);
    const handling = this.#handle(message, joined.signal).finally(() => {
      joined.release();
      this.#running.delete(handling);
    });
    this.#running.add(handling);
    return handling;
  }

  /** Resolves as soon as nothing is being handled. */
  async whenIdle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Tells all listeners to stop. */
  abandonAll(): void {
    this.#stop.abort(new Error('the bridge was closed before the listener finished'));
  }

  async #handle(message: PushedMessage, signal: AbortSignal): Promise<PushVerdict> {
    this.#count.begin();
    const verdict = await this.#verdictOn(toDelivery(message), signal);
    if (verdict.type === 'ack') {
      this.#known.forget(message.messageId);
      this.#count.end('acked');
      return { type: 'ack' };
    }
    if (verdict.type === 'dead-letter' && (await this.#deadLetter(message, verdict.error))) {
      this.#count.end('deadLettered');
      return { type: 'ack' };
    }
    this.#count.end(verdict.type === 'release' ? 'released' : 'retried');
    return verdict.type === 'release' ? { type: 'retry' } : { type: 'retry', error: verdict.error };
  }

  async #verdictOn(delivery: PushDelivery, signal: AbortSignal): Promise<Verdict> {
    const { dispatcher, settings, report, clock } = this.#parts;
    const { messageId } = delivery;
    const opened = dispatcher.open(delivery);
    if (opened instanceof MnsbusError) {
      report({ type: 'rejected', messageId, error: opened });
      return { type: 'dead-letter', error: opened };
    }
    const lease = new WorkLease(clock);
    const { verdict, finished } = runTraced(dispatcher, opened, {
      delivery,
      signalOf: () => signal,
      isHeld: () => !signal.aborted,
      canDeadLetter: () => settings.current.deadLetterQueue !== undefined,
      lease,
      known: this.#known.of(messageId),
      report,
    });
    void finished.then(() => lease.end());
    return orAborted(verdict, signal);
  }

  /** Whether the message has come to rest in the dead-letter queue. */
  async #deadLetter(message: PushedMessage, error: MnsbusError): Promise<boolean> {
    const cause = error.code === 'LISTENER_FAILED' ? 'answered' : 'unreadable';
    const { clientOf, settings, report } = this.#parts;
    const { deadLetterQueue } = settings.current;
    const { messageId, body, topicName } = message;
    if (deadLetterQueue === undefined) return false;
    const reason = reasonProperties({ queueName: topicName, messageId }, error);
    const userProperties = [...message.userProperties, ...reason];
    try {
      await clientOf(deadLetterQueue).copyTo(deadLetterQueue, { body, priority: DEFAULT_PRIORITY, userProperties });
    } catch (cause) {
      report({ type: 'settle-failed', messageId, error: asMnsbusError(cause) });
      return false;
    }
    report({ type: 'dead-lettered', messageId, deadLetterQueue, cause, error });
    return true;
  }
}

/** The verdict, or a retry as soon as the sender has gone or the bridge closes: nobody waits for a listener that hangs. */
function orAborted(verdict: Promise<Verdict>, signal: AbortSignal): Promise<Verdict> {
  return new Promise((resolve) => {
    const give = (result: Verdict): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const onAbort = (): void => give({ type: 'release', reason: 'stopped' });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    verdict.then(give, (cause: unknown) => {
      const error = new MnsbusError({ code: 'LISTENER_FAILED', message: `not handled: ${textOf(cause)}`, cause });
      give({ type: 'retry', afterSeconds: undefined, error });
    });
  });
}

function toDelivery(message: PushedMessage): PushDelivery {
  const { topicName, subscriptionName, messageId, body, userProperties, sentAt, receivedAt } = message;
  return {
    source: 'push',
    queueName: undefined,
    deliveryCount: undefined,
    topicName,
    subscriptionName,
    messageId,
    body,
    userProperties,
    sentAt,
    receivedAt,
  };
}
