import { badElement } from '../failure.js';
import {
  DEFAULT_NOTIFY_CONTENT_FORMAT,
  DEFAULT_NOTIFY_STRATEGY,
  type NotifyContentFormat,
  type NotifyStrategy,
  type SubscriptionSettings,
} from '../model/subscription.js';
import type { XmlElement } from '@mnsbus/core';
import { element } from '../xml-writer.js';
import { defined } from '../../runtime/defined.js';
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
    const creation = valueOf(mns.apply({ type: 'subscribe', topicName, subscriptionName, settings }));
    // Without a scheme, unlike the locations of queues and topics.
    const location = `${endpoint.host}/topics/${topicName}/subscriptions/${subscriptionName}`;
    return { status: creation === 'created' ? 201 : 204, location };
  },
};

/** `GET /topics/{topic}/subscriptions/{subscription}` (spec mns §2.16). */
export const getSubscriptionAttributes: Operation = {
  name: 'GetSubscriptionAttributes',
  run: ({ mns, topicName, subscriptionName }): Reply => {
    const found = valueOf(mns.apply({ type: 'getSubscription', topicName, subscriptionName }));
    const { accountId } = mns.tenant;
    const root = element('Subscription', [
      element('CreateTime', seconds(found.createdAtMs)),
      element('Endpoint', found.endpoint),
      ...(found.filterTag === undefined ? [] : [element('FilterTag', found.filterTag)]),
      element('LastModifyTime', seconds(found.modifiedAtMs)),
      element('NotifyContentFormat', found.notifyContentFormat),
      element('NotifyStrategy', found.notifyStrategy),
      element('Subscriber', accountId),
      element('SubscriptionName', found.name),
      element('TopicName', topicName),
      element('TopicOwner', accountId),
    ]);
    return { status: 200, root };
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
