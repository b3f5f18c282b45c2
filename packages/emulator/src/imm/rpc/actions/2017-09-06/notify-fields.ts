import type { LegacyNotifyRequest } from '@mnsbus/core';
import { defined } from '../../../../runtime/defined.js';
import type { NotifyTarget } from '../../../model/task.js';
import type { FieldReader } from '../../field-reader.js';

/** Reads who is to be told; neither member is checked against what exists (spec imm §2.4, §5). */
export function readNotify(fields: FieldReader): LegacyNotifyRequest {
  return defined({
    NotifyTopicName: fields.optionalText('NotifyTopicName'),
    NotifyEndpoint: fields.optionalText('NotifyEndpoint'),
  });
}

/** Where the event goes; nowhere unless both members are there (spec imm §2.4). */
export function notifyTarget({ NotifyTopicName, NotifyEndpoint }: LegacyNotifyRequest): NotifyTarget | undefined {
  if (NotifyTopicName === undefined || NotifyEndpoint === undefined) return undefined;
  return { topicName: NotifyTopicName, endpoint: NotifyEndpoint };
}
