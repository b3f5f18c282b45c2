import type { InvariantCheck } from '../run-record.js';
import type { Call } from './calls.js';
import { evidenceOf, isHeld } from './evidence.js';

/** I32: a claim is completed only by work that was done while the message was held, or by an `ack()`. */
export const claimsAreCompletedByWork: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  for (const { act, result, key, process, atMs } of record.claims) {
    if (act !== 'complete' || result !== 'done') continue;
    const taskId = taskIn(key);
    const calls =
      evidence.callsByTask.get(taskId)?.filter((call) => call.process === process && call.startMs <= atMs) ?? [];
    if (calls.length === 0) continue;
    seen();
    if (calls.some((call) => (call.handledMs ?? Infinity) <= atMs && evidence.isDone(call))) continue;
    yield {
      subject: taskId,
      message: `expected ${process} to complete the claim of ${taskId} after its work, found it done at ${atMs} by work that was not finished, or not in time`,
    };
  }
};

/** I33: a claim lives as long as its lease: one of a process that died costs two leases at most, and work that goes on keeps it. */
export const claimsLiveAsLongAsWork: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  const { queues, bridge } = record.scenario;
  const leaseMs =
    1000 * Math.max(...queues.map(({ visibilityTimeoutSeconds: own }) => Math.max(own, bridge.extendBySeconds ?? 0)));
  // A slow store may hear of a short lease's renewal too late.
  const renews = bridge.deduplicator === 'shared';
  /** When each key was last claimed: the call that it is for begins then. */
  const since = new Map<string, number>();
  for (const { act, result, key, holder, process, atMs, ttlMs } of record.claims) {
    if (ttlMs !== undefined) {
      seen();
      if (ttlMs > 2 * leaseMs)
        yield {
          subject: taskIn(key),
          message: `expected ${process} to claim ${key} for at most ${2 * leaseMs} ms, found ${ttlMs} ms at ${atMs}`,
        };
    }
    const heldSinceMs = since.get(key) ?? 0;
    if (result === 'claimed') since.set(key, atMs);
    if (act !== 'claim' || holder === undefined) continue;
    const diedMs = record.deaths.get(holder);
    if (result === 'busy' && diedMs !== undefined) {
      seen();
      const boundMs = 2 * leaseMs + bridge.retryCapSeconds * 1000;
      if (atMs - diedMs > boundMs)
        yield {
          subject: taskIn(key),
          message: `expected the claim of ${holder} on ${key} to end within ${boundMs} ms of its death at ${diedMs}, found ${process} blocked by it at ${atMs}`,
        };
    }
    if (result !== 'claimed' || holder === process || !renews) continue;
    const isAtWork = (call: Call): boolean => {
      const delivery = call.process === holder ? evidence.deliveryOf(call) : undefined;
      return (
        delivery !== undefined &&
        call.startMs >= heldSinceMs &&
        call.startMs <= heldSinceMs + CALLED_MS &&
        call.startMs < atMs &&
        Math.min(call.endedMs, call.abortedMs ?? Infinity, call.isEarly ? (call.handledMs ?? 0) : Infinity) > atMs &&
        (diedMs ?? Infinity) > atMs &&
        isHeld(delivery, atMs) &&
        !evidence.wasTroubled(holder, call.queueName, call.startMs, atMs)
      );
    };
    const calls = evidence.callsByTask.get(taskIn(key)) ?? [];
    if (calls.some(({ process: of }) => of === holder)) seen();
    const working = calls.find(isAtWork);
    if (working === undefined) continue;
    yield {
      subject: taskIn(key),
      message: `expected the claim of ${holder} on ${key} to be kept while its listener works from ${working.startMs}, found it given to ${process} at ${atMs}`,
    };
  }
};

/** How long after its claim an event may wait for its listener, in milliseconds. */
const CALLED_MS = 10;

/** The task that a key names last, if it does. */
export function taskIn(key: string): string {
  const last = key.slice(key.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
