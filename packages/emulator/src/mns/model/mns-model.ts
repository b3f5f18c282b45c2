import { noteWithin, type NoteChange } from '../../runtime/note-change.js';
import { done, refused } from '../failure.js';
import {
  DEFAULT_ACCOUNT_ATTRIBUTES,
  accountRecord,
  checkAccountAttributes,
  type AccountAttributes,
} from './account.js';
import type { ExpiredMessage, MnsCommand, MnsCommands, MnsCommandType, MnsResult } from './commands.js';
import { DEFAULT_MODEL_SETTINGS, type ModelSettings } from './model-settings.js';
import { Queues } from './queues.js';
import { Topics } from './topics.js';

/** Where a model starts. */
export interface MnsModelStart {
  /** How many messages the tenant has numbered. */
  readonly sequence: number;
  readonly account: AccountAttributes;
}

/** What a model is made of. */
export interface MnsModelParts extends MnsModelStart {
  readonly queues: Queues;
  readonly topics: Topics;
}

type Handlers = {
  readonly [T in MnsCommandType]: (input: MnsCommands[T]['input'], nowMs: number) => MnsResult<T>;
};

/**
 * The queues, topics and subscriptions of one tenant.
 *
 * A pure state machine: the same commands at the same instants give the same results. Nothing
 * happens between two commands; what fell due in the meantime happens, at its own instant, when the
 * next command comes.
 */
export class MnsModel {
  #nowMs = Number.NEGATIVE_INFINITY;
  #sequence: number;
  #account: AccountAttributes;
  readonly #queues: Queues;
  readonly #topics: Topics;
  readonly #note: NoteChange | undefined;
  readonly #handlers: Handlers = {
    createQueue: (input, nowMs) => this.#queues.create(input, nowMs),
    setQueueAttributes: (input, nowMs) => this.#queues.setAttributes(input, nowMs),
    getQueue: (input, nowMs) => this.#queues.get(input, nowMs),
    listQueues: (input, nowMs) => this.#queues.list(input, nowMs),
    deleteQueue: (input) => this.#queues.delete(input),
    sendMessage: (input, nowMs) => this.#queues.send(input, nowMs),
    sendMessages: (input, nowMs) => this.#queues.sendAll(input, nowMs),
    deliverMessage: (input, nowMs) => this.#queues.deliver(input, nowMs),
    receiveMessages: (input, nowMs) => this.#queues.receive(input, nowMs),
    peekMessages: (input, nowMs) => this.#queues.peek(input, nowMs),
    deleteMessage: (input, nowMs) => this.#queues.deleteMessage(input, nowMs),
    deleteMessages: (input, nowMs) => this.#queues.deleteAll(input, nowMs),
    changeVisibility: (input, nowMs) => this.#queues.changeVisibility(input, nowMs),
    inspectQueue: (input, nowMs) => this.#queues.inspect(input, nowMs),
    inspectQueues: (input, nowMs) => this.#queues.inspectAll(input, nowMs),
    inspectMessages: (input, nowMs) => this.#queues.inspectMessages(input, nowMs),
    releaseMessages: (input, nowMs) => this.#queues.releaseMessages(input, nowMs),
    discardMessages: (input, nowMs) => this.#queues.discardMessages(input, nowMs),
    disturbMessage: (input, nowMs) => this.#queues.disturb(input, nowMs),
    createTopic: (input, nowMs) => this.#topics.create(input, nowMs),
    setTopicAttributes: (input, nowMs) => this.#topics.setAttributes(input, nowMs),
    getTopic: (input, nowMs) => this.#topics.get(input, nowMs),
    listTopics: (input, nowMs) => this.#topics.list(input, nowMs),
    deleteTopic: (input) => this.#topics.delete(input),
    publishMessage: (input, nowMs) => this.#topics.publish(input, nowMs),
    subscribe: (input, nowMs) => this.#topics.subscribe(input, nowMs),
    setSubscriptionAttributes: (input, nowMs) => this.#topics.setSubscriptionAttributes(input, nowMs),
    getSubscription: (input) => this.#topics.getSubscription(input),
    listSubscriptions: (input) => this.#topics.listSubscriptions(input),
    unsubscribe: (input) => this.#topics.unsubscribe(input),
    getAccount: () => done(this.#account),
    setAccountAttributes: ({ attributes }) => {
      const account = { ...this.#account, ...attributes };
      const failure = checkAccountAttributes(account);
      if (failure !== undefined) return refused(failure);
      this.#account = account;
      this.#note?.(['account'], () => accountRecord(this.#account));
      return done(undefined);
    },
  };

  /** `start` is where another model has stopped; its queues and topics are to be taken up by {@link parts}. */
  constructor(settings: ModelSettings = DEFAULT_MODEL_SETTINGS, note?: NoteChange, start: Partial<MnsModelStart> = {}) {
    this.#note = note;
    this.#sequence = start.sequence ?? 0;
    this.#account = start.account ?? DEFAULT_ACCOUNT_ATTRIBUTES;
    const nextSequence = (): number => {
      this.#note?.(['sequence'], () => this.#sequence);
      return ++this.#sequence;
    };
    this.#queues = new Queues(nextSequence, settings, noteWithin(note, 'queues'));
    const maximumBytesOf = (queueName: string): number | undefined => this.#queues.maximumMessageBytes(queueName);
    this.#topics = new Topics(nextSequence, maximumBytesOf, settings.messageIdShape, noteWithin(note, 'topics'));
  }

  /** What the state consists of, for whoever turns it into data and back. */
  get parts(): MnsModelParts {
    return { sequence: this.#sequence, account: this.#account, queues: this.#queues, topics: this.#topics };
  }

  get queueCount(): number {
    return this.#queues.count;
  }

  /** About how much memory the stored messages take, in bytes. */
  get storedBytes(): number {
    return this.#queues.storedBytes;
  }

  get topicCount(): number {
    return this.#topics.count;
  }

  /** Carries out one command at `nowMs` (milliseconds since 1970), or refuses it and changes nothing. */
  apply<T extends MnsCommandType>(command: MnsCommand<T>, nowMs: number): MnsResult<T> {
    // Whole milliseconds that never run backwards, whatever the machine's clock does: times are printed and compared.
    this.#nowMs = Math.max(this.#nowMs, Math.floor(nowMs));
    return this.#handlers[command.type](command, this.#nowMs);
  }

  /**
   * The next instant at which a message of a queue becomes deliverable that is not so yet, in milliseconds since 1970;
   * `undefined` when there is none. As the last command left it.
   */
  nextDueMs(queueName: string): number | undefined {
    return this.#queues.nextDueMs(queueName);
  }

  /** The messages that have expired and were found out since the last call, in the order of finding. */
  takeExpired(): readonly ExpiredMessage[] {
    return this.#queues.takeExpired();
  }
}
