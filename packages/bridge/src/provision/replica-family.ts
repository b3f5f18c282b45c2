import { queueEndpoint, type Wanted } from './resources.js';

/** What tells the replicas of one app from everybody else's queues and subscriptions. */
export interface ReplicaFamilyOptions {
  readonly accountId: string;
  readonly region: string | undefined;
  readonly topicName: string;
  /** What the names of all replicas' queues begin with. */
  readonly prefix: string;
}

/** Digits of a replica's own part of the name. */
const ID_DIGITS = 16;

/** The replicas that share a topic and a prefix: how their queues and subscriptions are made, and how they are known again. */
export class ReplicaFamily {
  readonly topicName: string;
  /** What all of their names begin with. */
  readonly start: string;
  readonly #options: ReplicaFamilyOptions;

  constructor(options: ReplicaFamilyOptions) {
    this.#options = options;
    this.topicName = options.topicName;
    this.start = `${options.prefix}-r-`;
  }

  /** A name for a new replica; `hexOf` draws digits. */
  nameOf(hexOf: (digits: number) => string): string {
    return `${this.start}${hexOf(ID_DIGITS)}`;
  }

  /** A replica's queue. */
  queue(name: string): Wanted {
    // Of no consequence: each receive names its wait.
    const onCreation = { PollingWaitSeconds: '0' };
    return { kind: 'queue', name, path: `/queues/${name}`, attributes: {}, onCreation, fixed: [] };
  }

  /** The subscription that fills a replica's queue, and has its name. */
  subscription(name: string): Wanted {
    const { accountId, region } = this.#options;
    return {
      kind: 'subscription',
      name,
      path: `/topics/${this.topicName}/subscriptions/${name}`,
      attributes: { Endpoint: queueEndpoint(accountId, region, name) },
      onCreation: { NotifyContentFormat: 'JSON' },
      fixed: [],
    };
  }

  /** Whether a name has exactly the shape of a replica's, nothing longer or shorter. */
  isName(name: string): boolean {
    return name.startsWith(this.start) && /^[0-9a-f]{16}$/.test(name.slice(this.start.length));
  }

  /** Whether a subscription of the topic is one that a replica of that name has made: for its own queue, and as replicas do. */
  isSubscription(name: string, existing: Readonly<Record<string, string>>): boolean {
    const { attributes, onCreation } = this.subscription(name);
    const isAsMade = Object.entries({ ...attributes, ...onCreation }).every(([key, value]) => existing[key] === value);
    return this.isName(name) && isAsMade && (existing['FilterTag'] ?? '') === '';
  }
}
