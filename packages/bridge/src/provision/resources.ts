import { invalidArgument } from '@mnsbus/core/internal';
import { inRange, oneOf } from '../options/checks.js';

/** A queue as it should be; what is not named may be anything, and gets the service's default when it is created (spec mns §3.1). */
export interface QueueSpec {
  readonly name: string;
  /** 0–604,800. */
  readonly delaySeconds?: number | undefined;
  /** 1024–65,536. */
  readonly maximumMessageBytes?: number | undefined;
  /** How long messages are kept, 60–1,296,000. */
  readonly retentionSeconds?: number | undefined;
  /** 1–43,200. */
  readonly visibilityTimeoutSeconds?: number | undefined;
  /** 0–30. */
  readonly pollingWaitSeconds?: number | undefined;
  readonly loggingEnabled?: boolean | undefined;
}

/** A topic as it should be (spec mns §3.2). */
export interface TopicSpec {
  readonly name: string;
  /** 1024–65,536. */
  readonly maximumMessageBytes?: number | undefined;
  readonly loggingEnabled?: boolean | undefined;
}

/** A subscription as it should be (spec mns §2.16). */
export interface SubscriptionSpec {
  readonly name: string;
  /** Default the topic beside it. */
  readonly topicName?: string | undefined;
  /** Where the topic delivers to, for example `https://example.com/notifications`. Default the queue beside it. */
  readonly endpoint?: string | undefined;
  /** Default `JSON` when it is created. Cannot be changed. */
  readonly format?: 'JSON' | 'XML' | 'SIMPLIFIED' | undefined;
  /** Only messages with this tag. MNS promises to take 16 characters. */
  readonly filterTag?: string | undefined;
  readonly strategy?: 'BACKOFF_RETRY' | 'EXPONENTIAL_DECAY_RETRY' | undefined;
}

/** What a bridge needs on the side of the service. */
export interface Resources {
  readonly topic?: TopicSpec | undefined;
  readonly queue?: QueueSpec | undefined;
  readonly deadLetterQueue?: QueueSpec | undefined;
  readonly subscription?: SubscriptionSpec | undefined;
}

/** One thing that is to exist, in the words of the service. */
export interface Wanted {
  readonly kind: 'queue' | 'topic' | 'subscription';
  readonly name: string;
  /** Path under which it is read and written. */
  readonly path: string;
  /** Elements and their values, those only that were named. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What is added when it is created. */
  readonly onCreation: Readonly<Record<string, string>>;
  /** Elements that cannot be changed afterwards. */
  readonly fixed: readonly string[];
}

/** Puts resources into the words of the service, in the order in which they are created. Throws `INVALID_ARGUMENT`. */
export function wantedOf(
  resources: Resources,
  account: { accountId: string; region: string | undefined },
): readonly Wanted[] {
  const { topic, queue, deadLetterQueue, subscription } = resources;
  return [
    ...[queue, deadLetterQueue].flatMap((spec) => (spec === undefined ? [] : [wantedQueue(spec)])),
    ...(topic === undefined ? [] : [wantedTopic(topic)]),
    ...(subscription === undefined ? [] : [wantedSubscription(subscription, resources, account)]),
  ];
}

function wantedQueue(spec: QueueSpec): Wanted {
  const { name, delaySeconds, maximumMessageBytes, retentionSeconds, visibilityTimeoutSeconds, pollingWaitSeconds } =
    spec;
  return {
    kind: 'queue',
    name: checkName('queue.name', name, 120),
    path: `/queues/${name}`,
    attributes: given({
      DelaySeconds: within('queue.delaySeconds', delaySeconds, 0, 604_800),
      MaximumMessageSize: within('queue.maximumMessageBytes', maximumMessageBytes, 1024, 65_536),
      MessageRetentionPeriod: within('queue.retentionSeconds', retentionSeconds, 60, 1_296_000),
      VisibilityTimeout: within('queue.visibilityTimeoutSeconds', visibilityTimeoutSeconds, 1, 43_200),
      PollingWaitSeconds: within('queue.pollingWaitSeconds', pollingWaitSeconds, 0, 30),
      LoggingEnabled: flag(spec.loggingEnabled),
    }),
    onCreation: {},
    fixed: [],
  };
}

function wantedTopic({ name, maximumMessageBytes, loggingEnabled }: TopicSpec): Wanted {
  return {
    kind: 'topic',
    name: checkName('topic.name', name, 120),
    path: `/topics/${name}`,
    attributes: given({
      MaximumMessageSize: within('topic.maximumMessageBytes', maximumMessageBytes, 1024, 65_536),
      LoggingEnabled: flag(loggingEnabled),
    }),
    onCreation: {},
    fixed: [],
  };
}

function wantedSubscription(
  spec: SubscriptionSpec,
  { topic, queue }: Resources,
  { accountId, region }: { accountId: string; region: string | undefined },
): Wanted {
  const { name, format, filterTag, strategy } = spec;
  const topicName = spec.topicName ?? topic?.name;
  if (topicName === undefined) throw invalidArgument('subscription.topicName', 'the name of a topic', undefined);
  const endpoint = spec.endpoint ?? (queue === undefined ? undefined : queueEndpoint(accountId, region, queue.name));
  if (endpoint === undefined)
    throw invalidArgument('subscription.endpoint', 'an endpoint, or a queue beside it', undefined);
  // How many characters it may have only the service knows.
  if (filterTag === '') throw invalidArgument('subscription.filterTag', 'a tag that is not empty', filterTag);
  return {
    kind: 'subscription',
    name: checkName('subscription.name', name, 255),
    path: `/topics/${checkName('subscription.topicName', topicName, 120)}/subscriptions/${name}`,
    attributes: given({
      Endpoint: endpoint,
      FilterTag: filterTag,
      NotifyStrategy:
        strategy === undefined
          ? undefined
          : oneOf('subscription.strategy', strategy, ['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY']),
      NotifyContentFormat:
        format === undefined ? undefined : oneOf('subscription.format', format, ['JSON', 'XML', 'SIMPLIFIED']),
    }),
    onCreation: { NotifyContentFormat: format ?? 'JSON' },
    fixed: ['Endpoint', 'NotifyContentFormat'],
  };
}

/** How a subscription names a queue (spec mns §2.16). Throws `INVALID_ARGUMENT` without a region. */
export function queueEndpoint(accountId: string, region: string | undefined, queueName: string): string {
  if (region === undefined) {
    throw invalidArgument('mns.region', 'the region of the queue, which a subscription has to name', undefined);
  }
  return `acs:mns:${region}:${accountId}:queues/${queueName}`;
}

// Spec mns §3.4, the newer and shorter limits: what is to be created must fit today's.
function checkName(name: string, value: string, longest: number): string {
  if (typeof value !== 'string' || value.length > longest || !/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(value)) {
    throw invalidArgument(name, `1 to ${longest} letters, digits and hyphens, the first no hyphen`, value);
  }
  return value;
}

function within(name: string, value: number | undefined, low: number, high: number): string | undefined {
  return value === undefined ? undefined : String(inRange(name, value, low, high));
}

function flag(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'True' : 'False';
}

function given(all: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
