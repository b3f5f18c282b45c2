import { createBridge } from '@mnsbus/bridge';

const {
  ALIBABA_CLOUD_ACCOUNT_ID: accountId = '',
  ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId = '',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret = '',
  MNS_ENDPOINT: endpoint,
} = process.env;

export const bus = createBridge({
  mns: { accountId, accessKeyId, accessKeySecret, region: 'cn-beijing', endpoint },
  queueName: 'imm-events',
});
bus.on('FormatConvertJob:JobFinished', ({ data }, { timing }) => {
  console.log(`${data.taskId}: ${data.code}, ${data.pageCount} pages, event after ${timing.lags.publishMs} ms`);
});
await bus.start();
