import type { LifeEntry } from '../life-fact.js';
import { messageLives, type MessageLife } from '../message-life.js';
import { BODIES, type CarriedEvent } from '../message-body.js';
import type { RunRecord } from '../run-record.js';
import type { WireEntry } from '../wire-tap.js';
import { callsOf, roleOf, type Call } from './calls.js';
import { groupBy } from './group-by.js';

/** One delivery of a message, by the service's own account, and who has heard of it. */
export interface Delivery {
  readonly messageId: string;
  readonly queueName: string;
  readonly count: number;
  readonly atMs: number;
  /** Who has it: the process whose receive brought it; `undefined` when its answer reached nobody. */
  readonly process: string | undefined;
  /** When the answer came. */
  readonly heardAtMs: number;
  /** Until when it is invisible, from which instant on: what the receive said, and every change since. */
  readonly leases: readonly { readonly atMs: number; readonly untilMs: number }[];
  /** When the next delivery began; `Infinity` for the last. */
  readonly nextAtMs: number;
  /** What deletes or extends it. */
  readonly handles: ReadonlySet<string>;
}

/** An answer to a receive. */
export type Receive = WireEntry & { readonly kind: 'received' };

/** What the record of a run says about messages, calls and processes, looked up by whoever judges. */
export class Evidence {
  readonly record: RunRecord;
  readonly lives: ReadonlyMap<string, MessageLife>;
  readonly deliveries: ReadonlyMap<string, readonly Delivery[]>;
  readonly calls: readonly Call[];
  readonly callsByMessage: ReadonlyMap<string, readonly Call[]>;
  readonly callsByTask: ReadonlyMap<string, readonly Call[]>;
  /** By process and queue, with a blank between. */
  readonly callsByPlace: ReadonlyMap<string, readonly Call[]>;
  /** The receives of each process from each queue that brought something, in the order of their answers. */
  readonly receives: ReadonlyMap<string, readonly Receive[]>;
  readonly facts: ReadonlyMap<string, readonly LifeEntry[]>;
  /** What each process heard of queues, in the order of the answers. */
  readonly heard: ReadonlyMap<string, readonly WireEntry[]>;
  readonly #taskOf: ReadonlyMap<string, string>;
  readonly #damaged: ReadonlySet<WireEntry>;
  /** When faults have struck requests of each queue. */
  readonly #struck: ReadonlyMap<string, readonly number[]>;
  /** What went wrong between each process and each queue, but receives. */
  readonly #bad: ReadonlyMap<string, readonly WireEntry[]>;

  constructor(record: RunRecord) {
    this.record = record;
    this.lives = messageLives(record.journal);
    this.deliveries = deliveriesOf(record, this.lives);
    this.calls = callsOf(record.ledger);
    this.callsByMessage = groupBy(this.calls, ({ messageId }) => messageId);
    this.callsByPlace = groupBy(this.calls, ({ process, queueName }) => `${process} ${queueName}`);
    this.receives = groupBy(
      record.heard.filter((entry): entry is Receive => entry.kind === 'received' && entry.messages.length > 0),
      ({ process, queueName }) => `${process} ${queueName}`,
    );
    this.callsByTask = groupBy(this.calls, ({ taskId }) => taskId);
    this.facts = groupBy(record.lives, ({ process }) => process);
    this.heard = groupBy(record.heard, ({ process }) => process);
    const sound = new Set(record.wire);
    this.#damaged = new Set(record.heard.filter((entry) => !sound.has(entry)));
    this.#taskOf = tasksOf(record);
    this.#struck = struckIn(record);
    this.#bad = groupBy(
      record.heard.filter((entry) => entry.kind !== 'received' && (entry.outcome !== 'ok' || this.isDamaged(entry))),
      ({ process, queueName }) => `${process} ${queueName}`,
    );
  }

  /** Whether a fault may have damaged an answer on its way. */
  isDamaged(entry: WireEntry): boolean {
    return this.#damaged.has(entry);
  }

  /** Whether a queue is one of those that replicas read. */
  isRead(queueName: string): boolean {
    return this.record.scenario.queues.some(({ name }) => name === queueName);
  }

  /** The events of a message; `undefined` where nobody knows what was sent. */
  eventsOf({ messageId, sent }: MessageLife): readonly CarriedEvent[] | undefined {
    const plan = this.record.plans.get(sent.duplicateOf ?? messageId) ?? this.record.plans.get(messageId);
    if (plan !== undefined) return BODIES[plan.body].events(plan.taskId);
    const taskId = this.#taskOf.get(sent.duplicateOf ?? messageId);
    return taskId === undefined ? undefined : [{ taskId, heardBy: 'consumer' }];
  }

  /** The delivery that a call works on. */
  deliveryOf({ messageId, deliveryCount }: Call): Delivery | undefined {
    return this.deliveries.get(messageId)?.find(({ count }) => count === deliveryCount);
  }

  /**
   * Whether what a call has done counts: it was done, or acknowledged, while the message was its process's, and nobody took it
   * back.
   */
  isDone(call: Call): boolean {
    const { handledMs, givenBackMs } = call;
    if (handledMs === undefined) return false;
    // What was said by `ack()` stays said.
    if (call.isEarly) return true;
    if (givenBackMs !== undefined) return false;
    const delivery = this.deliveryOf(call);
    // A message that a fault has shown to others was ours as far as anybody could know.
    return (
      delivery === undefined ||
      this.record.disturbed('early-visibility', call.messageId) ||
      isHeld(this.holding(call, delivery), handledMs)
    );
  }

  /** The delivery under which a process held a message at the end of a call: a later one of its own may have taken its place. */
  holding({ process, handledMs = Infinity }: Call, delivery: Delivery): Delivery {
    const later = this.deliveries
      .get(delivery.messageId)
      ?.findLast((one) => one.process === process && one.heardAtMs <= handledMs);
    return later ?? delivery;
  }

  /** The roles that have to handle an event in a process: who was registered for it at an instant. */
  rolesFor(process: string, { heardBy }: CarriedEvent, atMs: number): ReadonlySet<string> {
    const listening = new Map<string, string>();
    for (const fact of this.facts.get(process) ?? []) {
      if (fact.atMs > atMs) break;
      if (fact.kind === 'listens' && (fact.hears === heardBy || fact.hears === 'all'))
        listening.set(fact.listener, roleOf(fact.listener));
      if (fact.kind === 'stops-listening') listening.delete(fact.listener);
    }
    return new Set(listening.values());
  }

  /** Whether anything of a process's traffic with a queue went wrong, or could not take place, within a stretch of time. */
  wasTroubled(process: string, queueName: string, fromMs: number, toMs: number): boolean {
    const bad = this.#bad.get(`${process} ${queueName}`) ?? [];
    const struck = this.#struck.get(queueName) ?? [];
    return (
      bad.some(({ sentAtMs, atMs }) => sentAtMs <= toMs && atMs >= fromMs) ||
      this.record.wasCutOff(process, fromMs, toMs) ||
      struck.some((atMs) => atMs >= fromMs && atMs <= toMs) ||
      (this.facts.get(process) ?? []).some(
        (fact) => fact.kind === 'without-keys' && fact.atMs <= toMs && fact.untilMs >= fromMs,
      ) ||
      this.#foundKeysOver(process, fromMs, toMs)
    );
  }

  /**
   * Whether good keys may have been over by the wall clock of a process, which ran ahead: a provider of such keys counts as one that
   * fails, and is asked again within a minute.
   */
  #foundKeysOver(process: string, fromMs: number, toMs: number): boolean {
    if (this.record.scenario.bridge.credentials === 'static') return false;
    let offsetMs = 0;
    let aheadUntilMs = Number.NEGATIVE_INFINITY;
    for (const fact of this.facts.get(process) ?? []) {
      if (fact.kind !== 'clock-set' || fact.atMs > toMs) continue;
      if (offsetMs > 0) aheadUntilMs = fact.atMs;
      offsetMs += fact.byMs;
    }
    // All clocks are right again from the healing on.
    if (offsetMs > 0) aheadUntilMs = Math.min(toMs, this.record.healedMs);
    return aheadUntilMs + ASKED_AGAIN_MS >= fromMs;
  }

  /** Whether something of that kind happened to a process within a stretch of time. */
  hasFact(process: string, fromMs: number, toMs: number, test: (fact: LifeEntry) => boolean): boolean {
    return (this.facts.get(process) ?? []).some((fact) => fact.atMs >= fromMs && fact.atMs <= toMs && test(fact));
  }
}

/** The longest that a provider which has failed is not asked, in milliseconds. */
const ASKED_AGAIN_MS = 60_000;

const known = new WeakMap<RunRecord, Evidence>();

/** What a record says, put together once. */
export function evidenceOf(record: RunRecord): Evidence {
  const found = known.get(record) ?? new Evidence(record);
  known.set(record, found);
  return found;
}

/** Whether a delivery kept its message from others at an instant, by the service's clock. */
export function isHeld({ atMs, nextAtMs, leases }: Delivery, whenMs: number): boolean {
  const lease = leases.findLast((one) => one.atMs <= whenMs);
  return whenMs >= atMs && whenMs <= nextAtMs && (lease?.untilMs ?? 0) >= whenMs;
}

/** When a delivery's lease was over, by the service. */
export function leaseEndOf({ leases, nextAtMs }: Delivery): number {
  return Math.min(nextAtMs, leases.at(-1)?.untilMs ?? 0);
}

/** For how long a process may keep a message, by the least of all settings that it had, in milliseconds. */
export function longestLeaseMs({ record, facts }: Evidence, process: string): number {
  const changed = (facts.get(process) ?? []).flatMap((fact) =>
    fact.kind === 'configured' && fact.change.lease !== undefined ? [fact.change.lease.maxSeconds] : [],
  );
  return 1000 * Math.min(record.scenario.bridge.leaseMaxSeconds, ...changed);
}

function deliveriesOf(
  { heard }: RunRecord,
  lives: ReadonlyMap<string, MessageLife>,
): ReadonlyMap<string, readonly Delivery[]> {
  const receivers = new Map<
    string,
    { readonly process: string; readonly atMs: number; readonly receiptHandle: string }
  >();
  const extensions = new Map<string, string>();
  for (const entry of heard) {
    if (entry.kind === 'change-visibility' && entry.newHandle !== undefined)
      extensions.set(entry.receiptHandle, entry.newHandle);
    if (entry.kind !== 'received') continue;
    for (const { messageId, dequeueCount, receiptHandle } of entry.messages)
      receivers.set(`${messageId} ${dequeueCount}`, { process: entry.process, atMs: entry.atMs, receiptHandle });
  }
  const result = new Map<string, readonly Delivery[]>();
  for (const [messageId, { queueName, entries }] of lives) {
    const deliveries: { -readonly [K in keyof Delivery]: Delivery[K] }[] = [];
    for (const entry of entries) {
      const last = deliveries.at(-1);
      if (entry.kind === 'received') {
        const { dequeueCount: count, atMs, nextVisibleAtMs: untilMs } = entry;
        if (last !== undefined) last.nextAtMs = atMs;
        const receiver = receivers.get(`${messageId} ${count}`);
        const handles = new Set<string>();
        for (let handle = receiver?.receiptHandle; handle !== undefined; handle = extensions.get(handle))
          handles.add(handle);
        deliveries.push({
          messageId,
          queueName,
          count,
          atMs,
          process: receiver?.process,
          heardAtMs: receiver?.atMs ?? Infinity,
          leases: [{ atMs, untilMs }],
          nextAtMs: Infinity,
          handles,
        });
      } else if (entry.kind === 'visibility-changed' && last !== undefined) {
        last.leases = [...last.leases, { atMs: entry.atMs, untilMs: entry.nextVisibleAtMs }];
      }
    }
    result.set(messageId, deliveries);
  }
  return result;
}

function struckIn({ journal }: RunRecord): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>();
  for (const entry of journal) {
    if (entry.kind !== 'fault' || entry.service === undefined || entry.queueName === undefined) continue;
    const of = times.get(entry.queueName);
    if (of === undefined) times.set(entry.queueName, [entry.atMs]);
    else of.push(entry.atMs);
  }
  return times;
}

/** The task whose event a message of the topic carries, by the message's id in its queue. */
function tasksOf({ journal }: RunRecord): ReadonlyMap<string, string> {
  const tasks = new Map<string, string>();
  const result = new Map<string, string>();
  for (const entry of journal) {
    if (entry.kind === 'event-published') tasks.set(entry.messageId, entry.taskId);
    const taskId = entry.kind === 'delivered' ? tasks.get(entry.messageId) : undefined;
    if (entry.kind === 'delivered' && taskId !== undefined) result.set(entry.queueMessageId, taskId);
  }
  return result;
}
