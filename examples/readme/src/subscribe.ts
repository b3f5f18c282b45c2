import { createBridge } from '@mnsbus/bridge';

const {
  ACCOUNT_ID: accountId = '',
  ACCESS_KEY_ID: accessKeyId = '',
  ACCESS_KEY_SECRET: accessKeySecret = '',
} = process.env;

export const bus = createBridge({
  mns: { accountId, accessKeyId, accessKeySecret, region: 'cn-beijing' },
  queueName: 'imm-events',
});
bus.on('FormatConvertJob:JobFinished', ({ data }, { timing }) => {
  console.log(`${data.taskId}: ${data.code}, ${data.pageCount} pages, event after ${timing.lags.publishMs} ms`);
});
await bus.start();
