import type { BridgeHealth, DeliveryCounters } from '@mnsbus/bridge';
import type { JournalEntry } from '@mnsbus/emulator';
import type { AwaitedTask, Submission, WaitedEvent } from './app.js';
import type { ClaimEntry } from './claims.js';
import type { LifeEntry } from './life-fact.js';
import type { LedgerEntry } from './ledger.js';
import type { SendOutcome } from './producer.js';
import type { ReplicaStatus } from './replica.js';
import type { MessagePlan, Scenario } from './scenario-plan.js';
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

/** How it went with one process at some instant. */
export interface HealthSample {
  readonly atMs: number;
  readonly process: string;
  readonly healthy: boolean;
  readonly state: BridgeHealth['state'];
  readonly queues: readonly (Pick<BridgeHealth['queues'][number], 'queueName' | 'state' | 'handling' | 'waiting'> & {
    readonly counters: DeliveryCounters;
  })[];
}

/** What is left of somebody else's resources at the end. */
export interface Bystander {
  readonly path: string;
  readonly isThere: boolean;
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
  readonly health: readonly HealthSample[];
  /** What happened to processes, and who listened. */
  readonly lives: readonly LifeEntry[];
  /** What was asked of the store of claims. */
  readonly claims: readonly ClaimEntry[];
  readonly leftOpen: readonly LeftOpen[];
  /** What each process asked of queues, and what it heard, without the answers that a fault may have damaged. */
  readonly wire: readonly WireEntry[];
  /** The same with those answers. */
  readonly heard: readonly WireEntry[];
  /** The calls that the app made to create tasks. */
  readonly submissions: readonly Submission[];
  readonly bystanders: readonly Bystander[];
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
  /** How the app's waits by `waitFor` ended. */
  readonly waited: readonly WaitedEvent[];
  /** What each task that the app knows of was to take, in milliseconds. */
  readonly durations: ReadonlyMap<string, number>;
  /** When processes were killed. */
  readonly deaths: ReadonlyMap<string, number>;
  /** Whether a network of that process's was broken by plan within a stretch of time. */
  readonly wasCutOff: (process: string, fromMs: number, toMs: number) => boolean;
  /** What the contract suite found, once faults were over. */
  readonly contract: readonly Violation[];
  readonly disturbed: (how: Disturbance, id: string) => boolean;
}

/** A check of one invariant; calls `seen` for each thing that it judges, and yields what breaks it. */
export type InvariantCheck = (record: RunRecord, seen: () => void) => Iterable<Omit<Violation, 'invariant'>>;
