import { SeededRandom } from '@mnsbus/core';
import { Claims } from './dedup/claims.js';
import { Consumers } from './consume/consumers.js';
import { PushConsumer } from './consume/push-consumer.js';
import { QueueConsumer } from './consume/queue-consumer.js';
import { Dispatcher, type DispatcherParts } from './dispatch/dispatcher.js';
import { createTransport } from './mns/mns-transport.js';
import { QueueClient } from './mns/queue-client.js';
import type { MnsTransport } from './mns/transport.js';
import type { ResolvedBridgeOptions } from './options/bridge-options.js';
import type { CurrentSettings } from './options/bridge-settings.js';
import { AdminClient } from './provision/admin-client.js';
import { ReplicaQueue } from './provision/replica-queue.js';
import { StatusFeed } from './status/status-feed.js';
import { RecentEvents } from './wait/recent-events.js';
import { Waiters } from './wait/waiters.js';

/** The parts of one bridge, wired up. */
export interface Assembly {
  readonly settings: CurrentSettings;
  readonly transport: MnsTransport;
  readonly status: StatusFeed;
  readonly waiters: Waiters;
  readonly pushes: PushConsumer;
  readonly consumers: Consumers;
  /** Set with `fanout: 'replica'`. */
  readonly replica: ReplicaQueue | undefined;
  readonly clientOf: (queueName: string) => QueueClient;
}

/** Makes the parts of a bridge and tells them of each other; starts nothing. */
export function assemble(options: ResolvedBridgeOptions, listeners: DispatcherParts['listeners']): Assembly {
  const { mns, clock, recentEvents, deduplicator, decode } = options;
  const random = new SeededRandom(options.seed);
  const settings: CurrentSettings = { current: options.settings };
  const status = new StatusFeed(clock);
  const transport = createTransport(mns, {
    clock,
    random: random.fork('credentials'),
    handler: options.transport,
    report: (fact) => status.emit(fact),
  });
  const recent = new RecentEvents(clock, recentEvents.limit, recentEvents.maxAgeMs);
  const waiters = new Waiters({ clock, random: random.fork('waits'), recent });
  const unhandled = (): 'release' | 'delete' => settings.current.unhandled;
  const replica = replicaOf(options, {
    admin: new AdminClient({ transport, clock, random: random.fork('admin') }),
    random: random.fork(`replica/${clock.now()}`),
    status,
    retryNow: (queueName) => consumers.retryNow(queueName),
  });
  // Each replica is to get every event: what one has handled is not handled for the others.
  const scope = replica === undefined ? '' : `${replica.queueName}/`;
  const claims = deduplicator === undefined ? undefined : new Claims(deduplicator, clock, scope);
  const dispatcher = new Dispatcher({ decode, listeners, waiters, recent, claims, unhandled });
  const clientOf = (queueName: string): QueueClient =>
    new QueueClient(queueName, transport, clock, options.readTimeoutMs);
  const consumerOf = (queueName: string): QueueConsumer =>
    new QueueConsumer({
      queue: clientOf(queueName),
      dispatcher,
      clock,
      random: random.fork(`queue/${queueName}`),
      settings,
      report: (fact) => status.emit({ ...fact, queueName }),
    });
  const pushes = new PushConsumer({
    dispatcher,
    clock,
    clientOf,
    settings,
    random: random.fork('pushes'),
    report: (fact) => status.emit({ ...fact, queueName: undefined }),
  });
  const queueNames = replica === undefined ? options.queueNames : [replica.queueName];
  const consumers: Consumers = new Consumers(queueNames.map(consumerOf), pushes);
  return { settings, transport, status, waiters, pushes, consumers, replica, clientOf };
}

interface ReplicaNeeds {
  readonly admin: AdminClient;
  readonly random: SeededRandom;
  readonly status: StatusFeed;
  readonly retryNow: (queueName: string) => void;
}

function replicaOf(
  { replica, clock, mns }: ResolvedBridgeOptions,
  { admin, random, status, retryNow }: ReplicaNeeds,
): ReplicaQueue | undefined {
  if (replica === undefined) return undefined;
  const { accountId, region } = mns;
  const queue: ReplicaQueue = new ReplicaQueue({
    ...replica,
    admin,
    clock,
    random,
    accountId,
    region,
    report: (fact) => status.emit({ ...fact, queueName: queue.queueName }),
    onRecreated: () => retryNow(queue.queueName),
  });
  return queue;
}
