import type { NotifyContentFormat, NotifyStrategy, SubscriptionSettings } from '../mns/model/subscription.js';
import type { QueueAttributes } from '../mns/model/queue-attributes.js';
import type { TopicAttributes } from '../mns/model/topic.js';

/** Whose something is, and where: default the emulator's own account and region. */
export interface TenantOptions {
  /** Digits; an account that has keys. */
  readonly accountId?: string;
  readonly region?: string;
}

/** A queue that is there from the beginning; what is left out has the service's default (spec mns §3.1). */
export interface QueueOptions extends TenantOptions, Partial<QueueAttributes> {
  readonly name: string;
}

/** A subscription of such a topic. */
export interface SubscriptionOptions {
  readonly name: string;
  /** The queue it delivers to, of the topic's account and region. Either this or `endpoint`. */
  readonly queue?: string;
  /** Where else it delivers to, as Subscribe takes it (spec mns §2.16). */
  readonly endpoint?: SubscriptionSettings['endpoint'];
  /** Only messages with this tag. Default all. */
  readonly filterTag?: string;
  /** Default `BACKOFF_RETRY`. */
  readonly notifyStrategy?: NotifyStrategy;
  /** Default `XML`. */
  readonly notifyContentFormat?: NotifyContentFormat;
}

/** A topic that is there from the beginning; what is left out has the service's default (spec mns §3.2). */
export interface TopicOptions extends TenantOptions, Partial<TopicAttributes> {
  readonly name: string;
  /** Default none. */
  readonly subscriptions?: readonly SubscriptionOptions[];
}

/** A version of IMM; projects of the two do not mix (spec imm §0). */
export type ImmApiVersion = '2017-09-06' | '2020-09-30';

/** All of them. */
export const IMM_API_VERSIONS: readonly ImmApiVersion[] = ['2017-09-06', '2020-09-30'];

/** A project of IMM that is there from the beginning. */
export interface ProjectOptions extends TenantOptions {
  readonly name: string;
  /** Default both. */
  readonly apiVersions?: readonly ImmApiVersion[];
}

/** What an emulator has from the beginning. What is named twice, alike, is there once. */
export interface ResourceOptions {
  readonly queues?: readonly QueueOptions[];
  readonly topics?: readonly TopicOptions[];
  readonly projects?: readonly ProjectOptions[];
}
