import RPCClient from '@alicloud/pop-core';
import { createBridge } from '@mnsbus/bridge';
import type { Account } from './resources.js';

/** An app that converts documents: it submits a task and awaits its event. Nothing in it knows of an emulator. */
export async function startApp(account: Account): Promise<{
  pagesOf: (sourceUri: string) => Promise<number | undefined>;
  close: () => Promise<void>;
}> {
  const { accountId, region } = account;
  const imm = new RPCClient({ ...account, endpoint: `http://imm.${region}.aliyuncs.com`, apiVersion: '2017-09-06' });
  const bus = createBridge({ mns: account, queueName: 'imm-events' });
  await bus.start();
  return {
    pagesOf: async (sourceUri) => {
      const task = await imm.request<{ TaskId: string }>('CreateOfficeConversionTask', {
        Project: 'demo',
        SrcUri: sourceUri,
        TgtUri: 'oss://bucket/out',
        TgtType: 'png',
        NotifyTopicName: 'imm-events',
        NotifyEndpoint: `http://${accountId}.mns.${region}.aliyuncs.com`,
      });
      const { data } = await bus.waitFor({ name: 'FormatConvertJob:JobFinished', taskId: task.TaskId });
      if (data.code !== 'NoError') throw new Error(`${sourceUri}: ${data.code}`);
      return data.pageCount;
    },
    close: () => bus.close(),
  };
}
