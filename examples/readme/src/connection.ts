import type { BridgeOptions } from '@mnsbus/bridge';

const {
  ACCOUNT_ID: accountId = '',
  ACCESS_KEY_ID: accessKeyId = '',
  ACCESS_KEY_SECRET: accessKeySecret = '',
} = process.env;

/** The queue that the samples read, and whose it is. */
export const connection: Pick<BridgeOptions, 'mns' | 'queueName'> = {
  mns: { accountId, accessKeyId, accessKeySecret, region: 'cn-beijing' },
  queueName: 'imm-events',
};
