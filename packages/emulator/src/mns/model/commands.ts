import type { Page } from '../../runtime/sorted-map.js';
import type { Failure, Result } from '../failure.js';
import type { AccountAttributes } from './account.js';
import type { ChangedVisibility, MessageDraft, PeekedMessage, ReceivedMessage, SentMessage } from './message.js';
import type { MessageAttributes } from './message-attributes.js';
import type { MessageProperties } from './message-properties.js';
import type { QueueAttributes } from './queue-attributes.js';
import type { MessageCounts } from './queue.js';
import type { StoredMessagesRequest, StoredMessageView } from './stored-message-view.js';
import type { Subscription, SubscriptionSettings } from './subscription.js';
import type { TopicAttributes } from './topic.js';

/** A queue as its attributes show it. Times are milliseconds since 1970. */
export interface QueueView extends QueueAttributes {
  readonly name: string;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly counts: MessageCounts;
}

/** A topic as its attributes show it. Times are milliseconds since 1970. */
export interface TopicView extends TopicAttributes {
  readonly name: string;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  /** Messages of the last day. */
  readonly messageCount: number;
}

/** A message as a topic takes it. */
export interface TopicMessage extends MessageProperties {
  readonly body: string;
  /** Decides which subscriptions with a filter tag get it. */
  readonly tag?: string;
  readonly messageGroupId?: string;
  /** What mail and SMS are told about it. */
  readonly attributes?: MessageAttributes;
}

/** A message that a topic has taken, and where it goes. */
export interface Publication {
  readonly messageId: string;
  readonly bodyMd5: string;
  /** Milliseconds since 1970. */
  readonly publishedAtMs: number;
  readonly subscriptions: readonly Subscription[];
}

/** A message whose retention has ended. */
export interface ExpiredMessage {
  readonly queueName: string;
  readonly messageId: string;
  /** Milliseconds since 1970; the next command at its queue finds it. */
  readonly expiredAtMs: number;
}

/** What became of one message of a batch. */
export type BatchEntry = Result<SentMessage>;

/** A handle of a batch that was not good. */
export interface FailedHandle {
  readonly receiptHandle: string;
  readonly failure: Failure;
}

/** Which part of a list is asked for. */
export interface PageRequest {
  /** Only names that begin with it; empty for all. */
  readonly prefix: string;
  /** The next marker of the page before; empty for the first page. */
  readonly marker: string;
  /** Most entries, 1 to 1000. */
  readonly limit: number;
}

interface OneQueue {
  readonly queueName: string;
}

interface SomeMessages {
  /** Default all that the queue keeps; an id that it does not have refuses the whole with `MessageNotExist`. */
  readonly messageIds?: readonly string[];
}

interface FromStripe {
  /** The storage node that is asked first, from 0; default 0. A draw of the caller's, when there are several. */
  readonly stripe?: number;
}

interface FromNodes extends FromStripe {
  /** How many storage nodes are asked, from that one on. Default all. */
  readonly nodes?: number;
}

interface OneTopic {
  readonly topicName: string;
}

interface OneSubscription extends OneTopic {
  readonly subscriptionName: string;
}

/** What can be changed of a subscription that exists (spec mns §2.16). */
export type SubscriptionChange = Partial<Pick<SubscriptionSettings, 'notifyStrategy' | 'filterTag'>>;

/** Whether something was made or was there already, equal. */
export type Creation = 'created' | 'unchanged';

/** Each command of the model: what it takes, and what it gives when it is carried out. */
export interface MnsCommands {
  /** Attributes not given have their default. */
  readonly createQueue: {
    readonly input: OneQueue & { readonly attributes: Partial<QueueAttributes> };
    readonly value: Creation;
  };
  /** Attributes not given stay. */
  readonly setQueueAttributes: {
    readonly input: OneQueue & { readonly attributes: Partial<QueueAttributes> };
    readonly value: undefined;
  };
  readonly getQueue: { readonly input: OneQueue; readonly value: QueueView };
  /** In the order of the names. */
  readonly listQueues: { readonly input: PageRequest; readonly value: Page<QueueView> };
  /** Carried out for a missing queue, too. The queue's messages go with it. */
  readonly deleteQueue: { readonly input: OneQueue; readonly value: undefined };
  readonly sendMessage: {
    readonly input: OneQueue & { readonly message: MessageDraft };
    readonly value: SentMessage;
  };
  /** Each message by itself is stored or refused. */
  readonly sendMessages: {
    readonly input: OneQueue & { readonly messages: readonly MessageDraft[] };
    readonly value: readonly BatchEntry[];
  };
  /** Stores what a topic delivers: the envelope may be larger than the queue's limit. */
  readonly deliverMessage: {
    /** What has just left another queue finds room, because nowhere else has it any. */
    readonly input: OneQueue & { readonly message: MessageDraft; readonly isMoved?: true };
    readonly value: SentMessage;
  };
  readonly receiveMessages: {
    readonly input: OneQueue & FromNodes & { readonly count: number; readonly waitSeconds?: number };
    /** The wait is the caller's or else the queue's; it is for whoever got no messages. */
    readonly value: { readonly messages: readonly ReceivedMessage[]; readonly waitSeconds: number };
  };
  readonly peekMessages: {
    readonly input: OneQueue & FromStripe & { readonly count: number };
    readonly value: readonly PeekedMessage[];
  };
  readonly deleteMessage: {
    readonly input: OneQueue & { readonly receiptHandle: string | undefined };
    readonly value: undefined;
  };
  /** Each good handle deletes; the others are given back in order. */
  readonly deleteMessages: {
    readonly input: OneQueue & { readonly receiptHandles: readonly string[] };
    readonly value: readonly FailedHandle[];
  };
  readonly changeVisibility: {
    readonly input: OneQueue & {
      readonly receiptHandle: string | undefined;
      readonly timeoutSeconds: number | undefined;
    };
    readonly value: ChangedVisibility;
  };
  /** As `getQueue`, but not even what has fallen due happens by it; O(n). */
  readonly inspectQueue: { readonly input: OneQueue; readonly value: QueueView };
  /** As `listQueues`, but not even what has fallen due happens by it; O(n). */
  readonly inspectQueues: { readonly input: PageRequest; readonly value: Page<QueueView> };
  /** Shows what a queue keeps, in the order of sending; not even what has fallen due happens by it; O(n). */
  readonly inspectMessages: {
    readonly input: OneQueue & StoredMessagesRequest;
    readonly value: Page<StoredMessageView>;
  };
  /** Makes delayed and inactive messages active now, whoever holds them: their handles are void. Gives their ids. */
  readonly releaseMessages: { readonly input: OneQueue & SomeMessages; readonly value: readonly string[] };
  /** Removes messages in any state, whoever holds them. Gives what they were, in the order of sending. */
  readonly discardMessages: {
    readonly input: OneQueue & SomeMessages & { readonly reason: 'deleted' | 'expired' };
    readonly value: readonly StoredMessageView[];
  };
  /**
   * Moves a message in time as no client can, without a handle. `order`: an active message is as one that became active at
   * `atMs`. `delay`: an active message becomes active at `atMs`. `wake`: an inactive one becomes active at `atMs`. What is in
   * another state stays; the value says whether it was moved.
   */
  readonly disturbMessage: {
    readonly input: OneQueue & {
      readonly messageId: string;
      readonly change: 'order' | 'delay' | 'wake';
      readonly atMs: number;
    };
    readonly value: boolean;
  };
  /** Attributes not given have their default. */
  readonly createTopic: {
    readonly input: OneTopic & { readonly attributes: Partial<TopicAttributes> };
    readonly value: Creation;
  };
  /** Attributes not given stay. */
  readonly setTopicAttributes: {
    readonly input: OneTopic & { readonly attributes: Partial<TopicAttributes> };
    readonly value: undefined;
  };
  readonly getTopic: { readonly input: OneTopic; readonly value: TopicView };
  /** In the order of the names. */
  readonly listTopics: { readonly input: PageRequest; readonly value: Page<TopicView> };
  /** Carried out for a missing topic, too. The topic's subscriptions go with it. */
  readonly deleteTopic: { readonly input: OneTopic; readonly value: undefined };
  readonly publishMessage: {
    readonly input: OneTopic & { readonly message: TopicMessage };
    readonly value: Publication;
  };
  readonly subscribe: {
    readonly input: OneSubscription & { readonly settings: SubscriptionSettings };
    readonly value: Creation;
  };
  /** Attributes not given stay. */
  readonly setSubscriptionAttributes: {
    readonly input: OneSubscription & { readonly attributes: SubscriptionChange };
    readonly value: undefined;
  };
  readonly getSubscription: { readonly input: OneSubscription; readonly value: Subscription };
  /** In the order of the names. */
  readonly listSubscriptions: { readonly input: OneTopic & PageRequest; readonly value: Page<Subscription> };
  /** Carried out for a missing subscription of an existing topic, too. */
  readonly unsubscribe: { readonly input: OneSubscription; readonly value: undefined };
  readonly getAccount: { readonly input: object; readonly value: AccountAttributes };
  /** Attributes not given stay. */
  readonly setAccountAttributes: {
    readonly input: { readonly attributes: Partial<AccountAttributes> };
    readonly value: undefined;
  };
}

/** The name of a command. */
export type MnsCommandType = keyof MnsCommands;

/** A command with its input. */
export type MnsCommand<T extends MnsCommandType = MnsCommandType> = { readonly type: T } & MnsCommands[T]['input'];

/** What became of a command; a refused one has changed nothing. */
export type MnsResult<T extends MnsCommandType> = Result<MnsCommands[T]['value']>;
