import MNSClient from '@alicloud/mns';
import type { Settings } from './settings.js';

/** MNS through the real `@alicloud/mns`. */
export function createMns({
  accountId,
  accessKeyId,
  accessKeySecret,
  securityToken,
  region,
  endpoint,
}: Settings): MNSClient {
  return new MNSClient(accountId, {
    accessKeyId,
    accessKeySecret,
    ...(securityToken === undefined ? {} : { securityToken }),
    ...(endpoint === undefined ? { region } : { endpoint }),
  });
}

/** Creates topic, queue and the subscription between them; what exists already is left as it is. */
export async function createTopicAndQueue(client: MNSClient, settings: Settings): Promise<void> {
  const { accountId, region, topicName, queueName } = settings;
  await client.createQueue(queueName);
  await client.createTopic(topicName);
  // The SDK's own subscribe() is an empty function.
  const subscription =
    '<?xml version="1.0" encoding="UTF-8"?><Subscription xmlns="http://mns.aliyuncs.com/doc/v1/">' +
    `<Endpoint>acs:mns:${region}:${accountId}:queues/${queueName}</Endpoint>` +
    '<NotifyContentFormat>JSON</NotifyContentFormat></Subscription>';
  const resource = `/topics/${topicName}/subscriptions/${queueName}`;
  await client.put(resource, 'Subscription', Buffer.from(subscription), ['location']);
}
