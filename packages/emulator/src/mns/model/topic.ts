import { SortedMap } from '../../runtime/sorted-map.js';
import { checkRange, type Failure } from '../failure.js';
import { MAXIMUM_MESSAGE_SIZE, TOPIC_RETENTION_SECONDS } from './limits.js';
import type { NoteChange } from '../../runtime/note-change.js';
import { RecentCount } from './recent-count.js';
import { matches, type Subscription } from './subscription.js';

/** What a topic can be told (spec mns §3.2). */
export interface TopicAttributes {
  /** Most UTF-8 bytes of a message body. */
  readonly maximumMessageBytes: number;
  readonly loggingEnabled: boolean;
}

/** The attributes of a topic that is told nothing (spec mns §3.2). */
export const DEFAULT_TOPIC_ATTRIBUTES: TopicAttributes = { maximumMessageBytes: 65_536, loggingEnabled: false };

/** The first attribute out of its range; `undefined` when there is none. */
export function checkTopicAttributes({ maximumMessageBytes }: TopicAttributes): Failure | undefined {
  return checkRange('MaximumMessageSize', maximumMessageBytes, MAXIMUM_MESSAGE_SIZE);
}

/** Whether both attributes are equal. */
export function sameTopicAttributes(a: TopicAttributes, b: TopicAttributes): boolean {
  return a.maximumMessageBytes === b.maximumMessageBytes && a.loggingEnabled === b.loggingEnabled;
}

/** A topic and who has subscribed to it. */
export class Topic {
  readonly name: string;
  attributes: TopicAttributes;
  readonly createdAtMs: number;
  modifiedAtMs: number;
  /** By name; messages go to them in the order of subscribing. */
  readonly subscriptions: SortedMap<Subscription> = new SortedMap();
  /** The messages of the last day. */
  readonly published: RecentCount;

  constructor(name: string, attributes: TopicAttributes, nowMs: number, note?: NoteChange) {
    this.published = new RecentCount(
      TOPIC_RETENTION_SECONDS * 1000,
      note === undefined ? undefined : (atMs) => note(['published', atMs], () => this.published.countAt(atMs)),
    );
    this.name = name;
    this.attributes = attributes;
    this.createdAtMs = nowMs;
    this.modifiedAtMs = nowMs;
  }

  /** How many messages the topic holds: those that were published less than a day ago. */
  messageCount(nowMs: number): number {
    return this.published.at(nowMs);
  }

  /** Holds a message for its day, and gives the subscriptions that it goes to. */
  publish(messageTag: string | undefined, nowMs: number): readonly Subscription[] {
    this.published.add(nowMs);
    return [...this.subscriptions.values()].filter((subscription) => matches(subscription, messageTag));
  }
}
