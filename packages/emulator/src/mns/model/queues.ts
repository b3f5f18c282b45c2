import { noteWithin, type NoteChange } from '../../runtime/note-change.js';
import { SortedMap, type Page } from '../../runtime/sorted-map.js';
import { checkRange, done, refused, type Failure, type Result } from '../failure.js';
import type {
  BatchEntry,
  Creation,
  ExpiredMessage,
  FailedHandle,
  MnsCommands,
  MnsResult,
  QueueView,
} from './commands.js';
import { BATCH_BYTES, BATCH_SIZE, POLLING_WAIT_SECONDS, VISIBILITY_TIMEOUT_SECONDS } from './limits.js';
import { readPage } from './page.js';
import { messageId } from './message-id.js';
import type { ModelSettings } from './model-settings.js';
import { bodyBytes, checkDraft, type ChangedVisibility, type MessageDraft, type SentMessage } from './message.js';
import {
  DEFAULT_QUEUE_ATTRIBUTES,
  checkQueueAttributes,
  sameQueueAttributes,
  type QueueAttributes,
} from './queue-attributes.js';
import { queueSettingsRecord } from './queue-record.js';
import { Queue } from './queue.js';
import { countsAt, viewMessage, viewMessages } from './stored-message-view.js';
import { StoredBytes, storedBytes } from './stored-bytes.js';
import type { StoredMessage } from './stored-message.js';

type Input<T extends keyof MnsCommands> = MnsCommands[T]['input'];

/** The queues of one tenant, and the checks that come before a queue acts: existence, then ranges, then handles. */
export class Queues {
  readonly #queues = new SortedMap<Queue>();
  readonly #nextSequence: () => number;
  readonly #settings: ModelSettings;
  #expired: ExpiredMessage[] = [];
  readonly #note: NoteChange | undefined;
  readonly #stored = new StoredBytes();

  /** `nextSequence` numbers the messages of the whole tenant. */
  constructor(nextSequence: () => number, settings: ModelSettings, note?: NoteChange) {
    this.#note = note;
    this.#nextSequence = nextSequence;
    this.#settings = settings;
  }

  /** When the next message of a queue becomes deliverable; `undefined` when none will, or there is no such queue. */
  nextDueMs(queueName: string): number | undefined {
    return this.#queues.get(queueName)?.nextDueMs;
  }

  /** The largest body that a queue takes, in bytes; `undefined` when there is no such queue. */
  maximumMessageBytes(queueName: string): number | undefined {
    return this.#queues.get(queueName)?.attributes.maximumMessageBytes;
  }

  /** About how much memory their messages take. */
  get storedBytes(): number {
    return this.#stored.total;
  }

  get count(): number {
    return this.#queues.size;
  }

  /** The messages whose retention was found to be over since the last call. */
  takeExpired(): readonly ExpiredMessage[] {
    const expired = this.#expired;
    if (expired.length > 0) this.#expired = [];
    return expired;
  }

  /** Every queue. */
  all(): Iterable<Queue> {
    return this.#queues.values();
  }

  /** Lets happen, in every queue, what has fallen due by `nowMs`. */
  advanceAll(nowMs: number): void {
    for (const queue of this.#queues.values()) this.#advance(queue, nowMs);
  }

  /** Makes a queue that is known not to exist, of attributes that have been checked. */
  restore(queueName: string, attributes: QueueAttributes, createdAtMs: number): Queue {
    const note = noteWithin(this.#note, queueName);
    const queue = new Queue(queueName, attributes, createdAtMs, this.#settings, note, this.#stored);
    this.#queues.set(queueName, queue);
    return queue;
  }

  create({ queueName, attributes: given }: Input<'createQueue'>, nowMs: number): Result<Creation> {
    const attributes = { ...DEFAULT_QUEUE_ATTRIBUTES, ...given };
    const failure = checkQueueAttributes(attributes);
    if (failure !== undefined) return refused(failure);
    const existing = this.#queues.get(queueName);
    if (existing === undefined) {
      this.restore(queueName, attributes, nowMs);
      this.#noteSettings(queueName);
      return done('created');
    }
    return sameQueueAttributes(existing.attributes, attributes) ? done('unchanged') : refused('QueueAlreadyExist');
  }

  setAttributes({ queueName, attributes: given }: Input<'setQueueAttributes'>, nowMs: number): Result<undefined> {
    return this.#at(queueName, nowMs, (queue) => {
      const attributes = { ...queue.attributes, ...given };
      const failure = checkQueueAttributes(attributes);
      if (failure !== undefined) return refused(failure);
      queue.attributes = attributes;
      queue.modifiedAtMs = nowMs;
      this.#noteSettings(queueName);
      return done(undefined);
    });
  }

  get({ queueName }: Input<'getQueue'>, nowMs: number): Result<QueueView> {
    return this.#at(queueName, nowMs, (queue) => done(viewOf(queue)));
  }

  list(input: Input<'listQueues'>, nowMs: number): Result<Page<QueueView>> {
    return readPage(this.#queues, input, (queue) => {
      this.#advance(queue, nowMs);
      return viewOf(queue);
    });
  }

  delete({ queueName }: Input<'deleteQueue'>): Result<undefined> {
    const queue = this.#queues.get(queueName);
    if (queue === undefined) return done(undefined);
    this.#queues.delete(queueName);
    // Whoever keeps the messages elsewhere has to drop each of them.
    if (this.#note !== undefined) {
      queue.clear();
      this.#note([queueName, 'sent'], () => this.#queues.get(queueName)?.sent);
    }
    queue.abandon();
    this.#noteSettings(queueName);
    return done(undefined);
  }

  send({ queueName, message }: Input<'sendMessage'>, nowMs: number): Result<SentMessage> {
    return this.#at(queueName, nowMs, (queue) =>
      this.#hasRoomFor(message) ? this.#sendChecked(queue, message, nowMs) : refused('TooManyRequests'),
    );
  }

  sendAll({ queueName, messages }: Input<'sendMessages'>, nowMs: number): Result<readonly BatchEntry[]> {
    return this.#at(queueName, nowMs, (queue) => {
      const failure = checkBatch(messages);
      if (failure !== undefined) return refused(failure);
      if (!this.#hasRoomFor(...messages)) return refused('TooManyRequests');
      return done(messages.map((message) => this.#sendChecked(queue, message, nowMs)));
    });
  }

  deliver({ queueName, message, isMoved }: Input<'deliverMessage'>, nowMs: number): Result<SentMessage> {
    return this.#at(queueName, nowMs, (queue) =>
      isMoved === true || this.#hasRoomFor(message)
        ? done(this.#send(queue, message, nowMs))
        : refused('TooManyRequests'),
    );
  }

  receive(input: Input<'receiveMessages'>, nowMs: number): MnsResult<'receiveMessages'> {
    return this.#at(input.queueName, nowMs, (queue) => {
      const waitSeconds = input.waitSeconds ?? queue.attributes.pollingWaitSeconds;
      const failure =
        checkRange('numOfMessages', input.count, BATCH_SIZE) ??
        checkRange('PollingWaitSeconds', waitSeconds, POLLING_WAIT_SECONDS);
      if (failure !== undefined) return refused(failure);
      return done({ messages: queue.receive(input.count, nowMs, input.stripe, input.nodes), waitSeconds });
    });
  }

  peek({ queueName, count, stripe }: Input<'peekMessages'>, nowMs: number): MnsResult<'peekMessages'> {
    return this.#at(queueName, nowMs, (queue) => {
      const failure = checkRange('numOfMessages', count, BATCH_SIZE);
      return failure === undefined ? done(queue.peek(count, stripe)) : refused(failure);
    });
  }

  deleteMessage({ queueName, receiptHandle = '' }: Input<'deleteMessage'>, nowMs: number): Result<undefined> {
    return this.#at(queueName, nowMs, (queue) =>
      receiptHandle === '' ? refused('MissingReceiptHandle') : queue.delete(receiptHandle, nowMs),
    );
  }

  deleteAll({ queueName, receiptHandles }: Input<'deleteMessages'>, nowMs: number): MnsResult<'deleteMessages'> {
    return this.#at(queueName, nowMs, (queue) => {
      const failure = checkRange('ReceiptHandles', receiptHandles.length, BATCH_SIZE);
      if (failure !== undefined) return refused(failure);
      const failed: FailedHandle[] = [];
      for (const receiptHandle of receiptHandles) {
        const result = queue.delete(receiptHandle, nowMs);
        if (!result.ok) failed.push({ receiptHandle, failure: result.failure });
      }
      return done(failed);
    });
  }

  changeVisibility(input: Input<'changeVisibility'>, nowMs: number): Result<ChangedVisibility> {
    const { queueName, receiptHandle = '', timeoutSeconds } = input;
    return this.#at(queueName, nowMs, (queue) => {
      if (receiptHandle === '') return refused('MissingReceiptHandle');
      if (timeoutSeconds === undefined) return refused('MissingVisibilityTimeout');
      const failure = checkRange('VisibilityTimeout', timeoutSeconds, VISIBILITY_TIMEOUT_SECONDS);
      return failure === undefined ? queue.changeVisibility(receiptHandle, timeoutSeconds, nowMs) : refused(failure);
    });
  }

  inspect({ queueName }: Input<'inspectQueue'>, nowMs: number): Result<QueueView> {
    const queue = this.#queues.get(queueName);
    return queue === undefined ? refused('QueueNotExist') : done({ ...viewOf(queue), counts: countsAt(queue, nowMs) });
  }

  inspectAll(input: Input<'inspectQueues'>, nowMs: number): Result<Page<QueueView>> {
    return readPage(this.#queues, input, (queue) => ({ ...viewOf(queue), counts: countsAt(queue, nowMs) }));
  }

  inspectMessages(input: Input<'inspectMessages'>, nowMs: number): MnsResult<'inspectMessages'> {
    const queue = this.#queues.get(input.queueName);
    return queue === undefined ? refused('QueueNotExist') : done(viewMessages(queue, input, nowMs));
  }

  releaseMessages({ queueName, messageIds }: Input<'releaseMessages'>, nowMs: number): MnsResult<'releaseMessages'> {
    return this.#atMessages(queueName, messageIds, nowMs, (queue, messages) => {
      const hidden = messages.filter(({ state }) => state !== 'active');
      for (const message of hidden) queue.release(message, nowMs);
      return hidden.map(({ messageId: id }) => id);
    });
  }

  discardMessages({ queueName, messageIds }: Input<'discardMessages'>, nowMs: number): MnsResult<'discardMessages'> {
    return this.#atMessages(queueName, messageIds, nowMs, (queue, messages) => {
      const items = messages.map((message) => viewMessage(message, nowMs));
      for (const message of messages) queue.discard(message);
      return items;
    });
  }

  /** Acts on stored messages of a queue, in the order of sending: those named, or all. */
  #atMessages<T>(
    queueName: string,
    messageIds: readonly string[] | undefined,
    nowMs: number,
    act: (queue: Queue, messages: readonly StoredMessage[]) => T,
  ): Result<T> {
    return this.#at(queueName, nowMs, (queue) => {
      const ids = messageIds === undefined ? undefined : new Set(messageIds);
      const messages = [...queue.messages()].filter(({ messageId: id }) => ids === undefined || ids.has(id));
      if (ids !== undefined && messages.length < ids.size) return refused('MessageNotExist');
      return done(act(queue, messages));
    });
  }

  disturb({ queueName, messageId: id, change, atMs }: Input<'disturbMessage'>, nowMs: number): Result<boolean> {
    return this.#at(queueName, nowMs, (queue) => done(queue.disturb(id, change, Math.max(atMs, nowMs))));
  }

  #noteSettings(queueName: string): void {
    this.#note?.([queueName, 'settings'], () => {
      const queue = this.#queues.get(queueName);
      return queue === undefined ? undefined : queueSettingsRecord(queue);
    });
  }

  /** Acts on a queue as it stands at `nowMs`. */
  #at<T>(queueName: string, nowMs: number, act: (queue: Queue) => Result<T>): Result<T> {
    const queue = this.#queues.get(queueName);
    if (queue === undefined) return refused('QueueNotExist');
    this.#advance(queue, nowMs);
    return act(queue);
  }

  #advance(queue: Queue, nowMs: number): void {
    for (const { messageId: id, expiresAtMs } of queue.advance(nowMs)) {
      this.#expired.push({ queueName: queue.name, messageId: id, expiredAtMs: expiresAtMs });
    }
  }

  #hasRoomFor(...messages: readonly MessageDraft[]): boolean {
    const { hasRoomFor } = this.#settings;
    return hasRoomFor === undefined || hasRoomFor(messages.reduce((sum, message) => sum + storedBytes(message), 0));
  }

  #sendChecked(queue: Queue, message: MessageDraft, nowMs: number): Result<SentMessage> {
    const failure = checkDraft(message, queue.attributes.maximumMessageBytes);
    return failure === undefined ? done(this.#send(queue, message, nowMs)) : refused(failure);
  }

  #send(queue: Queue, message: MessageDraft, nowMs: number): SentMessage {
    const id = messageId(queue.idPrefix, nowMs, this.#nextSequence(), this.#settings.messageIdShape);
    return queue.send(message, id, nowMs);
  }
}

function viewOf({ name, attributes, createdAtMs, modifiedAtMs, counts }: Queue): QueueView {
  return { name, ...attributes, createdAtMs, modifiedAtMs, counts };
}

/** What is wrong with a batch as a whole; `undefined` when each message may speak for itself. */
function checkBatch(messages: readonly MessageDraft[]): Failure | undefined {
  const failure = checkRange('Messages', messages.length, BATCH_SIZE);
  if (failure !== undefined) return failure;
  const bytes = messages.reduce((sum, { body }) => sum + bodyBytes(body), 0);
  // Only too large concerns the whole: empty bodies are their messages' own faults.
  return checkRange('Messages', Math.max(bytes, BATCH_BYTES.low), BATCH_BYTES);
}
