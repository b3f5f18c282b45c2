import type { Milliseconds } from '../imm/script/distribution.js';
import { PUBLISH_LAG_MS } from '../imm/script/event-script.js';
import { EARLY_END_MS } from '../mns/long-polls.js';

/** A profile by its name: `kind` is prompt and exact, `cloud` as unkind as the live service was seen to be. */
export type ProfileName = 'kind' | 'cloud';

/** Every {@link ProfileName}. */
export const PROFILE_NAMES: readonly ['kind', 'cloud'] = ['kind', 'cloud'];

/** A kind of request that takes a time of its own: `attributes` looks at resources, `resources` makes, changes and removes them. */
export type PacedCall = 'receive' | 'send' | 'publish' | 'delete' | 'changeVisibility' | 'attributes' | 'resources';

/** What makes a service more or less kind. Probabilities are 0–1. */
export interface Behaviours {
  /** Over how many storage nodes a queue is spread, 1–16: receives give messages of one, in its order, and no more (spec mns §4.5). */
  readonly stripes: number;
  /**
   * How often a receive asks one node only, and how long, in milliseconds; then it asks all. Where its wait is over sooner, it
   * may end empty although there is a message: so did 2 of 15 (spec mns §4.5).
   */
  readonly narrowReceives: { readonly probability: number; readonly forMs: number };
  /** How much sooner than asked a wait ends that brings nothing, in milliseconds (spec mns §4.6). */
  readonly earlyEndMs: Milliseconds;
  /** Milliseconds until a request is carried out, by kind. */
  readonly paceMs: Readonly<Record<PacedCall, Milliseconds>>;
  /** How often a receive that may wait takes longer than its pace, and how long: so did 9 of 13 that brought something (spec mns §4.5). */
  readonly slowReceives: { readonly probability: number; readonly ms: Milliseconds };
  /** How old the counts of a queue may be that its attributes tell, in milliseconds (spec mns §4.8). */
  readonly countsAgeMs: number;
  /** Milliseconds from a publish to the queues of its subscriptions (spec mns §5.1). */
  readonly deliveryLagMs: Milliseconds;
  /** How often a topic delivers twice: at least once is all that is promised (spec mns §4.9). */
  readonly repeatedDeliveries: number;
  /** How often the event of a task is published twice (spec imm §5). */
  readonly repeatedEvents: number;
  /** Milliseconds from the end of a task to its event (spec imm §5); the option `imm.events.publishLagMs` counts before it. */
  readonly eventLagMs: Milliseconds;
  /**
   * How many requests of MNS a tenant may make in a second: messages, a batch as many as it has, and everything else. One more is
   * held back for `holdMs` milliseconds and then refused with `TooManyRequests` (spec mns §9).
   */
  readonly throttling: {
    readonly messagesPerSecond: number;
    readonly othersPerSecond: number;
    readonly holdMs: Milliseconds;
  };
}

/** A profile with changes: what is left out is as in `base`, and what is `false` as in `kind`. */
export type ChangedProfile = { readonly base: ProfileName } & {
  readonly [B in keyof Behaviours]?: Change<Behaviours[B]> | false;
};

// Of what has members, only those that are given change; a distribution is given as a whole.
type Change<T> = T extends Milliseconds ? T : Partial<T>;

/** How kind the services are: a name, or a name with changes. */
export type ProfileOption = ProfileName | ChangedProfile;

/** A profile as it is in force. */
export interface Profile {
  /** The name that it was made from. */
  readonly name: ProfileName;
  /** Which behaviours were given otherwise than the name says. */
  readonly changed: readonly (keyof Behaviours)[];
  readonly behaviours: Behaviours;
}

const uniform = (leastMs: number, mostMs: number): Milliseconds => ({ kind: 'uniform', leastMs, mostMs });

const EVENT_LAG_MS = uniform(PUBLISH_LAG_MS.least, PUBLISH_LAG_MS.most);

const KIND: Behaviours = {
  stripes: 1,
  narrowReceives: { probability: 0, forMs: 0 },
  earlyEndMs: EARLY_END_MS,
  paceMs: { receive: 0, send: 0, publish: 0, delete: 0, changeVisibility: 0, attributes: 0, resources: 0 },
  slowReceives: { probability: 0, ms: 0 },
  countsAgeMs: 0,
  deliveryLagMs: 0,
  repeatedDeliveries: 0,
  repeatedEvents: 0,
  eventLagMs: EVENT_LAG_MS,
  throttling: { messagesPerSecond: Infinity, othersPerSecond: Infinity, holdMs: 0 },
};

/** As many brokers as the receipt handles of the recordings name. */
const STRIPES = 6;

/** The values of each profile. Those of `cloud` are recorded figures of the live service; where there are none, the documented ones. */
export const PROFILES: Readonly<Record<ProfileName, Behaviours>> = {
  kind: KIND,
  cloud: {
    stripes: STRIPES,
    // So that 2 of 15 miss a single message: a receive that asks one node misses it in 5 of 6 cases.
    narrowReceives: { probability: (2 / 15) * (STRIPES / (STRIPES - 1)), forMs: 1000 },
    earlyEndMs: uniform(67, 193),
    paceMs: {
      receive: uniform(6, 30),
      send: uniform(5, 66),
      publish: uniform(16, 26),
      delete: uniform(1, 9),
      changeVisibility: uniform(4, 8),
      attributes: uniform(4, 28),
      resources: uniform(1, 5),
    },
    slowReceives: { probability: 9 / 13, ms: uniform(187, 714) },
    countsAgeMs: 1000,
    deliveryLagMs: uniform(9, 28),
    repeatedDeliveries: 0.01,
    repeatedEvents: 0.01,
    eventLagMs: EVENT_LAG_MS,
    throttling: { messagesPerSecond: 20_000, othersPerSecond: 200, holdMs: uniform(10, 500) },
  },
};

/** The names of all behaviours. */
export const BEHAVIOURS: readonly (keyof Behaviours)[] = [
  'stripes',
  'narrowReceives',
  'earlyEndMs',
  'paceMs',
  'slowReceives',
  'countsAgeMs',
  'deliveryLagMs',
  'repeatedDeliveries',
  'repeatedEvents',
  'eventLagMs',
  'throttling',
];

/** Whether nothing of a profile differs from `kind`. */
export function isKind({ behaviours }: Profile): boolean {
  return behaviours === KIND;
}
