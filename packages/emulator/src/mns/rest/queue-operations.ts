import type { XmlElement } from '@mnsbus/core/internal';
import type { QueueView } from '../model/commands.js';
import type { QueueAttributes } from '../model/queue-attributes.js';
import { element, type XmlNode } from '../xml-writer.js';
import { defined } from '../../runtime/defined.js';
import { endpointUrl } from './endpoint.js';
import { listReply, readPageRequest, wantsAttributes } from './list-page.js';
import type { Operation, OperationCall } from './operation.js';
import type { Reply } from './reply.js';
import { childBoolean, childInteger } from './request-body.js';
import { valueOf } from './request-refused.js';
import { booleanText, seconds } from './value-text.js';

/** `PUT /queues/{queue}` (spec mns §2.1). */
export const createQueue: Operation = {
  name: 'CreateQueue',
  run: (call): Reply => {
    const { mns, queueName, endpoint } = call;
    const creation = valueOf(mns.apply({ type: 'createQueue', queueName, attributes: readAttributes(call) }));
    const location = `${endpointUrl(endpoint)}/queues/${queueName}`;
    return { status: creation === 'created' ? 201 : 204, location };
  },
};

/** `PUT /queues/{queue}?metaoverride=true` (spec mns §2.2). */
export const setQueueAttributes: Operation = {
  name: 'SetQueueAttributes',
  run: (call): Reply => {
    const { mns, queueName } = call;
    valueOf(mns.apply({ type: 'setQueueAttributes', queueName, attributes: readAttributes(call) }));
    return { status: 204 };
  },
};

/** `GET /queues/{queue}` (spec mns §2.3). */
export const getQueueAttributes: Operation = {
  name: 'GetQueueAttributes',
  run: ({ mns, queueName }): Reply => {
    const queue = valueOf(mns.queue(queueName));
    return { status: 200, root: element('Queue', queueNodes(queue)) };
  },
};

/** `DELETE /queues/{queue}` (spec mns §2.4). */
export const deleteQueue: Operation = {
  name: 'DeleteQueue',
  run: ({ mns, queueName }): Reply => {
    valueOf(mns.apply({ type: 'deleteQueue', queueName }));
    return { status: 204 };
  },
};

/** `GET /queues` (spec mns §2.5). */
export const listQueue: Operation = {
  name: 'ListQueue',
  run: (call): Reply => {
    const page = valueOf(call.mns.apply({ type: 'listQueues', ...readPageRequest(call) }));
    return listReply('Queues', 'Queue', page, (queue) => [
      element('QueueURL', `${endpointUrl(call.endpoint)}/queues/${queue.name}`),
      ...(wantsAttributes(call) ? queueNodes(queue) : [element('QueueName', queue.name)]),
    ]);
  },
};

/** The attributes that a request names; a request without a body names none. */
function readAttributes({ body }: OperationCall): Partial<QueueAttributes> {
  if (body.isEmpty) return {};
  const root: XmlElement = body.root('Queue');
  return defined({
    delaySeconds: childInteger(root, 'DelaySeconds'),
    maximumMessageBytes: childInteger(root, 'MaximumMessageSize'),
    messageRetentionSeconds: childInteger(root, 'MessageRetentionPeriod'),
    visibilityTimeoutSeconds: childInteger(root, 'VisibilityTimeout'),
    pollingWaitSeconds: childInteger(root, 'PollingWaitSeconds'),
    loggingEnabled: childBoolean(root, 'LoggingEnabled'),
  });
}

function queueNodes(queue: QueueView): readonly XmlNode[] {
  return [
    element('QueueName', queue.name),
    element('DelaySeconds', queue.delaySeconds),
    element('MaximumMessageSize', queue.maximumMessageBytes),
    element('MessageRetentionPeriod', queue.messageRetentionSeconds),
    element('VisibilityTimeout', queue.visibilityTimeoutSeconds),
    element('CreateTime', seconds(queue.createdAtMs)),
    element('LastModifyTime', seconds(queue.modifiedAtMs)),
    element('PollingWaitSeconds', queue.pollingWaitSeconds),
    element('ActiveMessages', queue.counts.active),
    element('InactiveMessages', queue.counts.inactive),
    element('DelayMessages', queue.counts.delayed),
    element('LoggingEnabled', booleanText(queue.loggingEnabled)),
    element('MessageType', STANDARD_QUEUE),
    element('EnableSSE', booleanText(false)),
  ];
}

/** The `MessageType` of a standard queue, the only kind here (spec mns §2.3). */
const STANDARD_QUEUE = 0;
