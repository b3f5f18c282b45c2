const {
  ACCOUNT_ID: accountId = '',
  ACCESS_KEY_ID: accessKeyId = '',
  ACCESS_KEY_SECRET: accessKeySecret = '',
} = process.env;

/** Who calls, and where. */
export const mns = { accountId, accessKeyId, accessKeySecret, region: 'cn-beijing' };

/** The queue that the samples read, and whose it is. */
export const connection = { mns, queueName: 'imm-events' };
