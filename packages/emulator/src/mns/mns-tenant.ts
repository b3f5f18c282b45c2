import type { SeededRandom } from '@mnsbus/core';
import type { Tenant } from '../runtime/accounts.js';
import type { EmulatorContext } from '../runtime/context.js';
import type { Hints } from '../runtime/hints/hints.js';
import type { UnreceivedQueues } from '../runtime/hints/unreceived-queues.js';
import type { Manner } from '../profile/manner.js';
import { SeenCounts } from '../profile/seen-counts.js';
import { noteWithin, type NoteChange } from '../runtime/note-change.js';
import type { TimeLine } from '../runtime/time-line.js';
import { Deliveries, type PendingDelivery } from './deliveries.js';
import { done, type Result } from './failure.js';
import { FaultyModel } from './faulty-model.js';
import { LongPolls } from './long-polls.js';
import type { MnsSettings } from './mns-options.js';
import type {
  MnsCommand,
  MnsCommandType,
  MnsCommands,
  MnsResult,
  Publication,
  TopicMessage,
} from './model/commands.js';
import { DEFAULT_PRIORITY } from './model/limits.js';
import { MnsModel } from './model/mns-model.js';
import { recordedMnsModel } from './model/mns-state.js';
import type { ModelSettings } from './model/model-settings.js';
import type { MnsTenantRecord } from './mns-tenant-record.js';
import { notificationBody } from './notification-body.js';
import type { Subscription } from './model/subscription.js';
import type { Pushes } from './push/pushes.js';
import { RecordedModel } from './recorded-model.js';

/** The commands that are carried out as they are; receiving, peeking, publishing and subscribing have methods of their own. */
export type DirectCommandType = Exclude<
  MnsCommandType,
  'receiveMessages' | 'peekMessages' | 'publishMessage' | 'subscribe' | 'disturbMessage'
>;

/** The commands by which messages come into a queue. */
const ARRIVALS: ReadonlySet<DirectCommandType> = new Set(['sendMessage', 'sendMessages', 'deliverMessage']);

/** One tenant's model, brought to life: with the clock, with receives that wait, and with deliveries. */
export class MnsTenant {
  readonly tenant: Tenant;
  readonly #clock: TimeLine;
  #model: FaultyModel;
  /** The model with all that tells of it, or strikes it. */
  readonly #outfitted: (model: MnsModel) => FaultyModel;
  readonly #settings: ModelSettings;
  readonly #maxStoredBytes: number;
  readonly #note: NoteChange | undefined;
  readonly #longPolls: LongPolls;
  readonly #stripes: number;
  readonly #stripeDraws: SeededRandom;
  readonly #manner: Manner | undefined;
  readonly #seenCounts: SeenCounts | undefined;
  readonly #journal: EmulatorContext['journal'];
  /** As the journal names it. */
  readonly #label: string | undefined;
  readonly #deliveries: Deliveries;
  readonly #hints: Hints;
  readonly #unreceived: UnreceivedQueues;

  /** `pushes` belongs to the whole service, which closes it. */
  constructor(tenant: Tenant, context: EmulatorContext, pushes: Pushes, settings: MnsSettings) {
    const { clock, random, journal, faults } = context;
    this.tenant = tenant;
    this.#clock = clock;
    this.#hints = context.hints;
    this.#unreceived = context.hints.queuesOf(tenant, (queueName, nowMs) => this.#receivableSinceMs(queueName, nowMs));
    this.#settings = settings.model;
    const { manner } = settings;
    this.#manner = manner;
    this.#seenCounts = manner === undefined ? undefined : new SeenCounts(manner.countsAgeMs);
    this.#journal = journal;
    this.#label = context.accounts.tenantLabel(tenant);
    this.#maxStoredBytes = settings.maxStoredBytes;
    this.#note = noteWithin(context.note, 'mns', tenant.accountId, tenant.region);
    this.#outfitted = (model) => new FaultyModel(new RecordedModel(model, journal, this.#label), faults, tenant);
    this.#model = this.#outfitted(new MnsModel(settings.model, noteWithin(this.#note, 'model')));
    this.#longPolls = new LongPolls(clock, this.#model, settings.maxLongPolls, (work) => journal.hold(work));
    this.#stripes = settings.model.stripes;
    this.#stripeDraws = random.fork(`mns/stripes/${tenant.accountId}/${tenant.region}`);
    this.#deliveries = new Deliveries({
      clock,
      random: random.fork(`mns/deliveries/${tenant.accountId}/${tenant.region}`),
      journal,
      strike: (identity) =>
        faults.strike(['drop-delivery', 'late-delivery', 'repeat-delivery'], { ...tenant, ...identity }),
      deliver: (queueName, message, tell) => {
        const result = this.#model.apply({ type: 'deliverMessage', queueName, message }, clock.now());
        if (!result.ok) return result.failure;
        tell(result.value.messageId);
        this.#arrived(queueName);
        return undefined;
      },
      push: (push) => pushes.send(push),
      undelivered: ({ topicName, subscriptionName }, to, reason) =>
        this.#hints.observe({ kind: 'undelivered', topicName, subscriptionName, to, reason }),
      lagMs: manner === undefined ? undefined : () => manner.deliveryLagMs(),
      isSubscribed: (topicName, subscriptionName) =>
        this.apply({ type: 'getSubscription', topicName, subscriptionName }).ok,
      note: noteWithin(this.#note, 'deliveries'),
    });
  }

  /** Carries out a command now, and serves the receives that wait at its queue. */
  apply<T extends DirectCommandType>(command: MnsCommand<T>): MnsResult<T> {
    const result = this.#model.apply<T>(command, this.#clock.now());
    if ('queueName' in command && typeof command.queueName === 'string') {
      const { type, queueName } = command;
      if (ARRIVALS.has(type) && result.ok) this.#arrived(queueName);
      else this.#longPolls.queueChanged(queueName);
      if (ARRIVALS.has(type) && !result.ok && result.failure.code === 'TooManyRequests') this.#tellFull(queueName);
      if (type === 'deleteQueue') {
        this.#unreceived.deleted(queueName);
        this.#seenCounts?.forget(queueName);
      }
    }
    return this.#named(result);
  }

  /** Subscribes to a topic. */
  subscribe(input: MnsCommands['subscribe']['input']): MnsResult<'subscribe'> {
    const result = this.#model.apply({ type: 'subscribe', ...input }, this.#clock.now());
    const { topicName, subscriptionName, settings } = input;
    const { endpoint } = settings;
    if (result.ok) {
      this.#hints.observe({ kind: 'subscribed', tenant: this.tenant, topicName, subscriptionName, endpoint });
    }
    return result;
  }

  /** What is known of a queue; the counts may be those of a little while ago. */
  queue(queueName: string): MnsResult<'getQueue'> {
    const result = this.apply({ type: 'getQueue', queueName });
    if (!result.ok || this.#seenCounts === undefined) return result;
    return done(this.#seenCounts.of(result.value, this.#clock.now()));
  }

  /**
   * Receives, waiting if there is nothing; no messages at all mean that the wait is over. `settle` may be called before this
   * returns. `spentMs` is how long the request has been held back.
   */
  receive(
    queueName: string,
    count: number,
    waitSeconds: number | undefined,
    signal: AbortSignal | undefined,
    spentMs: number,
    settle: (result: MnsResult<'receiveMessages'>) => void,
  ): void {
    this.#lookedInto(queueName);
    const wait = waitSeconds === undefined ? {} : { waitSeconds };
    const manner = this.#manner?.receive(spentMs);
    const narrowMs = manner?.narrowMs ?? 0;
    if (narrowMs > 0) {
      this.#journal.record({ kind: 'narrow-receive', queueName, forMs: narrowMs, tenant: this.#label });
    }
    const input = { queueName, count, stripe: this.#drawStripe(), ...wait };
    this.#longPolls.receive(input, signal, (result) => settle(this.#named(result)), manner);
  }

  /** Shows what a receive might give, and changes nothing. */
  peek(queueName: string, count: number): MnsResult<'peekMessages'> {
    this.#lookedInto(queueName);
    const stripe = this.#drawStripe();
    return this.#named(this.#model.apply({ type: 'peekMessages', queueName, count, stripe }, this.#clock.now()));
  }

  /** Publishes; what goes to an existing queue is there before this returns (spec mns §11.8), unless the profile has a lag. */
  publish(topicName: string, message: TopicMessage): MnsResult<'publishMessage'> {
    const result = this.#model.apply({ type: 'publishMessage', topicName, message }, this.#clock.now());
    if (!result.ok) return result;
    const { subscriptions } = result.value;
    this.#hints.observe({
      kind: 'published',
      tenant: this.tenant,
      topicName,
      body: message.body,
      subscriptions,
      hasSubscriptions: subscriptions.length > 0 || this.#hasSubscriptions(topicName),
    });
    for (const subscription of result.value.subscriptions) {
      this.#deliver(topicName, message, result.value, subscription);
    }
    return result;
  }

  /** About how much memory the stored messages take, in bytes. */
  get storedBytes(): number {
    return this.#model.storedBytes;
  }

  get queueCount(): number {
    return this.#model.queueCount;
  }

  get topicCount(): number {
    return this.#model.topicCount;
  }

  /** How many receives are waiting. */
  get waitingReceives(): number {
    return this.#longPolls.waiting;
  }

  /** The deliveries that wait for their next attempt, or for an answer. */
  pendingDeliveries(): readonly PendingDelivery[] {
    return this.#clock.named(this.#deliveries.pending());
  }

  /** Whether there is a queue or topic of this name. */
  has(kind: 'queue' | 'topic', name: string): boolean {
    const nowMs = this.#clock.now();
    return kind === 'queue'
      ? this.#model.apply({ type: 'getQueue', queueName: name }, nowMs).ok
      : this.#model.apply({ type: 'getTopic', topicName: name }, nowMs).ok;
  }

  /** Answers every waiting receive and gives up every retry. */
  close(): void {
    this.#longPolls.close();
    this.#deliveries.close();
  }

  /** Everything that survives, as it is now, as data. */
  record(): MnsTenantRecord {
    const model = this.#model.record(this.#clock.now());
    const deliveries = this.#deliveries.records();
    return {
      ...(Object.keys(model).length === 0 ? {} : { model }),
      ...(Object.keys(deliveries).length === 0 ? {} : { deliveries }),
    };
  }

  /**
   * Makes a checked record ready to take the place of what is here; carried out when called, which never throws.
   *
   * Receives that wait are served from it, or refused where their queue is no more.
   */
  prepare({ model = {}, deliveries = {} }: MnsTenantRecord): () => void {
    const prepared = this.#outfitted(recordedMnsModel(model, this.#settings, noteWithin(this.#note, 'model')));
    return () => {
      this.#model = prepared;
      this.#deliveries.restore(deliveries);
      this.#unreceived.replaced(Object.keys(model.queues ?? {}));
      this.#longPolls.changeModel(this.#model);
    };
  }

  /** A message came into a queue. */
  #arrived(queueName: string): void {
    this.#longPolls.queueChanged(queueName);
    this.#unreceived.arrived(queueName);
  }

  /** Somebody asks a queue for messages; what is not there cannot be remembered. */
  #lookedInto(queueName: string): void {
    if (!this.#unreceived.isSettled(queueName) && this.has('queue', queueName)) this.#unreceived.received(queueName);
  }

  /** Since when, or from when on, a queue that nobody has received from has had a message that could be received. */
  #receivableSinceMs(queueName: string, nowMs: number): number | undefined {
    const one = this.#model.apply({ type: 'inspectMessages', queueName, state: 'active', limit: 1 }, nowMs);
    const [first] = one.ok ? one.value.items : [];
    // Somebody has received it, be it before a restart.
    if (first !== undefined && first.dequeueCount > 0) return undefined;
    return first?.dueAtMs ?? this.#model.nextDueMs(queueName);
  }

  #tellFull(queueName: string): void {
    this.#hints.observe({ kind: 'store-full', tenant: this.tenant, queueName, maxBytes: this.#maxStoredBytes });
  }

  #hasSubscriptions(topicName: string): boolean {
    const list = this.#model.apply(
      { type: 'listSubscriptions', topicName, prefix: '', marker: '', limit: 1 },
      this.#clock.now(),
    );
    return list.ok && list.value.items.length > 0;
  }

  /** As clients are told. */
  #named<V>(result: Result<V>): Result<V> {
    return result.ok ? done(this.#clock.named(result.value)) : result;
  }

  #drawStripe(): number {
    return this.#stripes === 1 ? 0 : this.#stripeDraws.integer(0, this.#stripes - 1);
  }

  #deliver(topicName: string, message: TopicMessage, publication: Publication, subscription: Subscription): void {
    const { accountId } = this.tenant;
    const { messageId, bodyMd5, publishedAtMs } = publication;
    const { tag, userProperties, systemProperties, messageGroupId, attributes } = message;
    const notification = {
      topicOwner: accountId,
      topicName,
      subscriber: accountId,
      subscriptionName: subscription.name,
      messageId,
      message: message.body,
      messageMd5: bodyMd5,
      ...(tag === undefined ? {} : { messageTag: tag }),
      publishedAtMs: this.#clock.nameOf(publishedAtMs),
    };
    const body = notificationBody(subscription.notifyContentFormat, notification);
    const group = messageGroupId === undefined ? {} : { messageGroupId };
    const draft = { body, priority: DEFAULT_PRIORITY, userProperties, systemProperties, ...group };
    this.#deliveries.start({
      subscription,
      notification,
      message: draft,
      ...(attributes === undefined ? {} : { attributes }),
    });
  }
}
