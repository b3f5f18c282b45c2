import { md5Hex } from '@mnsbus/core';
import { noteWithin, type NoteChange } from '../../runtime/note-change.js';
import { SortedMap, type Page } from '../../runtime/sorted-map.js';
import { done, refused, type Failure, type Result } from '../failure.js';
import type { Creation, MnsCommands, Publication, TopicMessage, TopicView } from './commands.js';
import { idPrefix, messageId, type MessageIdShape } from './message-id.js';
import { checkProperties } from './message-properties.js';
import { checkBody } from './message.js';
import { readPage } from './page.js';
import { parseEndpoint } from './delivery-target.js';
import { checkSubscription, checkTag, sameSubscription, type Subscription } from './subscription.js';
import { topicSettingsRecord } from './topic-record.js';
import {
  DEFAULT_TOPIC_ATTRIBUTES,
  Topic,
  checkTopicAttributes,
  sameTopicAttributes,
  type TopicAttributes,
} from './topic.js';

type Input<T extends keyof MnsCommands> = MnsCommands[T]['input'];

/** The topics of one tenant, and the checks that come before a topic acts. */
export class Topics {
  readonly #topics = new SortedMap<Topic>();
  readonly #nextSequence: () => number;
  readonly #queueMaximumBytes: (queueName: string) => number | undefined;
  readonly #messageIdShape: MessageIdShape;
  readonly #note: NoteChange | undefined;

  /** `nextSequence` numbers the messages of the whole tenant; `queueMaximumBytes` tells what a queue takes. */
  constructor(
    nextSequence: () => number,
    queueMaximumBytes: (queueName: string) => number | undefined,
    messageIdShape: MessageIdShape,
    note?: NoteChange,
  ) {
    this.#note = note;
    this.#messageIdShape = messageIdShape;
    this.#nextSequence = nextSequence;
    this.#queueMaximumBytes = queueMaximumBytes;
  }

  get count(): number {
    return this.#topics.size;
  }

  /** Every topic. */
  all(): Iterable<Topic> {
    return this.#topics.values();
  }

  /** Makes a topic that is known not to exist, of attributes that have been checked. */
  restore(topicName: string, attributes: TopicAttributes, createdAtMs: number): Topic {
    const topic = new Topic(topicName, attributes, createdAtMs, noteWithin(this.#note, topicName));
    this.#topics.set(topicName, topic);
    return topic;
  }

  create({ topicName, attributes: given }: Input<'createTopic'>, nowMs: number): Result<Creation> {
    const attributes = { ...DEFAULT_TOPIC_ATTRIBUTES, ...given };
    const failure = checkTopicAttributes(attributes);
    if (failure !== undefined) return refused(failure);
    const existing = this.#topics.get(topicName);
    if (existing === undefined) {
      this.restore(topicName, attributes, nowMs);
      this.#noteSettings(topicName);
      return done('created');
    }
    return sameTopicAttributes(existing.attributes, attributes) ? done('unchanged') : refused('TopicAlreadyExist');
  }

  setAttributes({ topicName, attributes: given }: Input<'setTopicAttributes'>, nowMs: number): Result<undefined> {
    return this.#at(topicName, (topic) => {
      const attributes = { ...topic.attributes, ...given };
      const failure = checkTopicAttributes(attributes);
      if (failure !== undefined) return refused(failure);
      topic.attributes = attributes;
      topic.modifiedAtMs = nowMs;
      this.#noteSettings(topicName);
      return done(undefined);
    });
  }

  get({ topicName }: Input<'getTopic'>, nowMs: number): Result<TopicView> {
    return this.#at(topicName, (topic) => done(viewOf(topic, nowMs)));
  }

  list(input: Input<'listTopics'>, nowMs: number): Result<Page<TopicView>> {
    return readPage(this.#topics, input, (topic) => viewOf(topic, nowMs));
  }

  delete({ topicName }: Input<'deleteTopic'>): Result<undefined> {
    const topic = this.#topics.get(topicName);
    if (topic === undefined) return done(undefined);
    this.#topics.delete(topicName);
    for (const { atMs } of topic.published.runs()) {
      this.#note?.([topicName, 'published', atMs], () => this.#topics.get(topicName)?.published.countAt(atMs));
    }
    this.#noteSettings(topicName);
    return done(undefined);
  }

  publish({ topicName, message }: Input<'publishMessage'>, nowMs: number): Result<Publication> {
    return this.#at(topicName, (topic) => {
      const failure = checkMessage(message, topic.attributes.maximumMessageBytes);
      if (failure !== undefined) return refused(failure);
      const shape = this.#messageIdShape;
      return done({
        messageId: messageId(idPrefix(topicName, shape), nowMs, this.#nextSequence(), shape),
        bodyMd5: md5Hex(message.body),
        publishedAtMs: nowMs,
        subscriptions: topic.publish(message.tag, nowMs),
      });
    });
  }

  subscribe(input: Input<'subscribe'>, nowMs: number): Result<Creation> {
    const { topicName, subscriptionName: name, settings } = input;
    return this.#at(topicName, ({ attributes, subscriptions }) => {
      const target = parseEndpoint(settings.endpoint);
      if (target === undefined) return refused('EndpointInvalid');
      const queueMaximumBytes = target.kind === 'queue' ? this.#queueMaximumBytes(target.queueName) : undefined;
      const failure = checkSubscription(settings, attributes.maximumMessageBytes, queueMaximumBytes);
      if (failure !== undefined) return refused(failure);
      const existing = subscriptions.get(name);
      if (existing === undefined) {
        subscriptions.set(name, { ...settings, name, target, createdAtMs: nowMs, modifiedAtMs: nowMs });
        this.#noteSettings(topicName);
        return done('created');
      }
      return sameSubscription(existing, settings) ? done('unchanged') : refused('SubscriptionAlreadyExist');
    });
  }

  setSubscriptionAttributes(input: Input<'setSubscriptionAttributes'>, nowMs: number): Result<undefined> {
    const { topicName, subscriptionName, attributes } = input;
    return this.#at(topicName, ({ subscriptions }) => {
      const existing = subscriptions.get(subscriptionName);
      if (existing === undefined) return refused('SubscriptionNotExist');
      const failure = checkTag('FilterTag', attributes.filterTag);
      if (failure !== undefined) return refused(failure);
      subscriptions.set(subscriptionName, { ...existing, ...attributes, modifiedAtMs: nowMs });
      this.#noteSettings(topicName);
      return done(undefined);
    });
  }

  getSubscription({ topicName, subscriptionName }: Input<'getSubscription'>): Result<Subscription> {
    return this.#at(topicName, ({ subscriptions }) => {
      const found = subscriptions.get(subscriptionName);
      return found === undefined ? refused('SubscriptionNotExist') : done(found);
    });
  }

  listSubscriptions(input: Input<'listSubscriptions'>): Result<Page<Subscription>> {
    return this.#at(input.topicName, ({ subscriptions }) => readPage(subscriptions, input, (entry) => entry));
  }

  unsubscribe({ topicName, subscriptionName }: Input<'unsubscribe'>): Result<undefined> {
    return this.#at(topicName, ({ subscriptions }) => {
      subscriptions.delete(subscriptionName);
      this.#noteSettings(topicName);
      return done(undefined);
    });
  }

  #noteSettings(topicName: string): void {
    this.#note?.([topicName, 'settings'], () => {
      const topic = this.#topics.get(topicName);
      return topic === undefined ? undefined : topicSettingsRecord(topic);
    });
  }

  #at<T>(topicName: string, act: (topic: Topic) => Result<T>): Result<T> {
    const topic = this.#topics.get(topicName);
    return topic === undefined ? refused('TopicNotExist') : act(topic);
  }
}

function viewOf(topic: Topic, nowMs: number): TopicView {
  const { name, attributes, createdAtMs, modifiedAtMs } = topic;
  return { name, ...attributes, createdAtMs, modifiedAtMs, messageCount: topic.messageCount(nowMs) };
}

function checkMessage(message: TopicMessage, maximumBytes: number): Failure | undefined {
  return checkBody(message.body, maximumBytes) ?? checkTag('MessageTag', message.tag) ?? checkProperties(message);
}
