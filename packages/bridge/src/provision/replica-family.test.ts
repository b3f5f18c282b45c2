import { describe, expect, it } from 'vitest';
import { ReplicaFamily } from './replica-family.js';

const family = new ReplicaFamily({ accountId: '1', region: 'cn-beijing', topicName: 't', prefix: 'events' });
const NAME = 'events-r-0123456789abcdef';

const AS_MADE = { Endpoint: `acs:mns:cn-beijing:1:queues/${NAME}`, NotifyContentFormat: 'JSON' };

describe('A family of replicas', () => {
  it('names its members, and knows such names again', () => {
    expect(family.nameOf((digits) => '0123456789abcdef'.slice(0, digits))).toBe(NAME);
    expect(family.isName(NAME)).toBe(true);
    for (const name of [
      `${NAME}0`,
      NAME.slice(0, -1),
      NAME.toUpperCase(),
      `my-${NAME}`,
      NAME.replace('events', 'event'),
    ])
      expect(family.isName(name)).toBe(false);
    expect(family.isName('events-s-0123456789abcdef')).toBe(false);
  });

  it('says how queue and subscription are made, and reads of a queue nothing that it has not said itself', () => {
    expect([family.topicName, family.start]).toEqual(['t', 'events-r-']);
    expect(family.queue(NAME)).toEqual({
      kind: 'queue',
      name: NAME,
      path: `/queues/${NAME}`,
      attributes: {},
      onCreation: { PollingWaitSeconds: '0' },
      fixed: [],
    });
    expect(family.subscription(NAME)).toEqual({
      kind: 'subscription',
      name: NAME,
      path: `/topics/t/subscriptions/${NAME}`,
      attributes: { Endpoint: AS_MADE.Endpoint },
      onCreation: { NotifyContentFormat: 'JSON' },
      fixed: [],
    });
  });

  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['as it is made', AS_MADE, true],
    ['with more that the service says', { ...AS_MADE, NotifyStrategy: 'BACKOFF_RETRY', FilterTag: '' }, true],
    ['with a tag', { ...AS_MADE, FilterTag: 'paid' }, false],
    ['in another format', { ...AS_MADE, NotifyContentFormat: 'XML' }, false],
    ['of another queue', { ...AS_MADE, Endpoint: `${AS_MADE.Endpoint}0` }, false],
    ['of nothing', {}, false],
  ])('knows a subscription %s', (_, existing, isKnown) => {
    expect(family.isSubscription(NAME, existing)).toBe(isKnown);
  });

  it('knows no subscription of another name, however it was made', () => {
    const name = `${NAME}0`;
    expect(family.isSubscription(name, { ...AS_MADE, Endpoint: `acs:mns:cn-beijing:1:queues/${name}` })).toBe(false);
  });
});
