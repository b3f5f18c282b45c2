import type { PeekedMessage, ReceivedMessage } from '../model/message.js';
import { element, type XmlNode } from '../xml-writer.js';
import { peekedNodes, receivedNodes } from './message-xml.js';
import { queryNumber, type LateReply, type Operation, type OperationCall } from './operation.js';
import type { Reply } from './reply.js';
import { RequestRefused, valueOf } from './request-refused.js';

/** `GET /queues/{queue}/messages` (spec mns §2.8). */
export const receiveMessage: Operation = {
  name: 'ReceiveMessage',
  run: (call) => receive(call, 1, oneMessage),
};

/** `GET /queues/{queue}/messages?numOfMessages=n` (spec mns §2.9). */
export const batchReceiveMessage: Operation = {
  name: 'BatchReceiveMessage',
  run: (call) => receive(call, messageCount(call), manyMessages),
};

/** `GET /queues/{queue}/messages?peekonly=true` (spec mns §2.10). */
export const peekMessage: Operation = {
  name: 'PeekMessage',
  run: (call): Reply => oneMessage(peek(call, 1), peekedNodes),
};

/** `GET /queues/{queue}/messages?peekonly=true&numOfMessages=n` (spec mns §2.10). */
export const batchPeekMessage: Operation = {
  name: 'BatchPeekMessage',
  run: (call): Reply => manyMessages(peek(call, messageCount(call)), peekedNodes),
};

function receive(
  call: OperationCall,
  count: number,
  replyOf: (messages: readonly ReceivedMessage[], nodes: Nodes<ReceivedMessage>) => Reply,
): LateReply {
  const { mns, queueName, request, heldMs } = call;
  return (settle) =>
    mns.receive(queueName, count, queryNumber(call, 'waitseconds'), request.signal, heldMs, (result) =>
      settle(() => replyOf(valueOf(result).messages, receivedNodes)),
    );
}

function peek({ mns, queueName }: OperationCall, count: number): readonly PeekedMessage[] {
  return valueOf(mns.peek(queueName, count));
}

function messageCount(call: OperationCall): number {
  return queryNumber(call, 'numOfMessages') ?? Number.NaN;
}

type Nodes<T> = (message: T) => readonly XmlNode[];

function oneMessage<T>([message]: readonly T[], nodes: Nodes<T>): Reply {
  if (message === undefined) throw new RequestRefused('MessageNotExist');
  return { status: 200, root: element('Message', nodes(message)) };
}

/** An empty list makes one SDK fail, so nothing at all is an error here, too (spec mns §2.9). */
function manyMessages<T>(messages: readonly T[], nodes: Nodes<T>): Reply {
  if (messages.length === 0) throw new RequestRefused('MessageNotExist');
  const items = messages.map((message) => element('Message', nodes(message)));
  return { status: 200, root: element('Messages', items) };
}
