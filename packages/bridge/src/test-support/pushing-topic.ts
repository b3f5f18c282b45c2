import { sleep, type Clock, type SeededRandom } from '@mnsbus/core';
import { retryDelayMs } from '../../../emulator/src/mns/retry-schedule.js';
import type { Bridge } from '../bridge.js';
import type { PushVerdict, PushedMessage } from '../push/push-sink.js';
import type { NotifyStrategy } from '../push/topic-retries.js';

/** One attempt of a topic, and its answer. */
export interface PushAttempt {
  readonly atMs: number;
  readonly answer: PushVerdict;
  readonly answeredAtMs: number;
}

/** How long the push handler leaves to the listeners of an attempt, in milliseconds. */
export const ATTEMPT_MS = 4500;

/** A message as a push handler brings it. */
export function pushedMessage(body: string, atMs: number, more: Partial<PushedMessage> = {}): PushedMessage {
  const at = new Date(atMs);
  const about = { topicOwner: '1', topicName: 't', subscriptionName: 's', messageId: 'M1', userProperties: [] };
  return { ...about, body, sentAt: at, receivedAt: at, publishedAt: at, ...more };
}

/** Makes one attempt. */
export async function attempt(bus: Bridge, message: PushedMessage, clock: Clock): Promise<PushAttempt> {
  const atMs = clock.now();
  const late = new AbortController();
  const timer = clock.after(ATTEMPT_MS, () => late.abort(new Error('late')));
  const answer = await bus.deliver(message, late.signal);
  timer.cancel();
  return { atMs, answer, answeredAtMs: clock.now() };
}

/** Pushes a message as a topic does (spec mns §5.6), to any of several processes: until it is acknowledged, or the strategy is at its end. */
export async function pushAsTopic(
  buses: Bridge | readonly Bridge[],
  message: PushedMessage,
  { clock, random, strategy = 'BACKOFF_RETRY' }: { clock: Clock; random: SeededRandom; strategy?: NotifyStrategy },
): Promise<readonly PushAttempt[]> {
  const attempts: PushAttempt[] = [];
  for (let retry = 1; ; retry += 1) {
    const bus = 'deliver' in buses ? buses : buses[random.integer(0, buses.length - 1)];
    if (bus === undefined) return attempts;
    // The Date header is cut to the second.
    const sentAt = new Date(Math.floor(clock.now() / 1000) * 1000);
    const made = await attempt(bus, { ...message, strategy, sentAt, receivedAt: new Date(clock.now()) }, clock);
    attempts.push(made);
    const delayMs = made.answer.type === 'ack' ? undefined : retryDelayMs(strategy, retry, random);
    if (delayMs === undefined) return attempts;
    await sleep(clock, delayMs);
  }
}
