import type { TopicView } from '../model/commands.js';
import { TOPIC_RETENTION_SECONDS } from '../model/limits.js';
import type { TopicAttributes } from '../model/topic.js';
import { element, type XmlNode } from '../xml-writer.js';
import { defined } from '../../runtime/defined.js';
import { endpointUrl } from './endpoint.js';
import { listReply, readPageRequest, wantsAttributes } from './list-page.js';
import { readTopicMessage } from './message-xml.js';
import type { Operation, OperationCall } from './operation.js';
import type { Reply } from './reply.js';
import { childBoolean, childInteger } from './request-body.js';
import { valueOf } from './request-refused.js';
import { booleanText, seconds } from './value-text.js';

/** `PUT /topics/{topic}` (spec mns §2.14). */
export const createTopic: Operation = {
  name: 'CreateTopic',
  run: (call): Reply => {
    const { mns, topicName, endpoint } = call;
    const creation = valueOf(mns.apply({ type: 'createTopic', topicName, attributes: readAttributes(call) }));
    const location = `${endpointUrl(endpoint)}/topics/${topicName}`;
    return { status: creation === 'created' ? 201 : 204, location };
  },
};

/** `PUT /topics/{topic}?metaoverride=true` (spec mns §2.14). */
export const setTopicAttributes: Operation = {
  name: 'SetTopicAttributes',
  run: (call): Reply => {
    const { mns, topicName } = call;
    valueOf(mns.apply({ type: 'setTopicAttributes', topicName, attributes: readAttributes(call) }));
    return { status: 204 };
  },
};

/** `GET /topics/{topic}` (spec mns §2.14). */
export const getTopicAttributes: Operation = {
  name: 'GetTopicAttributes',
  run: ({ mns, topicName }): Reply => {
    const topic = valueOf(mns.apply({ type: 'getTopic', topicName }));
    return { status: 200, root: element('Topic', topicNodes(topic)) };
  },
};

/** `DELETE /topics/{topic}` (spec mns §2.14). */
export const deleteTopic: Operation = {
  name: 'DeleteTopic',
  run: ({ mns, topicName }): Reply => {
    valueOf(mns.apply({ type: 'deleteTopic', topicName }));
    return { status: 204 };
  },
};

/** `GET /topics` (spec mns §2.14). */
export const listTopic: Operation = {
  name: 'ListTopic',
  run: (call): Reply => {
    const page = valueOf(call.mns.apply({ type: 'listTopics', ...readPageRequest(call) }));
    return listReply('Topics', 'Topic', page, (topic) => [
      element('TopicURL', `${endpointUrl(call.endpoint)}/topics/${topic.name}`),
      ...(wantsAttributes(call)
        ? topicNodes(topic)
        : [element('TopicName', topic.name), element('LoggingEnabled', booleanText(topic.loggingEnabled))]),
    ]);
  },
};

/** `POST /topics/{topic}/messages` (spec mns §2.15). */
export const publishMessage: Operation = {
  name: 'PublishMessage',
  run: ({ mns, topicName, body }): Reply => {
    const { messageId, bodyMd5 } = valueOf(mns.publish(topicName, readTopicMessage(body.root('Message'))));
    const root = element('Message', [element('MessageId', messageId), element('MessageBodyMD5', bodyMd5)]);
    return { status: 201, root };
  },
};

/** The attributes that a request names; a request without a body names none. */
function readAttributes({ body }: OperationCall): Partial<TopicAttributes> {
  if (body.isEmpty) return {};
  const root = body.root('Topic');
  return defined({
    maximumMessageBytes: childInteger(root, 'MaximumMessageSize'),
    loggingEnabled: childBoolean(root, 'LoggingEnabled'),
  });
}

function topicNodes(topic: TopicView): readonly XmlNode[] {
  return [
    element('TopicName', topic.name),
    element('MaximumMessageSize', topic.maximumMessageBytes),
    element('MessageRetentionPeriod', TOPIC_RETENTION_SECONDS),
    element('MessageCount', topic.messageCount),
    element('CreateTime', seconds(topic.createdAtMs)),
    element('LastModifyTime', seconds(topic.modifiedAtMs)),
    element('LoggingEnabled', booleanText(topic.loggingEnabled)),
  ];
}
