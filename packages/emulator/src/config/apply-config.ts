import { MnsbusError } from '@mnsbus/core';
import type { ImmService } from '../imm-service.js';
import { isProjectName } from '../imm/rpc/actions/2017-09-06/projects.js';
import { projectName } from '../imm/rpc/actions/2020-09-30/parameter.js';
import type { MnsService } from '../mns-service.js';
import { describeFailure } from '../mns/rest/error-catalogue.js';
import type { Result } from '../mns/failure.js';
import { checkName, type ResourceKind } from '../mns/model/resource-name.js';
import { DEFAULT_NOTIFY_CONTENT_FORMAT, DEFAULT_NOTIFY_STRATEGY } from '../mns/model/subscription.js';
import type { Accounts, Tenant } from '../runtime/accounts.js';
import { defined } from '../runtime/defined.js';
import {
  IMM_API_VERSIONS,
  type ImmApiVersion,
  type ProjectOptions,
  type QueueOptions,
  type ResourceOptions,
  type SubscriptionOptions,
  type TenantOptions,
  type TopicOptions,
} from './resource-options.js';
import { pathText, type ValuePath } from './value-path.js';

/** A resource that cannot be made as it is asked for (code `INVALID_ARGUMENT`). */
export class ResourceRefused extends MnsbusError<'INVALID_ARGUMENT'> {
  override readonly name: string = 'ResourceRefused';
  /** Which one, within the {@link ResourceOptions}. */
  readonly path: ValuePath;
  /** Why, without the path. */
  readonly reason: string;

  constructor(path: ValuePath, reason: string) {
    super({ code: 'INVALID_ARGUMENT', message: `resources.${pathText(path)}: ${reason}` });
    this.path = path;
    this.reason = reason;
  }
}

/** What resources are made with. */
export interface ResourceMakers {
  readonly mns: Pick<MnsService, 'tenant'>;
  readonly imm: Pick<ImmService, 'putProject'>;
  readonly accounts: Accounts;
}

/** Each version of IMM, and how it lets projects be called. */
const PROJECT_NAMES: Readonly<
  Record<ImmApiVersion, { readonly fits: (name: string) => boolean; readonly rule: string }>
> = {
  '2017-09-06': {
    fits: isProjectName,
    rule: '1 to 50 letters, digits and hyphens, first a letter, and not ALL',
  },
  '2020-09-30': {
    fits: (name) => projectName.safeParse(name).success,
    rule: '1 to 128 letters, digits, hyphens and underscores, first a letter or an underscore',
  },
};

/**
 * Makes queues, topics, subscriptions and projects by the commands that requests are made of, so that all their rules hold.
 *
 * What is there already, with the same attributes, stays as it is. Throws {@link ResourceRefused} for the first that cannot
 * be made; those before it are there then.
 */
export function applyConfig(
  { queues = [], topics = [], projects = [] }: ResourceOptions,
  makers: ResourceMakers,
): void {
  for (const [index, queue] of queues.entries()) makeQueue(['queues', index], queue, makers);
  for (const [index, topic] of topics.entries()) makeTopic(['topics', index], topic, makers);
  for (const [index, project] of projects.entries()) makeProject(['projects', index], project, makers);
}

function makeQueue(path: ValuePath, options: QueueOptions, makers: ResourceMakers): void {
  const { name, accountId, region, ...attributes } = options;
  const mns = makers.mns.tenant(tenantOf(path, { accountId, region }, makers));
  checkResourceName(path, 'queue', name);
  carriedOut(path, mns.apply({ type: 'createQueue', queueName: name, attributes: defined(attributes) }));
}

function makeTopic(path: ValuePath, options: TopicOptions, makers: ResourceMakers): void {
  const { name: topicName, accountId, region, subscriptions = [], ...attributes } = options;
  const tenant = tenantOf(path, { accountId, region }, makers);
  const mns = makers.mns.tenant(tenant);
  checkResourceName(path, 'topic', topicName);
  carriedOut(path, mns.apply({ type: 'createTopic', topicName, attributes: defined(attributes) }));
  for (const [index, subscription] of subscriptions.entries()) {
    const place = [...path, 'subscriptions', index];
    const { name: subscriptionName, filterTag } = subscription;
    checkResourceName(place, 'subscription', subscriptionName);
    const settings = {
      endpoint: endpointOf(place, subscription, tenant),
      ...(filterTag === undefined ? {} : { filterTag }),
      notifyStrategy: subscription.notifyStrategy ?? DEFAULT_NOTIFY_STRATEGY,
      notifyContentFormat: subscription.notifyContentFormat ?? DEFAULT_NOTIFY_CONTENT_FORMAT,
    };
    carriedOut(place, mns.subscribe({ topicName, subscriptionName, settings }));
  }
}

function makeProject(path: ValuePath, options: ProjectOptions, makers: ResourceMakers): void {
  const { name, apiVersions = IMM_API_VERSIONS } = options;
  const tenant = tenantOf(path, options, makers);
  for (const version of apiVersions) {
    const { fits, rule } = PROJECT_NAMES[version];
    if (!fits(name)) throw new ResourceRefused([...path, 'name'], `expected for ${version} ${rule}`);
    const refusal = makers.imm.putProject(tenant, version, name);
    if (refusal !== undefined && refusal !== 'project-exists') throw new ResourceRefused(path, refusal);
  }
}

function tenantOf(
  path: ValuePath,
  options: { readonly [K in keyof TenantOptions]: TenantOptions[K] | undefined },
  { accounts }: ResourceMakers,
): Tenant {
  const { accountId, region } = { ...accounts.defaultTenant, ...defined(options) };
  if (!accounts.hasAccount(accountId)) {
    throw new ResourceRefused([...path, 'accountId'], `expected an account that has keys, received ${accountId}`);
  }
  return { accountId, region };
}

function endpointOf(path: ValuePath, { queue, endpoint }: SubscriptionOptions, { accountId, region }: Tenant): string {
  if (queue !== undefined && endpoint === undefined) return `acs:mns:${region}:${accountId}:queues/${queue}`;
  if (endpoint !== undefined && queue === undefined) return endpoint;
  throw new ResourceRefused(path, 'expected either queue or endpoint');
}

function checkResourceName(path: ValuePath, kind: ResourceKind, name: string): void {
  const failure = checkName(kind, name);
  if (failure !== undefined) throw new ResourceRefused([...path, 'name'], describeFailure(failure).message);
}

function carriedOut(path: ValuePath, result: Result<unknown>): void {
  if (result.ok) return;
  const { code } = result.failure;
  throw new ResourceRefused(path, `${code}: ${describeFailure(result.failure).message}`);
}
