import { failedPlaces } from '../failed-places.js';
import { element } from '../xml-writer.js';
import { describeFailure } from './error-catalogue.js';
import { queryNumber, type Operation } from './operation.js';
import type { Reply } from './reply.js';
import { textOf } from './request-body.js';
import { valueOf } from './request-refused.js';

/** `DELETE /queues/{queue}/messages?ReceiptHandle=h` (spec mns §2.11). */
export const deleteMessage: Operation = {
  name: 'DeleteMessage',
  run: ({ mns, queueName, query }): Reply => {
    valueOf(mns.apply({ type: 'deleteMessage', queueName, receiptHandle: query.get('receipthandle') }));
    return { status: 204 };
  },
};

/** `DELETE /queues/{queue}/messages` with root `ReceiptHandles` (spec mns §2.12). */
export const batchDeleteMessage: Operation = {
  name: 'BatchDeleteMessage',
  run: ({ mns, queueName, body }): Reply => {
    // One SDK writes the items in lower case.
    const items = body.root('ReceiptHandles').children.filter(({ name }) => name.toLowerCase() === 'receipthandle');
    const receiptHandles = items.map((item) => textOf(item).trim());
    const failed = valueOf(mns.apply({ type: 'deleteMessages', queueName, receiptHandles }));
    if (failed.length === 0) return { status: 204 };
    const { message } = describeFailure({ code: BATCH_DELETE_CODE });
    const errors = failed.map(({ receiptHandle }) =>
      element('Error', [
        element('ErrorCode', BATCH_DELETE_CODE),
        element('ErrorMessage', message),
        element('ReceiptHandle', receiptHandle),
      ]),
    );
    const failures = failedPlaces(receiptHandles, failed).map(({ index, failure }) => ({ index, code: failure.code }));
    return { status: 404, root: element('Errors', errors), failures, firstCode: BATCH_DELETE_CODE };
  },
};

/** `PUT /queues/{queue}/messages?receiptHandle=h&visibilityTimeout=n` (spec mns §2.13). */
export const changeMessageVisibility: Operation = {
  name: 'ChangeMessageVisibility',
  run: (call): Reply => {
    const { mns, queueName, query } = call;
    const receiptHandle = query.get('receipthandle');
    const timeoutSeconds = queryNumber(call, 'visibilityTimeout');
    const changed = valueOf(mns.apply({ type: 'changeVisibility', queueName, receiptHandle, timeoutSeconds }));
    const root = element('ChangeVisibility', [
      element('ReceiptHandle', changed.receiptHandle),
      element('NextVisibleTime', changed.nextVisibleAtMs),
    ]);
    return { status: 200, root };
  },
};

/** The code of every item of a partial batch delete, whatever the reason (spec mns §2.12). */
export const BATCH_DELETE_CODE = 'ReceiptHandleError';
