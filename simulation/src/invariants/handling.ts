import { DEAD_LETTERS } from '../scenario-plan.js';
import { endOf, type MessageLife } from '../message-life.js';
import type { CarriedEvent } from '../message-body.js';
import type { InvariantCheck } from '../run-record.js';
import { roleOf, type Call } from './calls.js';
import { evidenceOf, leaseEndOf, type Evidence } from './evidence.js';
import { groupBy } from './group-by.js';
import { taskIn } from './claiming.js';

/** How long a delete may wait for company and for its way to the service, in milliseconds. */
const DELETE_MS = 500;

/** I26: every event reaches each of its listeners, and again only where a lease was lost, or the end could not be told. */
export const everyMessageIsHandled: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  for (const life of evidence.lives.values()) {
    if (!evidence.isRead(life.queueName)) continue;
    const { messageId, queueName } = life;
    for (const { event, role } of missing(evidence, life, Infinity, seen)) {
      yield {
        subject: messageId,
        message: `expected ${event.taskId} in ${messageId} of ${queueName} to be handled by '${role}', found its message deleted without`,
      };
    }
    const calls = (evidence.callsByMessage.get(messageId) ?? []).filter((call) => evidence.isDone(call));
    for (const [what, done] of groupBy(calls, ({ taskId, listener }) => `${taskId} by ${roleOf(listener)}`)) {
      for (const [index, second] of done.entries()) {
        const first = done[index - 1];
        if (first === undefined || couldNotTell(evidence, life, first, second)) continue;
        // Two that were registered at the same time each hear of it.
        if (first.process === second.process && first.listener !== second.listener) continue;
        yield {
          subject: messageId,
          message: `expected ${what} in ${messageId} of ${queueName} once, found it handled by ${first.process} at ${first.handledMs} and by ${second.process} at ${second.handledMs}`,
        };
      }
    }
  }
};

/** I27: a message is deleted only after its listeners have done their work while it was held, or a copy of it is in the dead-letter queue. */
export const nothingIsDeletedUnhandled: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  for (const life of evidence.lives.values()) {
    if (!evidence.isRead(life.queueName)) continue;
    const end = endOf(life);
    if (end === undefined) continue;
    for (const { event, role } of missing(evidence, life, end.atMs, seen)) {
      yield {
        subject: life.messageId,
        message: `expected ${event.taskId} in ${life.messageId} to be handled by '${role}' before it was deleted as #${end.sequence}, found it was not`,
      };
    }
  }
};

/** The listeners that have not done what they had to with a message that was deleted, by a time. */
function* missing(
  evidence: Evidence,
  life: MessageLife,
  byMs: number,
  seen: () => void,
): Iterable<{ readonly event: CarriedEvent; readonly role: string }> {
  const { messageId } = life;
  const end = endOf(life);
  const events = evidence.eventsOf(life);
  if (end?.kind !== 'deleted' || events === undefined || isCopied(evidence, life)) return;
  const holder = evidence.deliveries
    .get(messageId)
    ?.findLast(({ process, heardAtMs }) => process !== undefined && heardAtMs <= end.atMs);
  if (holder?.process === undefined) return;
  for (const event of events) {
    seen();
    if (wasUnheard(evidence, event, holder.process, holder.heardAtMs, end.atMs)) continue;
    for (const role of evidence.rolesFor(holder.process, event, holder.heardAtMs)) {
      const done = (call: Call): boolean =>
        roleOf(call.listener) === role && (call.handledMs ?? Infinity) <= byMs && evidence.isDone(call);
      const own = (evidence.callsByMessage.get(messageId) ?? []).filter(({ taskId }) => taskId === event.taskId);
      if (own.some(done)) continue;
      // The same event in another message counts where the replicas tell each other.
      const isTold = evidence.record.scenario.bridge.deduplicator !== 'none';
      if (isTold && (evidence.callsByTask.get(event.taskId) ?? []).some(done)) continue;
      yield { event, role };
    }
  }
}

/** Whether there was an instant at which nobody listened to an event, and what nobody listens to is deleted. */
export function wasUnheard(
  evidence: Evidence,
  event: CarriedEvent,
  process: string,
  fromMs: number,
  toMs: number,
): boolean {
  if (evidence.record.scenario.bridge.unhandled !== 'delete') return false;
  // Who comes to listen in the very millisecond may be too late.
  if (evidence.rolesFor(process, event, fromMs - 1).size === 0) return true;
  return (evidence.facts.get(process) ?? []).some(
    ({ kind, atMs }) =>
      kind === 'stops-listening' &&
      atMs >= fromMs &&
      atMs <= toMs &&
      evidence.rolesFor(process, event, atMs).size === 0,
  );
}

/** Whether a copy of a message came to the dead-letter queue before it ended. */
function isCopied({ record, lives }: Evidence, life: MessageLife): boolean {
  const end = endOf(life);
  return record.deadLetters.some(({ messageId, originalId }) => {
    const copy = originalId === life.messageId ? lives.get(messageId) : undefined;
    return copy?.queueName === DEAD_LETTERS && end !== undefined && copy.sent.sequence < end.sequence;
  });
}

/**
 * Whether a message rightly came again after an event of it was handled: its process was killed or cut off before it could delete
 * it, or heard nothing of its delete; or something else in the message was not done.
 */
function couldNotTell(evidence: Evidence, life: MessageLife, first: Call, second: Call): boolean {
  const { record } = evidence;
  const { messageId, process, handledMs = 0 } = first;
  const delivery = evidence.deliveryOf(first);
  if (delivery === undefined || record.disturbed('early-visibility', messageId)) return true;
  const held = evidence.holding(first, delivery);
  const diedMs = record.deaths.get(process);
  // What comes back in the very instant of a death is heard by nobody.
  if (diedMs !== undefined && diedMs >= handledMs && diedMs <= second.startMs) return true;
  if (isUnfinished(evidence, life, first, second.startMs)) return true;
  if (leaseEndOf(held) <= handledMs + DELETE_MS + 4 * record.scenario.latencyMs) return true;
  if (evidence.wasTroubled(process, life.queueName, handledMs - DELETE_MS, Math.min(second.startMs, leaseEndOf(held))))
    return true;
  return evidence.hasFact(
    process,
    handledMs - GRACE_MS,
    second.startMs,
    ({ kind }) => kind === 'closing' || kind === 'closed',
  );
}

/** How long a bridge that closes may still work on what it has, in milliseconds. */
const GRACE_MS = 15_000;

/** Whether another event or listener of the same message was not done when that message could have been deleted. */
function isUnfinished(
  evidence: Evidence,
  life: MessageLife,
  { process, deliveryCount, call }: Call,
  untilMs: number,
): boolean {
  const others = (evidence.callsByMessage.get(life.messageId) ?? []).filter(
    (one) => one.call !== call && one.process === process && one.startMs < untilMs,
  );
  if (others.some((other) => other.deliveryCount === deliveryCount && !evidence.isDone(other))) return true;
  const events = evidence.eventsOf(life) ?? [];
  const fromMs = evidence.deliveries.get(life.messageId)?.find(({ count }) => count === deliveryCount)?.heardAtMs ?? 0;
  const isBusy = evidence.record.claims.some(
    (claim) =>
      claim.result === 'busy' &&
      claim.process === process &&
      claim.atMs >= fromMs &&
      claim.atMs <= untilMs &&
      events.some(({ taskId }) => taskIn(claim.key) === taskId),
  );
  if (isBusy) return true;
  // What nobody listens to is given back with the message; so is what another process is said to work on.
  const called = new Set(
    (evidence.callsByMessage.get(life.messageId) ?? [])
      .filter((one) => one.process === process && one.startMs < untilMs && evidence.isDone(one))
      .map(({ taskId }) => taskId),
  );
  return events.some(({ taskId }) => !called.has(taskId));
}
