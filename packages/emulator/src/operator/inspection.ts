import { invalidArgument } from '@mnsbus/core/internal';
import type { ImmService } from '../imm-service.js';
import type { EmulatedTask } from '../imm/tasks-by-hand.js';
import type { HousedProject } from '../imm/housed.js';
import type { MnsService } from '../mns-service.js';
import type { PendingDelivery } from '../mns/deliveries.js';
import type { MnsTenant } from '../mns/mns-tenant.js';
import type { PageRequest, QueueView, TopicView } from '../mns/model/commands.js';
import { LIST_SIZE } from '../mns/model/limits.js';
import type { StoredMessageView } from '../mns/model/stored-message-view.js';
import type { MessageState } from '../mns/model/stored-message.js';
import type { Subscription } from '../mns/model/subscription.js';
import type { Accounts, Tenant } from '../runtime/accounts.js';
import type { EmulatorContext } from '../runtime/context.js';
import type { Page } from '../runtime/sorted-map.js';
import { chosenTenant, valueOf, type TenantChoice } from './chosen-tenant.js';

/** Which part of a list is asked for. */
export interface PageChoice {
  /** The `nextMarker` of the page before. Default the beginning. */
  readonly marker?: string;
  /** Most entries, 1–1000. Default 1000. */
  readonly limit?: number;
}

/** Which part of a list of names is asked for. */
export interface NamePageChoice extends TenantChoice, PageChoice {
  /** Only names that begin with it. Default all. */
  readonly prefix?: string;
}

/** Which messages of a queue are asked for. */
export interface MessagePageChoice extends TenantChoice, PageChoice {
  readonly queueName: string;
  /** Default every state. */
  readonly state?: MessageState;
}

/** An account, and what it has where. */
export interface InspectedAccount {
  readonly accountId: string;
  /** Those in which something was asked for. */
  readonly regions: readonly InspectedRegion[];
}

/** What an account has in a region. */
export interface InspectedRegion {
  readonly region: string;
  readonly queues: number;
  readonly topics: number;
  readonly projects: number;
  readonly tasks: number;
  /** Receives that wait for a message. */
  readonly waitingReceives: number;
  /** Deliveries that have not come to their end. */
  readonly pendingDeliveries: number;
}

/** Everything inside an emulator, to look at: nothing that a client sees changes by looking. Every method throws `INVALID_ARGUMENT`. */
export interface EmulatorInspection {
  /** Those with keys, by id, each with its regions. */
  accounts(): readonly InspectedAccount[];
  /** By name. */
  queues(choice?: NamePageChoice): Page<QueueView>;
  /** Throws `RESOURCE_NOT_FOUND`. */
  queue(queueName: string, choice?: TenantChoice): QueueView;
  /** In the order of sending, bodies and handed-out times included. Throws `RESOURCE_NOT_FOUND`. */
  messages(choice: MessagePageChoice): Page<StoredMessageView>;
  /** By name. */
  topics(choice?: NamePageChoice): Page<TopicView>;
  /** By name. Throws `RESOURCE_NOT_FOUND`. */
  subscriptions(topicName: string, choice?: NamePageChoice): Page<Subscription>;
  /** What topics still have to deliver, by the time of the next attempt; those that are being made come first. */
  deliveries(choice?: TenantChoice): readonly PendingDelivery[];
  /** By API version, tenant and name. */
  projects(): readonly HousedProject[];
  /** By API version and tenant, and then as submitted. */
  tasks(): readonly EmulatedTask[];
}

/** What an inspection looks at. */
export interface Inspected {
  readonly context: Pick<EmulatorContext, 'accounts'>;
  readonly mns: Pick<MnsService, 'tenant' | 'tenants'>;
  readonly imm: Pick<ImmService, 'projects' | 'tasks' | 'taskCounts'>;
}

/** Looks at the two services. */
export function createInspection({ context: { accounts }, mns, imm }: Inspected): EmulatorInspection {
  const known = (choice: TenantChoice): MnsTenant | undefined => {
    const wanted = chosenTenant(accounts, choice);
    return mns.tenants().find(({ tenant }) => isSame(tenant, wanted));
  };
  return {
    accounts: () => inspectAccounts(accounts, mns, imm),
    queues: (choice = {}) => {
      const page = pageRequest(choice);
      const found = known(choice);
      return found === undefined ? NO_PAGE : valueOf(found.apply({ type: 'inspectQueues', ...page }));
    },
    queue: (queueName, choice = {}) =>
      valueOf(orNone(known(choice), 'queue').apply({ type: 'inspectQueue', queueName })),
    messages: ({ queueName, state, ...choice }) => {
      const { limit, marker } = pageRequest(choice);
      const fromOffset = readOffset(marker);
      return valueOf(
        orNone(known(choice), 'queue').apply({
          type: 'inspectMessages',
          queueName,
          fromOffset,
          limit,
          ...(state === undefined ? {} : { state }),
        }),
      );
    },
    topics: (choice = {}) => {
      const page = pageRequest(choice);
      const found = known(choice);
      return found === undefined ? NO_PAGE : valueOf(found.apply({ type: 'listTopics', ...page }));
    },
    subscriptions: (topicName, choice = {}) => {
      const page = pageRequest(choice);
      return valueOf(orNone(known(choice), 'topic').apply({ type: 'listSubscriptions', topicName, ...page }));
    },
    deliveries: (choice = {}) =>
      (known(choice)?.pendingDeliveries() ?? []).toSorted((a, b) => (a.dueAtMs ?? 0) - (b.dueAtMs ?? 0)),
    projects: () => imm.projects(),
    tasks: () => imm.tasks.list(),
  };
}

const NO_PAGE: Page<never> = { items: [], nextMarker: undefined };

function inspectAccounts(
  accounts: Accounts,
  mns: Inspected['mns'],
  imm: Inspected['imm'],
): readonly InspectedAccount[] {
  const [projects, tasks] = [imm.projects(), imm.taskCounts()];
  const houses = [...projects, ...tasks].map(({ tenant }) => tenant);
  const tenants = [...mns.tenants().map(({ tenant }) => tenant), ...houses];
  const ids = new Set([...accounts.ids(), ...tenants.map(({ accountId }) => accountId)]);
  return [...ids].toSorted().map((accountId) => {
    const regions = new Set(tenants.filter((tenant) => tenant.accountId === accountId).map(({ region }) => region));
    return {
      accountId,
      regions: [...regions].toSorted().map((region) => {
        const isHere = ({ tenant }: { readonly tenant: Tenant }): boolean => isSame(tenant, { accountId, region });
        const found = mns.tenants().find(isHere);
        return {
          region,
          queues: found?.queueCount ?? 0,
          topics: found?.topicCount ?? 0,
          projects: projects.filter(isHere).length,
          tasks: tasks.filter(isHere).reduce((sum, { count }) => sum + count, 0),
          waitingReceives: found?.waitingReceives ?? 0,
          pendingDeliveries: found?.pendingDeliveries().length ?? 0,
        };
      }),
    };
  });
}

function isSame(a: Tenant, b: Tenant): boolean {
  return a.accountId === b.accountId && a.region === b.region;
}

function orNone(tenant: MnsTenant | undefined, kind: 'queue' | 'topic'): Pick<MnsTenant, 'apply'> {
  // A tenant that nobody has spoken of has nothing; looking for something there must not make one.
  return (
    tenant ?? { apply: () => ({ ok: false, failure: { code: kind === 'queue' ? 'QueueNotExist' : 'TopicNotExist' } }) }
  );
}

function pageRequest({ prefix = '', marker = '', limit = LIST_SIZE.high }: NamePageChoice): PageRequest {
  if (!(Number.isInteger(limit) && limit >= LIST_SIZE.low && limit <= LIST_SIZE.high)) {
    throw invalidArgument('limit', `a whole number from ${LIST_SIZE.low} to ${LIST_SIZE.high}`, limit);
  }
  return { prefix, marker, limit };
}

function readOffset(marker: string): number {
  if (!/^\d{0,15}$/.test(marker)) throw invalidArgument('marker', 'the nextMarker of the page before', marker);
  return Number(marker);
}
