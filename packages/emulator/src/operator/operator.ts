import { MnsbusError } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { applyConfig } from '../config/apply-config.js';
import type { ResourceOptions } from '../config/resource-options.js';
import type { ImmService } from '../imm-service.js';
import type { MnsService } from '../mns-service.js';
import type { MnsTenant } from '../mns/mns-tenant.js';
import { DEFAULT_PRIORITY } from '../mns/model/limits.js';
import type { SentMessage } from '../mns/model/message.js';
import type { MessageProperty } from '../mns/model/message-properties.js';
import type { StoredMessageView } from '../mns/model/stored-message-view.js';
import type { EmulatorContext } from '../runtime/context.js';
import type { OperatorFact } from '../runtime/operator-fact.js';
import { isXmlText } from '../runtime/xml-text.js';
import { chosenTenant, valueOf, type TenantChoice } from './chosen-tenant.js';

/** A message for a queue. */
export interface SendRequest extends TenantChoice {
  readonly queueName: string;
  readonly body: string;
  /** 1 (first) to 16. Default 8. */
  readonly priority?: number;
  /** 0–604,800 seconds. Default the queue's own. */
  readonly delaySeconds?: number;
  /** Default none. */
  readonly userProperties?: readonly MessageProperty[];
}

/** A message for a topic. */
export interface PublishRequest extends TenantChoice {
  readonly topicName: string;
  readonly body: string;
  /** 1–255 characters; the docs promise 16. Default none. */
  readonly tag?: string;
  /** Default none. */
  readonly userProperties?: readonly MessageProperty[];
}

/** Messages of a queue. */
export interface MessageSelection extends TenantChoice {
  readonly queueName: string;
  /** All of them must be there. */
  readonly messageIds: readonly string[];
}

/** Messages that shall be received again. */
export interface RedriveRequest extends TenantChoice {
  readonly queueName: string;
  /** Default all that the queue keeps. */
  readonly messageIds?: readonly string[];
  /** Where they shall go, for example back from a queue of dead letters. Default they stay, and become active. */
  readonly toQueueName?: string;
}

/** What became of a redrive. */
export interface Redriven {
  /** Those that have become active, or have left the queue. */
  readonly messageIds: readonly string[];
  /** What they are called in the other queue, in the same order; only if there is one. */
  readonly newMessageIds?: readonly string[];
}

/**
 * What can be done to an emulator without signing a request. Each act is in the journal (`operated`).
 *
 * Every method throws `INVALID_ARGUMENT`, and `RESOURCE_NOT_FOUND` for a queue, topic or message that does not exist; then
 * nothing has changed.
 */
export interface EmulatorOperator {
  /** Publishes as PublishMessage does; what goes to existing queues is there when this returns. */
  publish(request: PublishRequest): { readonly messageId: string };
  /** Sends as SendMessage does. */
  send(request: SendRequest): SentMessage;
  /** Makes delayed and inactive messages active, or moves messages in any state to another queue, where they are new. */
  redrive(request: RedriveRequest): Redriven;
  /** Removes messages as if their retention were over. */
  expire(selection: MessageSelection): { readonly messageIds: readonly string[] };
  /** Deletes messages, whoever holds them. */
  deleteMessages(selection: MessageSelection): { readonly messageIds: readonly string[] };
  /**
   * Makes queues, topics, subscriptions and projects; what is there already, alike, stays as it is. Throws for the first
   * that cannot be made, with its path; those before it are there then.
   */
  seed(resources: ResourceOptions): void;
  /** Deletes every message of a queue, and tells how many. */
  purge(request: TenantChoice & { readonly queueName: string }): { readonly count: number };
}

/** Most ids of one entry of the journal, so that emptying large queues does not fill it. */
export const MAX_NOTED_IDS = 1000;

/** Operates the two services. */
export function createOperator(
  { accounts, journal }: Pick<EmulatorContext, 'accounts' | 'journal'>,
  mns: Pick<MnsService, 'tenant' | 'tenants'>,
  imm: Pick<ImmService, 'putProject'>,
): EmulatorOperator {
  const at = (choice: TenantChoice): MnsTenant => mns.tenant(chosenTenant(accounts, choice));
  const note = (operation: OperatorFact['operation'], { tenant }: MnsTenant, fact: Partial<OperatorFact>): void => {
    const ids = fact.messageIds;
    const label = accounts.tenantLabel(tenant);
    journal.lead({
      kind: 'operated',
      operation,
      ...(label === undefined ? {} : { tenant: label }),
      ...fact,
      ...(ids === undefined ? {} : { messageIds: ids.slice(0, MAX_NOTED_IDS), count: ids.length }),
    });
  };
  const discard = (
    operation: 'expire' | 'delete' | 'purge',
    { queueName, messageIds, ...choice }: RedriveRequest,
  ): readonly string[] => {
    const tenant = at(choice);
    const selection = messageIds === undefined ? {} : { messageIds: readIds(messageIds) };
    const reason = operation === 'expire' ? 'expired' : 'deleted';
    const gone = valueOf(tenant.apply({ type: 'discardMessages', queueName, reason, ...selection }));
    const ids = gone.map(({ messageId }) => messageId);
    note(operation, tenant, { queueName, messageIds: ids });
    return ids;
  };
  const acts: EmulatorOperator = {
    publish: ({ topicName, body, tag, userProperties = [], ...choice }) => {
      const tenant = at(choice);
      checkTexts(body, userProperties);
      const message = { body, ...(tag === undefined ? {} : { tag }), userProperties, systemProperties: [] };
      const { messageId } = valueOf(tenant.publish(topicName, message));
      note('publish', tenant, { topicName, messageIds: [messageId] });
      return { messageId };
    },
    send: ({ queueName, body, priority = DEFAULT_PRIORITY, delaySeconds, userProperties = [], ...choice }) => {
      const tenant = at(choice);
      checkTexts(body, userProperties);
      const delay = delaySeconds === undefined ? {} : { delaySeconds };
      const message = { body, priority, ...delay, userProperties, systemProperties: [] };
      const sent = valueOf(tenant.apply({ type: 'sendMessage', queueName, message }));
      note('send', tenant, { queueName, messageIds: [sent.messageId] });
      return sent;
    },
    redrive: (request) => {
      const { queueName, messageIds, toQueueName, ...choice } = request;
      const tenant = at(choice);
      const selection = messageIds === undefined ? {} : { messageIds: readIds(messageIds) };
      if (toQueueName === undefined) {
        const ids = valueOf(tenant.apply({ type: 'releaseMessages', queueName, ...selection }));
        note('redrive', tenant, { queueName, messageIds: ids });
        return { messageIds: ids };
      }
      if (toQueueName === queueName) throw invalidArgument('toQueueName', 'another queue than queueName', toQueueName);
      valueOf(tenant.apply({ type: 'getQueue', queueName: toQueueName }));
      const taken = valueOf(tenant.apply({ type: 'discardMessages', queueName, reason: 'deleted', ...selection }));
      const newMessageIds = taken.map((message) => move(tenant, message, toQueueName));
      const ids = taken.map(({ messageId }) => messageId);
      note('redrive', tenant, { queueName, toQueueName, messageIds: ids });
      return { messageIds: ids, newMessageIds };
    },
    seed: (resources) => {
      applyConfig(resources, { mns, imm, accounts });
      journal.lead({ kind: 'operated', operation: 'seed' });
    },
    expire: (selection) => ({ messageIds: discard('expire', selection) }),
    deleteMessages: (selection) => ({ messageIds: discard('delete', selection) }),
    purge: ({ queueName, ...choice }) => ({ count: discard('purge', { queueName, ...choice }).length }),
  };
  // An act is told before what it brings about, though only known to be one when it has succeeded.
  return {
    publish: (request) => journal.hold(() => acts.publish(request)),
    send: (request) => journal.hold(() => acts.send(request)),
    redrive: (request) => journal.hold(() => acts.redrive(request)),
    seed: (resources) => journal.hold(() => acts.seed(resources)),
    expire: (selection) => journal.hold(() => acts.expire(selection)),
    deleteMessages: (selection) => journal.hold(() => acts.deleteMessages(selection)),
    purge: (request) => journal.hold(() => acts.purge(request)),
  };
}

/** As a topic delivers, so that an envelope which was larger than the limit fits once more. */
function move(tenant: MnsTenant, message: StoredMessageView, queueName: string): string {
  const { body, priority, userProperties, systemProperties, messageGroupId } = message;
  const group = messageGroupId === undefined ? {} : { messageGroupId };
  const draft = { body, priority, delaySeconds: 0, userProperties, systemProperties, ...group };
  return valueOf(tenant.apply({ type: 'deliverMessage', queueName, message: draft, isMoved: true })).messageId;
}

function readIds(messageIds: readonly string[]): readonly string[] {
  if (Array.isArray(messageIds) && messageIds.every((id) => typeof id === 'string')) return messageIds;
  throw invalidArgument('messageIds', 'a list of message ids', messageIds);
}

/** What XML cannot carry would be stored but could never be received. */
function checkTexts(body: string, properties: readonly MessageProperty[]): void {
  if (typeof body === 'string' && [body, ...properties.map(({ value }) => value)].every(isXmlText)) return;
  throw new MnsbusError({
    code: 'INVALID_ARGUMENT',
    message: 'body: expected a text of characters that XML can carry, in the body and in every property',
  });
}
