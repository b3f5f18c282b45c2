import type { LifeEntry } from '../life-fact.js';
import { BODIES } from '../message-body.js';
import type { InvariantCheck, RunRecord } from '../run-record.js';
import type { WireEntry } from '../wire-tap.js';
import { evidenceOf, leaseEndOf, longestLeaseMs } from './evidence.js';

/** I36: nothing that a message holds, and nothing that a callback of the app does, ends a process. */
export const processesLive: InvariantCheck = function* (record, seen) {
  const told = new Set<string>();
  for (const { kind, process, ...fact } of record.lives) {
    if (kind === 'starting') seen();
    if (kind !== 'died' || !('reason' in fact) || told.has(fact.reason)) continue;
    told.add(fact.reason);
    yield {
      subject: process,
      message: `expected ${process} to live, found that it would have ended: ${fact.reason.split('\n')[0]}`,
    };
  }
};

/** I37: whatever a queue was answered with, it is asked again; only the service itself can refuse for good, and even then for a while. */
export const queuesAreAskedAgain: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  for (const fact of record.lives) {
    if (fact.kind !== 'refused') continue;
    seen();
    const before = (evidence.heard.get(fact.process) ?? []).filter(
      ({ kind, queueName, atMs }) => kind === 'received' && queueName === fact.queueName && atMs <= fact.atMs,
    );
    const last = before.at(-1);
    // Who is told to resume asks again, and may be answered, within the same millisecond.
    const isRefusal = (entry: WireEntry): boolean =>
      entry.atMs === last?.atMs && (entry.outcome === 'refused' || evidence.isDamaged(entry));
    if (last === undefined || before.some(isRefusal)) continue;
    yield {
      subject: fact.process,
      message: `expected ${fact.process} to stop asking ${fact.queueName} only when the service refuses, found that it did at ${fact.atMs} for an answer of somebody else (${last.outcome})`,
    };
  }
  for (const { process, queueName, isAsked } of lastReaders(record)) {
    seen();
    if (isAsked) continue;
    yield {
      subject: process,
      message: `expected ${process} to receive from ${queueName} after all was well again at ${record.healedMs}, found no answer of the service by ${record.endMs}`,
    };
  }
};

/** The processes that have lived since before the healing, and whether each has heard from each of its queues since. */
export function lastReaders({
  scenario,
  lives,
  heard,
  healedMs,
}: Pick<RunRecord, 'scenario' | 'lives' | 'heard' | 'healedMs'>): readonly {
  readonly process: string;
  readonly queueName: string;
  readonly isAsked: boolean;
}[] {
  const living = new Set<string>();
  for (const { kind, process, atMs } of lives) {
    if (!process.startsWith('replica-') || atMs > healedMs) continue;
    if (kind === 'starting') living.add(process);
    if (kind === 'closing' || kind === 'killed') living.delete(process);
  }
  for (const { kind, process, atMs } of lives) {
    // A plan may reach beyond the healing.
    if ((kind === 'closing' || kind === 'killed') && atMs <= healedMs + 1000) living.delete(process);
  }
  const answered = new Set(
    heard.flatMap(({ kind, outcome, process, queueName, atMs }) =>
      kind === 'received' && outcome === 'ok' && atMs >= healedMs ? [`${process} ${queueName}`] : [],
    ),
  );
  return [...living].flatMap((process) =>
    scenario.queues.map(({ name }) => ({ process, queueName: name, isAsked: answered.has(`${process} ${name}`) })),
  );
}

/** I39: a lease is extended while its message is worked on, for as long as it may be. */
export const leasesAreExtended: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  const { latencyMs } = record.scenario;
  for (const call of evidence.calls) {
    const delivery = evidence.deliveryOf(call);
    if (delivery?.process !== call.process || record.disturbed('early-visibility', call.messageId)) continue;
    const first = delivery.leases[0]?.untilMs ?? 0;
    const maxMs = longestLeaseMs(evidence, call.process);
    const overMs = leaseEndOf(delivery);
    const gone = evidence.lives
      .get(call.messageId)
      ?.entries.find(({ kind }) => kind === 'deleted' || kind === 'expired');
    const doneMs = call.isEarly ? (call.handledMs ?? 0) : Infinity;
    // Whoever was told to stop would have worked on.
    const endedMs = call.abortedMs === undefined ? call.endedMs : Infinity;
    const workedUntilMs = Math.min(endedMs, doneMs, gone?.atMs ?? Infinity);
    // An extension is whole seconds, and asked for well before the end.
    const dueMs = Math.min(delivery.atMs + maxMs - EXTENSION_MS, workedUntilMs);
    if (first >= workedUntilMs || first >= dueMs) continue;
    seen();
    const isHarmed =
      evidence.wasTroubled(call.process, call.queueName, delivery.atMs, overMs) ||
      evidence.hasFact(call.process, delivery.atMs, overMs, endsLife) ||
      first - delivery.atMs <= 1500 + 4 * latencyMs;
    if (overMs >= dueMs || isHarmed) continue;
    yield {
      subject: call.messageId,
      message: `expected ${call.process} to keep ${call.messageId} until ${dueMs} while its listener worked, found its lease over at ${overMs}`,
    };
  }
};

/** The last seconds of the longest lease, in which no extension of a whole second may be left, in milliseconds. */
const EXTENSION_MS = 3000;

function endsLife({ kind }: LifeEntry): boolean {
  return kind === 'closing' || kind === 'closed' || kind === 'killed';
}

/** How much longer than its deadline a close may take: for the last deletes, and for what is given back. */
const CLOSE_GRACE_MS = 4500;

/** Until when a message that came in while a bridge closed must be visible to others again, after the end of closing, in milliseconds. */
const GIVEN_BACK_MS = 10_000;

/**
 * I40: closing takes no longer than it may, and leaves nothing invisible that the service had handed out at the last moment. What it
 * hands out after the call to close, while the end of the poll is on its way to it, may reach nobody.
 */
export const closingIsComplete: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  for (const closing of record.lives) {
    if (closing.kind !== 'closing') continue;
    const { process, atMs, deadlineMs } = closing;
    const boundMs = deadlineMs + CLOSE_GRACE_MS;
    const end = evidence.facts
      .get(process)
      ?.find((fact) => fact.atMs >= atMs && (fact.kind === 'closed' || fact.kind === 'killed'));
    seen();
    if ((end?.atMs ?? record.endMs) > atMs + boundMs) {
      yield {
        subject: process,
        message: `expected ${process} to be closed within ${boundMs} ms of ${atMs}, found ${end === undefined ? 'that it never was' : `${end.atMs - atMs} ms`}`,
      };
      continue;
    }
    if (end?.kind !== 'closed') continue;
    const last = (evidence.heard.get(process) ?? []).filter(
      (entry): entry is WireEntry & { readonly kind: 'received' } =>
        entry.kind === 'received' && entry.sentAtMs <= atMs && entry.atMs >= atMs && !evidence.isDamaged(entry),
    );
    for (const { messages, queueName } of last) {
      for (const { messageId, dequeueCount } of messages) {
        const delivery = evidence.deliveries.get(messageId)?.find(({ count }) => count === dequeueCount);
        // What nobody can read is put off by its own delay, in the very millisecond.
        const plan = record.plans.get(messageId);
        const isRejected = plan !== undefined && BODIES[plan.body].isReadable !== 'yes';
        if (
          delivery === undefined ||
          isRejected ||
          delivery.atMs > atMs ||
          evidence.wasTroubled(process, queueName, atMs - 1000, end.atMs + 1000)
        )
          continue;
        seen();
        const life = evidence.lives.get(messageId);
        const isDeleted =
          life?.entries.some(({ kind, atMs: when }) => kind === 'deleted' && when <= end.atMs + GIVEN_BACK_MS) === true;
        if (isDeleted || leaseEndOf(delivery) <= end.atMs + GIVEN_BACK_MS) continue;
        yield {
          subject: messageId,
          message: `expected ${messageId}, which came to ${process} as it closed at ${atMs}, to be given back, found it invisible until ${leaseEndOf(delivery)}`,
        };
      }
    }
  }
};

/** I45: a bridge asks for nothing before it is started, while it is paused, and after a start that failed. */
export const nothingIsAskedForWhilePaused: InvariantCheck = function* (record, seen) {
  const evidence = evidenceOf(record);
  for (const [process, facts] of evidence.facts) {
    const polls = (evidence.heard.get(process) ?? []).filter(({ kind }) => kind === 'received');
    for (const [index, fact] of facts.entries()) {
      const isQuiet = fact.kind === 'paused' || fact.kind === 'start-failed';
      if (!isQuiet) continue;
      const ends: readonly LifeEntry['kind'][] =
        fact.kind === 'paused' ? ['resumed', 'killed', 'closed'] : ['starting', 'killed', 'closed'];
      const untilMs = facts.slice(index).find(({ kind }) => ends.includes(kind))?.atMs ?? record.endMs;
      seen();
      const poll = polls.find(({ sentAtMs }) => sentAtMs > fact.atMs && sentAtMs < untilMs);
      if (poll === undefined) continue;
      yield {
        subject: process,
        message: `expected ${process} to receive nothing from ${fact.atMs} (${fact.kind}) to ${untilMs}, found that it asked ${poll.queueName} at ${poll.sentAtMs}`,
      };
    }
  }
};
