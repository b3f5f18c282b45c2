import type { Fault, ProfileName } from '@mnsbus/emulator';
import type { BodyKind } from './message-body.js';
import type { Temper } from './listener-plan.js';
import type { OwnCode } from './simulated-bus.js';

/** A queue that the topic delivers to. */
export interface QueuePlan {
  readonly name: string;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly format: 'JSON' | 'XML' | 'SIMPLIFIED';
}

/** How the store of claims that all replicas share behaves; `flaky` does each of the others in turn. */
export type DeduplicatorKind = 'none' | 'shared' | 'slow' | 'throws' | 'rejects' | 'hangs' | 'flaky' | 'no-renew';

/** Where the keys of a replica come from. */
export type CredentialsKind = 'static' | 'expiring' | 'failing' | 'hanging';

/** Settings of every replica's bridge. */
export interface BridgePlan {
  readonly concurrency: number;
  readonly prefetch: number;
  readonly waitSeconds: number;
  readonly maxDeliveries: number;
  /** `undefined`: the bridge's own default. */
  readonly maxSilentDeliveries: number | undefined;
  readonly retryCapSeconds: number;
  readonly leaseMaxSeconds: number;
  /** `undefined`: as long as the queue's visibility timeout. */
  readonly extendBySeconds: number | undefined;
  readonly hasDeadLetterQueue: boolean;
  readonly unhandled: 'release' | 'delete';
  readonly recentEvents: number | undefined;
  readonly deduplicator: DeduplicatorKind;
  readonly credentials: CredentialsKind;
  readonly closeDeadlineMs: number;
}

/** By what calls of the bus a replica hears of its events. */
export type ConsumerWay =
  | 'on'
  | 'once'
  | 'star'
  | 'group'
  | 'map'
  | 'pair'
  | 'events'
  | 'events-slow'
  | 'events-leaving'
  | 'events-throwing'
  | 'events-parallel'
  | 'events-unread';

/** What callbacks of the app do besides listening. */
export type CallbackKind = 'plain' | 'throws' | 'rejects';

/** A task that an app submits. */
export interface TaskPlan {
  readonly atMs: number;
  readonly durationMs: number;
  /** The code it ends with; `undefined` for success. */
  readonly failure: string | undefined;
}

/** A message that a producer sends straight to a queue. */
export interface MessagePlan {
  readonly atMs: number;
  readonly taskId: string;
  readonly queueName: string;
  readonly priority: number;
  readonly delaySeconds: number;
  readonly body: BodyKind;
}

/** What happens to a replica: killed, or closed in order (by two calls of `close`, for `close-twice`), and started again after a while. */
export interface OutagePlan {
  readonly atMs: number;
  readonly replica: number;
  readonly kind: 'crash' | 'close' | 'close-twice';
  readonly downMs: number;
}

/** Settings that a configuration may change while a bridge runs. */
export interface SettingsChange {
  readonly concurrency?: number;
  readonly prefetch?: number;
  readonly waitSeconds?: number;
  readonly lease?: { readonly maxSeconds: number };
  readonly retryDelay?: { readonly capSeconds: number };
}

/** What somebody does to a replica while it runs. */
export type MeddlingPlan =
  | { readonly atMs: number; readonly replica: number; readonly kind: 'pause'; readonly forMs: number }
  | { readonly atMs: number; readonly replica: number; readonly kind: 'configure'; readonly change: SettingsChange }
  /** The wall clock of the replica's machine jumps; its monotonic reading does not. */
  | { readonly atMs: number; readonly replica: number; readonly kind: 'set-clock'; readonly byMs: number };

/** A stretch of time in which a replica, or all, get something else than the service's answers. */
export interface NetworkPlan {
  readonly atMs: number;
  readonly forMs: number;
  /** `undefined`: all. */
  readonly replica: number | undefined;
  /** `down`: no connection. `hangs`: no answer. A number: a gateway's page with that status. */
  readonly kind: 'down' | 'hangs' | number;
}

/** Processes beside the replicas, which hear of the topic's events in other ways. */
export interface CompanionPlan {
  /** Processes with a queue of their own each (`fanout: 'replica'`). */
  readonly hearers: number;
  /** Whether one of them is killed, so that the others have to clear its queue away. */
  readonly isOneKilled: boolean;
  /** Whether a process takes pushes of the topic. */
  readonly hasPush: boolean;
  /** Whether its listener works, fails and answers as those of replicas do, with the same policies; else it has done its part at once. */
  readonly hasPushWork: boolean;
  /** Whether the app waits for some events by `waitFor`. */
  readonly waits: boolean;
}

/** The name of a value for each option, as drawn. */
export type Choices = Readonly<Record<string, string>>;

/** All that a run consists of, as plain data: it can be printed, cut down, and run again. */
export interface Scenario {
  readonly seed: string;
  /** What was drawn for each option. */
  readonly choices: Choices;
  readonly replicas: number;
  /** How kind the services are. */
  readonly profile: ProfileName;
  /** Longest time that a request, and an answer, is on its way, in milliseconds. */
  readonly latencyMs: number;
  readonly queues: readonly QueuePlan[];
  readonly bridge: BridgePlan;
  readonly consumer: ConsumerWay;
  readonly callbacks: CallbackKind;
  readonly ownCode: OwnCode;
  readonly companions: CompanionPlan;
  readonly temper: Temper;
  readonly tasks: readonly TaskPlan[];
  readonly messages: readonly MessagePlan[];
  readonly outages: readonly OutagePlan[];
  readonly meddlings: readonly MeddlingPlan[];
  readonly networks: readonly NetworkPlan[];
  readonly faults: readonly Fault[];
  /** How long a replica's first start finds one of its queues missing, in milliseconds. */
  readonly missingQueueMs: number;
  /** How long tasks are submitted and faults are on, in milliseconds. */
  readonly safetyMs: number;
}

/** The name of the queue for what nobody can handle. */
export const DEAD_LETTERS = 'dead-letters';
