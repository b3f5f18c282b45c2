import MNSClient from '@alicloud/mns';
import RPCClient from '@alicloud/pop-core';

/** Whose resources, and where. */
export interface Account {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly region: string;
}

/** Creates what the app expects to find: project, topic, queue, and the subscription between them. */
export async function createResources(account: Account): Promise<void> {
  const { accountId, accessKeyId, accessKeySecret, region } = account;
  const imm = new RPCClient({
    accessKeyId,
    accessKeySecret,
    endpoint: `http://imm.${region}.aliyuncs.com`,
    apiVersion: '2017-09-06',
  });
  await imm.request('PutProject', { Project: 'demo' });
  const mns = new MNSClient(accountId, { accessKeyId, accessKeySecret, region });
  await mns.createQueue('imm-events');
  await mns.createTopic('imm-events');
  const endpoint = `acs:mns:${region}:${accountId}:queues/imm-events`;
  const subscription = `<Subscription><Endpoint>${endpoint}</Endpoint><NotifyContentFormat>JSON</NotifyContentFormat></Subscription>`;
  await mns.put('/topics/imm-events/subscriptions/imm-events', 'Subscription', Buffer.from(subscription));
}
