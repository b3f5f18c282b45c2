import type { HealthSample, InvariantCheck } from '../run-record.js';
import { boundMs } from '../liveness-bound.js';
import type { Call } from './calls.js';
import { evidenceOf, type Evidence } from './evidence.js';

/** How long after the healing a bridge may still show what it went through, in milliseconds. */
const SETTLED_MS = 10_000;

/** How much later than its lease a place may come back, in milliseconds. */
const PLACE_MS = 10_000;

/** I41: a bridge with nothing to do is healthy; one whose places are all taken, and where nothing ends, is not. */
export const healthTellsTheTruth: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  const wasRefused = new Set(record.lives.flatMap(({ kind, process }) => (kind === 'refused' ? [process] : [])));
  for (const sample of record.health) {
    const { process, atMs, healthy, state } = sample;
    if (
      state === 'running' &&
      atMs > record.healedMs + SETTLED_MS &&
      !wasRefused.has(process) &&
      isIdle(evidence, sample)
    ) {
      seen();
      if (!healthy)
        yield {
          subject: process,
          message: `expected ${process} to be healthy at ${atMs}, long after the last fault, found it was not`,
        };
    }
    if (state !== 'running' || !healthy) continue;
    for (const queue of sample.queues) {
      const longestMs = mostLeaseMs(evidence, sample);
      if (queue.handling < mostAtOnce(evidence, sample) || longestMs === 0) continue;
      const movedMs = lastMoveMs(evidence, sample, queue.queueName);
      if (movedMs === undefined) continue;
      seen();
      if (atMs - movedMs <= longestMs + PLACE_MS) continue;
      yield {
        subject: process,
        message: `expected ${process} to be unhealthy at ${atMs}, with all ${queue.handling} places of ${queue.queueName} taken and nothing begun or ended since ${movedMs}, found it healthy`,
      };
    }
  }
};

/** I44: a place comes back at the end of its message's lease at the latest, whatever its listener does. */
export const placesComeBack: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  // While a store of claims gives no answer, messages wait for it that no listener knows of.
  const isHeldUp = ['hangs', 'flaky', 'slow'].includes(record.scenario.bridge.deduplicator);
  // Who reads an iterator has what was given until it asks for more, whatever was done with it.
  const isRead = record.scenario.consumer.startsWith('events');
  for (const sample of record.health) {
    if (isHeldUp || sample.state !== 'running') continue;
    const leaseMs = mostLeaseMs(evidence, sample);
    for (const { queueName, handling } of sample.queues) {
      if (handling === 0) continue;
      seen();
      // What was done may not have been heard of yet.
      if (evidence.wasTroubled(sample.process, queueName, sample.atMs - leaseMs - PLACE_MS, sample.atMs)) continue;
      const isOn = (call: Call): boolean =>
        call.startMs <= sample.atMs &&
        (isRead || call.endedMs + PLACE_MS >= sample.atMs) &&
        // What a message has waited before its listener began is no part of the longest lease.
        Math.max(lastDeliveryMs(evidence, call, sample.atMs), call.startMs) + leaseMs + PLACE_MS >= sample.atMs;
      const calls = (evidence.callsByPlace.get(`${sample.process} ${queueName}`) ?? []).filter(isOn);
      // A listener that has acknowledged and hangs keeps its place beside those of the next delivery.
      const deliveries = new Set(calls.map(({ messageId, deliveryCount }) => `${messageId} ${deliveryCount}`));
      // What waits in an iterator, or has just come, is at no listener yet.
      const heard = [...recentlyHeard(evidence, sample, queueName, leaseMs + PLACE_MS)];
      if (handling <= deliveries.size + heard.filter((delivery) => !deliveries.has(delivery)).length) continue;
      yield {
        subject: sample.process,
        message: `expected at most ${deliveries.size} places of ${queueName} to be taken in ${sample.process} at ${sample.atMs}, found ${handling}`,
      };
    }
  }
};

/** When a process last received a message that a call works on. */
function lastDeliveryMs(evidence: Evidence, { messageId, process, startMs }: Call, atMs: number): number {
  const last = evidence.deliveries
    .get(messageId)
    ?.findLast((delivery) => delivery.process === process && delivery.heardAtMs <= atMs);
  return last?.heardAtMs ?? startMs;
}

/** The deliveries that came to a process within the last while, each named as in {@link placesComeBack}. */
function recentlyHeard(
  { receives }: Evidence,
  { process, atMs }: HealthSample,
  queueName: string,
  withinMs: number,
): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { atMs: heardMs, messages } of receives.get(`${process} ${queueName}`) ?? []) {
    if (heardMs > atMs) break;
    if (heardMs < atMs - withinMs) continue;
    for (const { messageId, dequeueCount } of messages) ids.add(`${messageId} ${dequeueCount}`);
  }
  return ids;
}

/** Whether a bridge is not paused, and has places for what comes. */
function isIdle(evidence: Evidence, sample: HealthSample): boolean {
  const places = Math.min(...placesOf(evidence, sample));
  return sample.queues.every(({ state, handling }) => state === 'polling' && handling < places);
}

/** When a message of a queue last came, or a listener of it was called, or has ended. */
function lastMoveMs(evidence: Evidence, { process, atMs }: HealthSample, queueName: string): number | undefined {
  const place = `${process} ${queueName}`;
  let lastMs: number | undefined;
  const note = (ms: number): void => {
    if (ms <= atMs && ms > (lastMs ?? 0)) lastMs = ms;
  };
  for (const { startMs, endedMs } of evidence.callsByPlace.get(place) ?? []) {
    note(startMs);
    note(endedMs);
  }
  for (const { atMs: heardMs } of evidence.receives.get(place) ?? []) note(heardMs);
  return lastMs;
}

/** The longest that a message may be kept from others, by all settings that a process had, in milliseconds. */
function mostLeaseMs({ record, facts }: Evidence, { process }: HealthSample): number {
  const { bridge, queues } = record.scenario;
  const changed = (facts.get(process) ?? []).flatMap((fact) =>
    fact.kind === 'configured' && fact.change.lease !== undefined ? [fact.change.lease.maxSeconds] : [],
  );
  const shortest = Math.max(...queues.map(({ visibilityTimeoutSeconds }) => visibilityTimeoutSeconds));
  return 1000 * Math.max(bridge.leaseMaxSeconds, shortest, ...changed);
}

/** The most places that a process ever had. */
export function mostAtOnce(evidence: Evidence, of: { readonly process: string }): number {
  return Math.max(...placesOf(evidence, of));
}

/** How many places a process had for each queue, by every setting. */
function placesOf({ record, facts }: Evidence, { process }: { readonly process: string }): readonly number[] {
  const changed = (facts.get(process) ?? []).flatMap((fact) =>
    fact.kind === 'configured' && fact.change.concurrency !== undefined ? [fact.change.concurrency] : [],
  );
  return [record.scenario.bridge.concurrency, ...changed];
}

/** I30: after the last fault the backlog reaches zero in time. */
export const backlogIsWorkedOff: InvariantCheck = function* ({ drainedMs, scenario, lives }, seen) {
  seen();
  if (drainedMs !== undefined) return;
  const limitMs = boundMs(scenario, lives);
  yield {
    subject: 'backlog',
    message: `expected an empty backlog, and every queue asked again, within ${limitMs} ms of the last fault`,
  };
};
