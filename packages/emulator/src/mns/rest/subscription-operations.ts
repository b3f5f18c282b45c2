import { badElement } from '../failure.js';
import {
  DEFAULT_NOTIFY_CONTENT_FORMAT,
  DEFAULT_NOTIFY_STRATEGY,
  type NotifyContentFormat,
  type NotifyStrategy,
  type Subscription,
  type SubscriptionSettings,
} from '../model/subscription.js';
import type { XmlElement } from '@mnsbus/core/internal';
import type { SubscriptionChange } from '../model/commands.js';
import { element, type XmlNode } from '../xml-writer.js';
import { defined } from '../../runtime/defined.js';
import { endpointUrl } from './endpoint.js';
import { listReply, readPageRequest, wantsAttributes } from './list-page.js';
import type { Operation } from './operation.js';
import type { Reply } from './reply.js';
import { childWord } from './request-body.js';
import { RequestRefused, valueOf } from './request-refused.js';
import { seconds } from './value-text.js';

const STRATEGIES: readonly NotifyStrategy[] = ['BACKOFF_RETRY', 'EXPONENTIAL_DECAY_RETRY'];
const FORMATS: readonly NotifyContentFormat[] = ['JSON', 'XML', 'SIMPLIFIED'];

/** `PUT /topics/{topic}/subscriptions/{subscription}` (spec mns §2.16). */
export const subscribe: Operation = {
  name: 'Subscribe',
  run: ({ mns, topicName, subscriptionName, body, endpoint }): Reply => {
    const settings = readSettings(body.root('Subscription'));
    const creation = valueOf(mns.subscribe({ topicName, subscriptionName, settings }));
    // Without a scheme, unlike the locations of queues and topics.
    const location = `${endpoint.host}/topics/${topicName}/subscriptions/${subscriptionName}`;
    return { status: creation === 'created' ? 201 : 204, location };
  },
};

/** `PUT /topics/{topic}/subscriptions/{subscription}?metaoverride=true` (spec mns §2.16). */
export const setSubscriptionAttributes: Operation = {
  name: 'SetSubscriptionAttributes',
  run: ({ mns, topicName, subscriptionName, body }): Reply => {
    const attributes = body.isEmpty ? {} : readChange(body.root('Subscription'));
    valueOf(mns.apply({ type: 'setSubscriptionAttributes', topicName, subscriptionName, attributes }));
    return { status: 204 };
  },
};

/** `GET /topics/{topic}/subscriptions/{subscription}` (spec mns §2.16). */
export const getSubscriptionAttributes: Operation = {
  name: 'GetSubscriptionAttributes',
  run: ({ mns, topicName, subscriptionName }): Reply => {
    const found = valueOf(mns.apply({ type: 'getSubscription', topicName, subscriptionName }));
    return { status: 200, root: element('Subscription', subscriptionNodes(found, topicName, mns.tenant.accountId)) };
  },
};

/** `GET /topics/{topic}/subscriptions` (spec mns §2.16). */
export const listSubscriptionByTopic: Operation = {
  name: 'ListSubscriptionByTopic',
  run: (call): Reply => {
    const { mns, topicName, endpoint } = call;
    const page = valueOf(mns.apply({ type: 'listSubscriptions', topicName, ...readPageRequest(call) }));
    return listReply('Subscriptions', 'Subscription', page, (entry) => [
      element('SubscriptionURL', `${endpointUrl(endpoint)}/topics/${topicName}/subscriptions/${entry.name}`),
      ...(wantsAttributes(call)
        ? subscriptionNodes(entry, topicName, mns.tenant.accountId)
        : [element('SubscriptionName', entry.name)]),
    ]);
  },
};

/** `DELETE /topics/{topic}/subscriptions/{subscription}` (spec mns §2.16). */
export const unsubscribe: Operation = {
  name: 'Unsubscribe',
  run: ({ mns, topicName, subscriptionName }): Reply => {
    valueOf(mns.apply({ type: 'unsubscribe', topicName, subscriptionName }));
    return { status: 204 };
  },
};

/** In the alphabetical order of the docs' sample (spec mns §2.16). */
function subscriptionNodes(subscription: Subscription, topicName: string, accountId: string): readonly XmlNode[] {
  const { filterTag } = subscription;
  return [
    element('CreateTime', seconds(subscription.createdAtMs)),
    element('Endpoint', subscription.endpoint),
    ...(filterTag === undefined ? [] : [element('FilterTag', filterTag)]),
    element('LastModifyTime', seconds(subscription.modifiedAtMs)),
    element('NotifyContentFormat', subscription.notifyContentFormat),
    element('NotifyStrategy', subscription.notifyStrategy),
    element('Subscriber', accountId),
    element('SubscriptionName', subscription.name),
    element('TopicName', topicName),
    element('TopicOwner', accountId),
  ];
}

function readChange(root: XmlElement): SubscriptionChange {
  return defined({
    filterTag: childWord(root, 'FilterTag'),
    notifyStrategy: childChoice(root, 'NotifyStrategy', STRATEGIES),
  });
}

function readSettings(root: XmlElement): SubscriptionSettings {
  const endpoint = childWord(root, 'Endpoint');
  if (endpoint === undefined) throw new RequestRefused(badElement('Endpoint'));
  return {
    endpoint,
    ...defined({ filterTag: childWord(root, 'FilterTag') }),
    notifyStrategy: childChoice(root, 'NotifyStrategy', STRATEGIES) ?? DEFAULT_NOTIFY_STRATEGY,
    notifyContentFormat: childChoice(root, 'NotifyContentFormat', FORMATS) ?? DEFAULT_NOTIFY_CONTENT_FORMAT,
  };
}

/** One of the allowed words in a child element; `undefined` when it is absent or empty. Throws `InvalidArgument` for any other. */
function childChoice<T extends string>(root: XmlElement, name: string, choices: readonly T[]): T | undefined {
  const word = childWord(root, name);
  const choice = choices.find((candidate) => candidate === word);
  if (word !== undefined && choice === undefined) throw new RequestRefused(badElement(name));
  return choice;
}
