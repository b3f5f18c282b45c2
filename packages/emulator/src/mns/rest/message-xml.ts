import type { XmlElement } from '@mnsbus/core/internal';
import { badElement } from '../failure.js';
import type { TopicMessage } from '../model/commands.js';
import { DEFAULT_PRIORITY } from '../model/limits.js';
import type { MessageDraft, PeekedMessage, ReceivedMessage, SentMessage } from '../model/message.js';
import { element, type XmlNode } from '../xml-writer.js';
import { defined } from '../../runtime/defined.js';
import { readMessageAttributes } from './message-attributes.js';
import { propertyNodes, readProperties } from './property-xml.js';
import { childInteger, childText, childWord } from './request-body.js';
import { RequestRefused } from './request-refused.js';

/** A message to a queue, from its element (spec mns §2.6). Throws `InvalidArgument` for an element of the wrong shape. */
export function readDraft(message: XmlElement): MessageDraft {
  return {
    body: readBody(message),
    priority: childInteger(message, 'Priority') ?? DEFAULT_PRIORITY,
    ...defined({
      delaySeconds: childInteger(message, 'DelaySeconds'),
      messageGroupId: childWord(message, 'MessageGroupId'),
    }),
    ...readProperties(message),
  };
}

/** A message to a topic, from its element (spec mns §2.15). Throws `InvalidArgument` for an element of the wrong shape. */
export function readTopicMessage(message: XmlElement): TopicMessage {
  return {
    body: readBody(message),
    ...defined({
      tag: childWord(message, 'MessageTag'),
      messageGroupId: childWord(message, 'MessageGroupId'),
      attributes: readMessageAttributes(message),
    }),
    ...readProperties(message),
  };
}

/** What the sender of a message is told; the handle comes last (spec mns §2.6). */
export function sentNodes({ messageId, bodyMd5, receiptHandle }: SentMessage): readonly XmlNode[] {
  const nodes = [element('MessageId', messageId), element('MessageBodyMD5', bodyMd5)];
  return receiptHandle === undefined ? nodes : [...nodes, element('ReceiptHandle', receiptHandle)];
}

/** A received message, its elements in the fixed order of the service (spec mns §2.8). */
export function receivedNodes(message: ReceivedMessage): readonly XmlNode[] {
  return [
    ...contentNodes(message),
    element('ReceiptHandle', message.receiptHandle),
    element('EnqueueTime', message.enqueuedAtMs),
    element('FirstDequeueTime', message.firstDequeuedAtMs),
    element('NextVisibleTime', message.nextVisibleAtMs),
    ...closingNodes(message),
  ];
}

/** A peeked message: as a received one, without a handle and a time at which it comes back (spec mns §2.10). */
export function peekedNodes(message: PeekedMessage): readonly XmlNode[] {
  return [
    ...contentNodes(message),
    element('EnqueueTime', message.enqueuedAtMs),
    element('FirstDequeueTime', message.firstDequeuedAtMs),
    ...closingNodes(message),
  ];
}

function contentNodes({ messageId, bodyMd5, body }: PeekedMessage): readonly XmlNode[] {
  return [element('MessageId', messageId), element('MessageBodyMD5', bodyMd5), element('MessageBody', body)];
}

function closingNodes(message: PeekedMessage): readonly XmlNode[] {
  const { dequeueCount, priority, messageGroupId } = message;
  return [
    element('DequeueCount', dequeueCount),
    element('Priority', priority),
    ...(messageGroupId === undefined ? [] : [element('MessageGroupId', messageGroupId)]),
    ...propertyNodes(message),
  ];
}

function readBody(message: XmlElement): string {
  const body = childText(message, 'MessageBody');
  if (body === undefined) throw new RequestRefused(badElement('MessageBody'));
  return body;
}
