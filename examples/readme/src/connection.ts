const {
  ALIBABA_CLOUD_ACCOUNT_ID: accountId = '',
  ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId = '',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret = '',
} = process.env;

/** Who calls, and where. */
export const mns = { accountId, accessKeyId, accessKeySecret, region: 'cn-beijing' };

/** The queue that the samples read, and whose it is. */
export const connection = { mns, queueName: 'imm-events' };
