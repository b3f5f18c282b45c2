import type { ImmTaskRequest } from '@mnsbus/core';
import type { NotifyTarget } from '../../../model/task.js';

/** Where the event of a task goes: as `Notification` says, else the flat members of 2022; nowhere without either (spec imm §4.2). */
export function notifyTarget(
  request: Pick<ImmTaskRequest, 'Notification' | 'NotifyEndpoint' | 'NotifyTopicName'>,
): NotifyTarget | undefined {
  const { Notification, NotifyEndpoint = '', NotifyTopicName } = request;
  // Its Endpoint is accepted and ignored: the topic is always one of the task's own account.
  if (Notification?.MNS !== undefined) return { topicName: Notification.MNS.TopicName, endpoint: '' };
  if (Notification?.RocketMQ !== undefined) {
    return {
      topicName: Notification.RocketMQ.TopicName,
      endpoint: '',
      notSentBecause: 'it was asked for on RocketMQ, which is not emulated',
    };
  }
  if (Notification !== undefined || NotifyTopicName === undefined) return undefined;
  return { topicName: NotifyTopicName, endpoint: NotifyEndpoint };
}
