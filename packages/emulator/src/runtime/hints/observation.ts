import type { WireRequest } from '@mnsbus/core';
import type { ImmApiVersion } from '../../config/resource-options.js';
import type { Subscription } from '../../mns/model/subscription.js';
import type { AccessKey, Tenant } from '../accounts.js';
import type { RefusedAtDoor } from './refused-at-door.js';

/** Something that detectors look at. */
export type Observation =
  /** A request was refused. */
  | {
      readonly kind: 'refused';
      readonly service: 'mns' | 'imm';
      /** The code of the error. */
      readonly code: string;
      readonly request: WireRequest;
      readonly tenant: Tenant;
      /** When it arrived, in milliseconds since 1970. */
      readonly nowMs: number;
    }
  /** A topic took a message. */
  | {
      readonly kind: 'published';
      readonly tenant: Tenant;
      readonly topicName: string;
      readonly body: string;
      /** Those that the message goes to. */
      readonly subscriptions: readonly Subscription[];
      /** Whether the topic has any, be it for other messages. */
      readonly hasSubscriptions: boolean;
    }
  /** IMM had an event for a topic that does not exist. */
  | { readonly kind: 'topic-missing'; readonly tenant: Tenant; readonly topicName: string }
  /** IMM had an event for a topic of another account or region than the task's, which `reason` names: it is lost. */
  | {
      readonly kind: 'notified-elsewhere';
      readonly tenant: Tenant;
      readonly topicName: string;
      /** As the task names it. */
      readonly endpoint: string;
      readonly reason: string;
    }
  /** A topic could not deliver for a reason that no retry changes by itself. */
  | {
      readonly kind: 'undelivered';
      readonly topicName: string;
      readonly subscriptionName: string;
      /** The name of the queue, or of the host. */
      readonly to: string;
      readonly reason: 'queue-missing' | 'host-not-allowed';
    }
  /** A request was answered before it came to the services. */
  | { readonly kind: 'refused-at-door'; readonly refused: RefusedAtDoor }
  /** A message was refused, because those that are stored take all the room there may be. */
  | { readonly kind: 'store-full'; readonly tenant: Tenant; readonly queueName: string; readonly maxBytes: number }
  /** A task was refused, because those that are stored take all the room there may be. */
  | { readonly kind: 'tasks-full'; readonly tenant: Tenant; readonly maxBytes: number }
  /** Somebody subscribed. */
  | {
      readonly kind: 'subscribed';
      readonly tenant: Tenant;
      readonly topicName: string;
      readonly subscriptionName: string;
      readonly endpoint: string;
    }
  /** An action of IMM was called that is not there. */
  | { readonly kind: 'action-unanswered'; readonly apiVersion: string; readonly action: string }
  /** An action of IMM is answered by a script from now on. */
  | { readonly kind: 'reply-set'; readonly apiVersion: ImmApiVersion; readonly action: string };

/** An observation of one kind. */
export type Observed<K extends Observation['kind']> = Extract<Observation, { readonly kind: K }>;

/** What detectors may ask for, beside what they are shown. */
export interface HintWorld {
  readonly findKey: (accessKeyId: string) => AccessKey | undefined;
  /** The regions in which an account has a queue or topic of this name. */
  readonly regionsWith: (accountId: string, kind: 'queue' | 'topic', name: string) => readonly string[];
}
