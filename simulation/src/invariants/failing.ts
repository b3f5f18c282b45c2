import { BODIES } from '../message-body.js';
import { endOf } from '../message-life.js';
import type { InvariantCheck } from '../run-record.js';
import { DEAD_LETTERS } from '../scenario-plan.js';
import type { Call } from './calls.js';
import { evidenceOf, longestLeaseMs, type Delivery, type Evidence } from './evidence.js';
import { wasUnheard } from './handling.js';

/** Deliveries without a failure that are put up with, unless it is set otherwise. */
const leastSilent = (maxDeliveries: number): number => Math.max(100, 20 * maxDeliveries);

/** I34: only a failure of a listener leads to the dead-letter queue, or a message that nobody can read, or very many silent deliveries. */
export const onlyFailuresAreDeadLettered: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  const { bridge } = record.scenario;
  const silent = bridge.maxSilentDeliveries ?? leastSilent(bridge.maxDeliveries);
  for (const { kind, process, queueName, sentAtMs, ...sent } of record.heard) {
    if (kind !== 'sent' || queueName !== DEAD_LETTERS || !('originalId' in sent)) continue;
    const life = evidence.lives.get(sent.originalId ?? '');
    // A fault may have damaged the very id.
    if (life === undefined || !evidence.isRead(life.queueName)) continue;
    seen();
    const { messageId } = life;
    const delivery = evidence.deliveries
      .get(messageId)
      ?.findLast((one) => one.process === process && one.heardAtMs <= sentAtMs);
    if (delivery === undefined || isRejected(evidence, delivery) || delivery.count > silent) continue;
    const calls = evidence.callsByMessage.get(messageId) ?? [];
    const isAsked = calls.some((call) => call.process === process && (call.condemnedMs ?? Infinity) <= sentAtMs);
    const hasFailed = calls.some((call) => call.process === process && failedBy(evidence, call, sentAtMs));
    if (isAsked || (hasFailed && delivery.count >= bridge.maxDeliveries)) continue;
    yield {
      subject: messageId,
      message: `expected ${messageId} to be dead-lettered by ${process} only after its listeners failed, found ${hasFailed ? `delivery ${delivery.count} of at least ${bridge.maxDeliveries}` : `no failure there in ${delivery.count} deliveries`} before ${sentAtMs}`,
    };
  }
};

/** Whether a call had thrown, asked for a retry, or gone on for longer than its message may be kept. A lease that an outage has ended is no failure. */
function failedBy(evidence: Evidence, call: Call, atMs: number): boolean {
  const { failedMs = Infinity, startMs, endedMs } = call;
  if (failedMs <= atMs) return true;
  const delivery = evidence.deliveryOf(call);
  if (startMs > atMs || delivery === undefined) return false;
  const firstMs = (delivery.leases[0]?.untilMs ?? 0) - delivery.atMs;
  const wentOnMs = Math.min(endedMs, atMs) - delivery.atMs;
  return wentOnMs >= Math.max(firstMs, longestLeaseMs(evidence, call.process)) - LAST_MS;
}

/** Of the longest lease, the last seconds, in which no extension of a whole second may be left, in milliseconds. */
const LAST_MS = 3000;

/** Whether nobody can read what came: it was sent so, or a fault may have damaged that very answer. */
function isRejected(evidence: Evidence, delivery: Delivery): boolean {
  const { record } = evidence;
  const { messageId } = delivery;
  const original = evidence.lives.get(messageId)?.sent.duplicateOf ?? messageId;
  const plan = record.plans.get(messageId) ?? record.plans.get(original);
  if (plan !== undefined && BODIES[plan.body].isReadable !== 'yes') return true;
  // What was sent is not known: its send had no answer, and no listener has seen it.
  if (plan === undefined && !record.fromTopic.has(original)) return true;
  return wasDamaged(evidence, delivery);
}

/** Whether a fault may have damaged the answer that brought a delivery. */
function wasDamaged(evidence: Evidence, { messageId, count, process }: Delivery): boolean {
  return (evidence.heard.get(process ?? '') ?? []).some(
    (entry) =>
      entry.kind === 'received' &&
      evidence.isDamaged(entry) &&
      entry.messages.some((message) => message.messageId === messageId && message.dequeueCount === count),
  );
}

/** I35: while a listener works on a message, and may, its redeliveries are taken over or put off, not bounced. */
export const redeliveriesAreNotBounced: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  const visibilityMs = new Map(
    record.scenario.queues.map(({ name, visibilityTimeoutSeconds }) => [name, visibilityTimeoutSeconds * 1000]),
  );
  for (const call of evidence.calls) {
    const { messageId, process, startMs, queueName, taskId } = call;
    const leaseMs = visibilityMs.get(queueName);
    if (leaseMs === undefined || record.disturbed('early-visibility', messageId)) continue;
    // What takes longer than a message may be kept has failed: then it is asked for like any other.
    const longestMs = Math.max(leaseMs, longestLeaseMs(evidence, process));
    const receivedMs = evidence.deliveryOf(call)?.atMs ?? startMs;
    // Who has answered early has no more to do with what becomes of the message.
    const workedUntilMs = call.isEarly ? (call.handledMs ?? startMs) : call.endedMs;
    const endMs = Math.min(workedUntilMs, receivedMs + longestMs, record.deaths.get(process) ?? Infinity, record.endMs);
    const own = (evidence.deliveries.get(messageId) ?? []).filter(
      (delivery) => delivery.atMs > startMs && delivery.process === process && delivery.heardAtMs < endMs,
    );
    if (own.length === 0) continue;
    seen();
    const most = 3 + (endMs - startMs) / (0.7 * leaseMs);
    if (own.length <= most) continue;
    yield {
      subject: messageId,
      message: `expected at most ${Math.floor(most)} deliveries of ${messageId} to ${process} while its listener works on ${taskId} from ${startMs} to ${endMs}, found ${own.length}`,
    };
  }
};

/** I38: an event of a known name with an odd member reaches its listeners. */
export const oddEventsAreDelivered: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  for (const [messageId, plan] of record.plans) {
    const form = BODIES[plan.body];
    const life = evidence.lives.get(messageId);
    if (form.isOdd !== true || life === undefined) continue;
    // A message of which a fault has damaged every delivery says nothing.
    const deliveries = evidence.deliveries.get(messageId) ?? [];
    if (life.entries.some(({ kind }) => kind === 'expired')) continue;
    if (deliveries.every((delivery) => delivery.process === undefined || wasDamaged(evidence, delivery))) continue;
    // Whose listener has failed with another of its events may be given up before this one.
    const isCondemned = (evidence.callsByMessage.get(messageId) ?? []).length > 0;
    const end = endOf(life);
    const last = deliveries.findLast(
      ({ process, heardAtMs }) => process !== undefined && heardAtMs <= (end?.atMs ?? 0),
    );
    for (const event of form.events(plan.taskId)) {
      const { taskId } = event;
      seen();
      const calls = evidence.callsByTask.get(taskId) ?? [];
      if (end !== undefined && last?.process !== undefined) {
        if (wasUnheard(evidence, event, last.process, last.heardAtMs, end.atMs)) continue;
      }
      if (calls.length > 0 || isCondemned || (deliveries.length < 2 && endOf(life)?.kind !== 'deleted')) continue;
      yield {
        subject: messageId,
        message: `expected ${taskId} (${plan.body}) to reach a listener, found none called in ${deliveries.length} deliveries of ${messageId}`,
      };
    }
  }
};
