import { monotonicMs } from '@mnsbus/core';
import { abortable, joinSignals } from '@mnsbus/core/internal';
import { KnownMessage } from '../dispatch/known-messages.js';
import { PushHistory, type PushRecord } from '../push/push-history.js';
import type { PushVerdict, PushedMessage } from '../push/push-sink.js';
import { sharedController } from '../shared-controller.js';
import { DeliveryCount, type DeliveryCounters } from './counters.js';
import { PushRun, RELEASED, type PushOutcome, type PushRunParts } from './push-run.js';

/** What a push consumer works with. */
export type PushConsumerParts = Omit<PushRunParts, 'stop'>;

/**
 * Brings pushed messages to the dispatcher; the topic is told to try again when that fails, or takes longer than it waits.
 *
 * One message has one run at a time, which its later attempts join, so that no listener is called beside itself.
 */
export class PushConsumer {
  readonly #parts: PushRunParts;
  readonly #count = new DeliveryCount();
  readonly #stop = sharedController();
  readonly #history = new PushHistory();
  /** By message, until the last listener has ended. */
  readonly #runs = new Map<string, PushRun>();
  readonly #underWay = new Set<Promise<unknown>>();
  /** Dead letters of which an attempt has been counted: one letter counts once. */
  readonly #counted = new WeakSet<PushOutcome>();

  constructor(parts: PushConsumerParts) {
    this.#parts = { ...parts, stop: this.#stop.signal };
  }

  get counters(): DeliveryCounters {
    return this.#count.read();
  }

  /** Handles one attempt; resolves when the listeners have decided, or `signal` aborts. Never rejects. */
  deliver(message: PushedMessage, signal: AbortSignal): Promise<PushVerdict> {
    return this.#track(this.#deliver(message, signal));
  }

  /** Resolves as soon as nothing is being handled. */
  async whenIdle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Gives everything up: tells all listeners to stop, answers every attempt, and waits for no dead letter. */
  abandonAll(): void {
    this.#stop.abort(new Error('the bridge was closed before the listener finished'));
  }

  async #deliver(message: PushedMessage, signal: AbortSignal): Promise<PushVerdict> {
    this.#count.begin();
    const outcome = await this.#attempt(message, signal);
    const isAgain = outcome.end === 'deadLettered' && this.#counted.has(outcome);
    this.#counted.add(outcome);
    this.#count.end(isAgain ? 'acked' : outcome.end);
    return outcome.verdict;
  }

  async #attempt(message: PushedMessage, sender: AbortSignal): Promise<PushOutcome> {
    if (sender.aborted || this.#stop.signal.aborted) return RELEASED;
    const key = keyOf(message);
    const run = this.#runs.get(key);
    const record = this.#noted(message, run?.record ?? this.#history.find(key, this.#now()));
    if (record.isDone) return { verdict: { type: 'ack' }, end: 'acked' };
    const { signal, release } = joinSignals(sender, this.#stop.signal);
    const waiting = (run ?? this.#begin(key, message, record)).join();
    const outcome = await abortable(waiting, signal).catch(() => RELEASED);
    release();
    // What becomes of it later is told to the next attempt.
    if (outcome.verdict.type === 'retry') this.#history.keep(key, record, this.#now());
    return outcome;
  }

  /** The record of a message with one more attempt. */
  #noted({ sentAt, publishedAt = sentAt }: PushedMessage, known: PushRecord | undefined): PushRecord {
    // Both are instants of the service's clock, so ours may be wrong.
    const publishedMs = this.#now() - Math.max(0, sentAt.getTime() - publishedAt.getTime());
    const record = known ?? newRecord(publishedMs);
    record.sinceMs = Math.min(record.sinceMs, publishedMs);
    record.attempts += 1;
    return record;
  }

  #begin(key: string, message: PushedMessage, record: PushRecord): PushRun {
    const run = new PushRun(this.#parts, message, record);
    this.#runs.set(key, run);
    void this.#track(run.ended.then(() => this.#runs.delete(key)));
    return run;
  }

  #now(): number {
    return monotonicMs(this.#parts.clock);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
    return tracked;
  }
}

function newRecord(sinceMs: number): PushRecord {
  return { sinceMs, attempts: 0, failures: 0, isDone: false, known: new KnownMessage() };
}

function keyOf({ topicOwner = '', topicName, subscriptionName, messageId }: PushedMessage): string {
  return JSON.stringify([topicOwner, topicName, subscriptionName, messageId]);
}
