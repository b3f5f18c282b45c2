import { numberedRecord, sortedRecord } from '../../runtime/sorted-record.js';
import type { NoteChange } from '../../runtime/note-change.js';
import { DEFAULT_ACCOUNT_ATTRIBUTES, accountRecord, type AccountRecord } from './account.js';
import { parseEndpoint } from './delivery-target.js';
import { lifeRecord, recordedMessage, sentRecord } from './message-record.js';
import { MnsModel } from './mns-model.js';
import { DEFAULT_MODEL_SETTINGS, type ModelSettings } from './model-settings.js';
import { queueSettingsRecord, type QueueRecord } from './queue-record.js';
import type { Queue } from './queue.js';
import type { Subscription } from './subscription.js';
import { topicSettingsRecord, type SubscriptionRecord, type TopicRecord } from './topic-record.js';
import type { Topic } from './topic.js';

/** The queues, topics and subscriptions of one tenant, as data. What was never touched is left out. */
export interface MnsModelRecord {
  /** How many messages the tenant has numbered. */
  readonly sequence?: number;
  readonly account?: AccountRecord;
  readonly queues?: Readonly<Record<string, QueueRecord>>;
  readonly topics?: Readonly<Record<string, TopicRecord>>;
}

/** A model as data, as it stands at `nowMs` (milliseconds since 1970): equal states give equal JSON. */
export function mnsModelRecord({ parts }: MnsModel, nowMs: number): MnsModelRecord {
  parts.queues.advanceAll(nowMs);
  const queues = [...parts.queues.all()].map((queue) => [queue.name, queueRecord(queue, nowMs)] as const);
  const topics = [...parts.topics.all()].map((topic) => [topic.name, topicRecord(topic, nowMs)] as const);
  const { sequence } = parts;
  const account = accountRecord(parts.account);
  return {
    ...(sequence === 0 ? {} : { sequence }),
    ...(account === undefined ? {} : { account }),
    ...(queues.length === 0 ? {} : { queues: sortedRecord(queues) }),
    ...(topics.length === 0 ? {} : { topics: sortedRecord(topics) }),
  };
}

/** The model that a record tells of; the record has been checked. Goes on exactly as the first one would. */
export function recordedMnsModel(
  { sequence = 0, account, queues = {}, topics = {} }: MnsModelRecord,
  settings: ModelSettings = DEFAULT_MODEL_SETTINGS,
  note?: NoteChange,
): MnsModel {
  const model = new MnsModel(settings, note, {
    sequence,
    account: { ...DEFAULT_ACCOUNT_ATTRIBUTES, ...account },
  });
  for (const [name, record] of Object.entries(queues)) restoreQueue(model, name, record);
  for (const [name, record] of Object.entries(topics)) restoreTopic(model, name, record);
  return model;
}

function queueRecord(queue: Queue, nowMs: number): QueueRecord {
  const messages = Array.from(
    queue.messages(),
    (message) => [message.offset, { sent: sentRecord(message), life: lifeRecord(message, nowMs) }] as const,
  );
  return {
    settings: queueSettingsRecord(queue),
    ...(queue.sent === 0 ? {} : { sent: queue.sent }),
    ...(messages.length === 0 ? {} : { messages: numberedRecord(messages) }),
  };
}

function restoreQueue({ parts }: MnsModel, name: string, { settings, sent = 0, messages = {} }: QueueRecord): void {
  const { createdAtMs, modifiedAtMs, ...attributes } = settings;
  const queue = parts.queues.restore(name, attributes, createdAtMs);
  queue.modifiedAtMs = modifiedAtMs;
  const entries = Object.entries(messages).map(([offset, record]) => recordedMessage(record, Number(offset)));
  queue.restore(entries, sent);
}

function topicRecord(topic: Topic, nowMs: number): TopicRecord {
  topic.messageCount(nowMs);
  const published = topic.published.runs().map(({ atMs, count }) => [atMs, count] as const);
  return {
    settings: topicSettingsRecord(topic),
    ...(published.length === 0 ? {} : { published: numberedRecord(published) }),
  };
}

function restoreTopic({ parts }: MnsModel, name: string, { settings, published = {} }: TopicRecord): void {
  const { createdAtMs, modifiedAtMs, subscriptions, ...attributes } = settings;
  const topic = parts.topics.restore(name, attributes, createdAtMs);
  topic.modifiedAtMs = modifiedAtMs;
  for (const subscription of subscriptions)
    topic.subscriptions.set(subscription.name, recordedSubscription(subscription));
  const runs = Object.entries(published).map(([atMs, count]) => [Number(atMs), count] as const);
  for (const [atMs, count] of runs.toSorted(([a], [b]) => a - b)) topic.published.add(atMs, count);
}

/** The subscription that a record tells of. Throws when its endpoint leads nowhere, which the check of records rules out. */
export function recordedSubscription(record: SubscriptionRecord): Subscription {
  const target = parseEndpoint(record.endpoint);
  if (target === undefined) throw new Error(`no endpoint: ${record.endpoint}`);
  return { ...record, target };
}
