import type { BatchEntry } from '../model/commands.js';
import { element, type XmlNode } from '../xml-writer.js';
import { describeFailure } from './error-catalogue.js';
import { readDraft, sentNodes } from './message-xml.js';
import type { Operation } from './operation.js';
import type { Reply } from './reply.js';
import { valueOf } from './request-refused.js';

/** The status of a batch send of which some messages were refused; clients go by the root (spec mns §2.7). */
export const PARTIAL_SEND_STATUS = 500;

/** `POST /queues/{queue}/messages` with root `Message` (spec mns §2.6). */
export const sendMessage: Operation = {
  name: 'SendMessage',
  run: ({ mns, queueName, body }): Reply => {
    const message = readDraft(body.root('Message'));
    const sent = valueOf(mns.apply({ type: 'sendMessage', queueName, message }));
    return { status: 201, root: element('Message', sentNodes(sent)) };
  },
};

/** `POST /queues/{queue}/messages` with root `Messages` (spec mns §2.7). */
export const batchSendMessage: Operation = {
  name: 'BatchSendMessage',
  run: ({ mns, queueName, body }): Reply => {
    const elements = body.root('Messages').children.filter(({ name }) => name === 'Message');
    const messages = elements.map((message) => readDraft(message));
    const entries = valueOf(mns.apply({ type: 'sendMessages', queueName, messages }));
    const isWhole = entries.every(({ ok }) => ok);
    const items = entries.map((entry) => element('Message', entryNodes(entry, isWhole)));
    const root = element('Messages', items);
    if (isWhole) return { status: 201, root };
    const failures = entries.flatMap((entry, index) => (entry.ok ? [] : [{ index, code: entry.failure.code }]));
    return { status: PARTIAL_SEND_STATUS, root, failures, firstCode: failures[0]?.code };
  },
};

/** One decoder wants exactly two elements in each item of a partial reply, so handles are left out there (spec mns §2.7). */
function entryNodes(entry: BatchEntry, isWhole: boolean): readonly XmlNode[] {
  if (entry.ok) return sentNodes(entry.value).slice(0, isWhole ? undefined : 2);
  return [element('ErrorCode', entry.failure.code), element('ErrorMessage', describeFailure(entry.failure).message)];
}
