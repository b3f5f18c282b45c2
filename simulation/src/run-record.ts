import type { DeliveryCounters } from '@mnsbus/bridge';
import type { JournalEntry } from '@mnsbus/emulator';
import type { AwaitedTask } from './app.js';
import type { LedgerEntry } from './ledger.js';
import type { SendOutcome } from './producer.js';
import type { ReplicaStatus } from './replica.js';
import type { MessagePlan, Scenario } from './scenario.js';
import type { WireEntry } from './wire-tap.js';

/** A promise of the design that a run has broken. */
export interface Violation {
  /** The number of the invariant, such as `I26`. */
  readonly invariant: string;
  /** What was expected, and what came. */
  readonly message: string;
  /** What it is about: the id of a message or task, or the name of a process. The history is cut down to it. */
  readonly subject: string;
}

/** What a closed process left open. */
export interface LeftOpen {
  readonly process: string;
  readonly pendingTimers: number;
  readonly openRequests: number;
}

/** Counters of one queue of one process at some instant. */
export interface CounterSample {
  readonly atMs: number;
  readonly process: string;
  readonly queueName: string;
  readonly counters: DeliveryCounters;
}

/** In what way a fault may have changed what happens to a message, delivery or task: what a check then has to let pass. */
export type Disturbance = 'early-visibility' | 'active-time' | 'reorder' | 'delivery' | 'task-event' | 'task-time';

/** All that is known of a run when it is over: what the checks of the invariants look at, and nothing else. */
export interface RunRecord {
  readonly scenario: Scenario;
  readonly startMs: number;
  /** When the last fault was taken away. */
  readonly healedMs: number;
  /** When the backlog was found empty; `undefined` when it never was. */
  readonly drainedMs: number | undefined;
  readonly endMs: number;
  /** What happened inside the emulator, all of it. */
  readonly journal: readonly JournalEntry[];
  /** What listeners did. */
  readonly ledger: readonly LedgerEntry[];
  readonly statuses: readonly ReplicaStatus[];
  readonly counters: readonly CounterSample[];
  readonly leftOpen: readonly LeftOpen[];
  /** What each process asked of queues, and what it heard. */
  readonly wire: readonly WireEntry[];
  /** How many messages each queue says it has at the end, in any state. */
  readonly stored: ReadonlyMap<string, number>;
  /** The dead letters at the end: the id of each, and that of the message which it is a copy of. */
  readonly deadLetters: readonly { readonly messageId: string; readonly originalId: string | undefined }[];
  /** The plans of the messages that were sent straight to a queue, by the id that they got. */
  readonly plans: ReadonlyMap<string, MessagePlan>;
  /** The ids that messages of the topic got in their queues. */
  readonly fromTopic: ReadonlySet<string>;
  readonly sends: readonly SendOutcome[];
  readonly awaited: readonly AwaitedTask[];
  readonly submitted: readonly string[];
  /** What each task that the app knows of was to take, in milliseconds. */
  readonly durations: ReadonlyMap<string, number>;
  /** When processes were killed. */
  readonly deaths: ReadonlyMap<string, number>;
  /** What the contract suite found, once faults were over. */
  readonly contract: readonly Violation[];
  readonly disturbed: (how: Disturbance, id: string) => boolean;
}

/** A check of one invariant; yields what breaks it. */
export type InvariantCheck = (record: RunRecord) => Iterable<Omit<Violation, 'invariant'>>;
