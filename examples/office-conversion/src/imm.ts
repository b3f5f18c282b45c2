import RPCClient from '@alicloud/pop-core';
import type {
  CreateOfficeConversionTaskRequest,
  CreateOfficeConversionTaskResult,
  GetOfficeConversionTaskResult,
} from '@mnsbus/core';
import { notifyEndpoint, type Settings } from './settings.js';

/** The IMM calls of this example. */
export interface Imm {
  putProject(): Promise<void>;
  createTask(sourceUri: string): Promise<CreateOfficeConversionTaskResult>;
  getTask(taskId: string): Promise<GetOfficeConversionTaskResult>;
}

/** IMM through the real `@alicloud/pop-core`. */
export function createImm(settings: Settings): Imm {
  const { project, endpoint, region, accessKeyId, accessKeySecret, securityToken } = settings;
  const client = new RPCClient({
    endpoint: endpoint ?? `https://imm.${region}.aliyuncs.com`,
    apiVersion: '2017-09-06',
    accessKeyId,
    accessKeySecret,
    ...(securityToken === undefined ? {} : { securityToken }),
  });
  return {
    putProject: async () => {
      try {
        await client.request('PutProject', { Project: project, Type: 'DocStarter', CU: 1 });
      } catch (error) {
        if (!isCode(error, 'InvalidProject.AlreadyExists')) throw error;
      }
    },
    createTask: (sourceUri) => {
      const request: CreateOfficeConversionTaskRequest = {
        Project: project,
        SrcUri: sourceUri,
        TgtUri: settings.targetUri,
        TgtType: 'png',
        NotifyTopicName: settings.topicName,
        NotifyEndpoint: notifyEndpoint(settings),
      };
      return client.request('CreateOfficeConversionTask', request);
    },
    getTask: (taskId) => client.request('GetOfficeConversionTask', { Project: project, TaskId: taskId }),
  };
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
