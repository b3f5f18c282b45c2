import {
  del,
  get,
  put,
  rangeText,
  refusal,
  success,
  type Call,
  type ConformanceRow,
  type Step,
} from './conformance-row.js';
import { received, sent } from './conformance-world.js';
import { ANY_HANDLE, type ExpectedElement } from './expected-xml.js';

const MESSAGES = '/queues/orders/messages';
const START = 1_767_225_600_000;
const OLD_SHAPE = '1-ODU4OTkzNDU5My0xNDMyNzI3ODI3LTItOA==';
const DELETED = { status: 204 };

const one: readonly Step[] = [sent('hello'), received()];
const two: readonly Step[] = [sent('a'), sent('b'), received('first'), received('second')];
const lapsed: readonly Step[] = [...one, { advanceMs: 30_000 }];
const receivedAgain: readonly Step[] = [...lapsed, received('newer')];
const changed: readonly Step[] = [
  ...one,
  { call: put(`${MESSAGES}?receiptHandle={{handle}}&visibilityTimeout=60`), keep: { newer: 'ReceiptHandle' } },
];
const delayed: Step = {
  call: {
    method: 'POST',
    target: MESSAGES,
    body: '<Message><MessageBody>a</MessageBody><DelaySeconds>9</DelaySeconds></Message>',
  },
  keep: { later: 'ReceiptHandle' },
};
const elsewhere: readonly Step[] = [...one, { call: put('/queues/others') }];

const byHandle = (handle: string, name = 'ReceiptHandle'): Call => del(`${MESSAGES}?${name}=${handle}`);
const change = (handle: string, seconds: number | string = 60): Call =>
  put(`${MESSAGES}?receiptHandle=${handle}&visibilityTimeout=${seconds}`);
const batch = (handles: readonly string[], name = 'ReceiptHandle'): Call =>
  del(MESSAGES, `<ReceiptHandles>${handles.map((handle) => `<${name}>${handle}</${name}>`).join('')}</ReceiptHandles>`);

const changedAt = (nextVisibleTime: number): ConformanceRow['reply'] => ({
  status: 200,
  root: [
    'ChangeVisibility',
    [
      ['ReceiptHandle', ANY_HANDLE],
      ['NextVisibleTime', nextVisibleTime],
    ],
  ],
});

const deleteRows: readonly ConformanceRow[] = [
  success('DeleteMessage', 'a received message', byHandle('{{handle}}'), DELETED, one),
  success('DeleteMessage', 'a name of another case', byHandle('{{handle}}', 'receiptHandle'), DELETED, one),
  success('DeleteMessage', '1 ms before the handle ends', byHandle('{{handle}}'), DELETED, [
    ...one,
    { advanceMs: 29_999 },
  ]),
  success('DeleteMessage', 'a delayed message by the handle of its sending', byHandle('{{later}}'), DELETED, [delayed]),
  success('DeleteMessage', 'the newer handle after a change', byHandle('{{newer}}'), DELETED, [
    ...changed,
    { advanceMs: 59_999 },
  ]),
  success('DeleteMessage', 'the older handle after a change', byHandle('{{handle}}'), DELETED, [
    ...changed,
    { advanceMs: 29_999 },
  ]),
  success(
    'DeleteMessage',
    'a handle in the query and another one in the body: the query counts',
    {
      ...batch([OLD_SHAPE]),
      target: `${MESSAGES}?ReceiptHandle={{handle}}`,
    },
    DELETED,
    one,
  ),
  refusal('DeleteMessage', 'MissingReceiptHandle', 'no handle', del(MESSAGES)),
  refusal('DeleteMessage', 'MissingReceiptHandle', 'an empty handle', byHandle('')),
  refusal('DeleteMessage', 'ReceiptHandleError', 'a text that is no handle', byHandle('none')),
  refusal('DeleteMessage', 'ReceiptHandleError', 'a handle of the old shape', byHandle(OLD_SHAPE)),
  refusal('DeleteMessage', 'MessageNotExist', 'a handle whose time is over', byHandle('{{handle}}'), {
    given: lapsed,
  }),
  refusal('DeleteMessage', 'ReceiptHandleError', 'a handle from before another receive', byHandle('{{handle}}'), {
    given: receivedAgain,
  }),
  refusal('DeleteMessage', 'MessageNotExist', 'the older handle after its own time', byHandle('{{handle}}'), {
    given: [...changed, { advanceMs: 30_000 }],
  }),
  refusal('DeleteMessage', 'ReceiptHandleError', 'the older handle after another receive', byHandle('{{handle}}'), {
    given: [...changed, { advanceMs: 60_000 }, received('newest')],
  }),
  refusal(
    'DeleteMessage',
    'MessageNotExist',
    'the handle of a delayed sending, after the delay',
    byHandle('{{later}}'),
    {
      given: [delayed, { advanceMs: 9000 }],
    },
  ),
  refusal(
    'DeleteMessage',
    'ReceiptHandleError',
    'a handle of another queue',
    del('/queues/others/messages?ReceiptHandle={{handle}}'),
    { given: elsewhere },
  ),
  refusal('DeleteMessage', 'MessageNotExist', 'the same handle again', byHandle('{{handle}}'), {
    given: [...one, { call: byHandle('{{handle}}') }],
  }),
];

const failed = (handle: string): ExpectedElement => [
  'Error',
  [
    ['ErrorCode', 'ReceiptHandleError'],
    ['ErrorMessage', 'The receipt handle you provide is not valid.'],
    ['ReceiptHandle', handle],
  ],
];

const partly = (when: string, call: Call, bad: readonly string[], given: readonly Step[]): ConformanceRow => ({
  operation: 'BatchDeleteMessage',
  outcome: 'ReceiptHandleError',
  when,
  call,
  given,
  reply: { status: 404, root: ['Errors', bad.map((handle) => failed(handle))] },
});

const sixteen = Array.from({ length: 16 }, (_, index) => `handle${index}`);
const SIZE_TEXT = rangeText('ReceiptHandles', 1, 16);

const batchDeleteRows: readonly ConformanceRow[] = [
  success('BatchDeleteMessage', '1 handle', batch(['{{handle}}']), DELETED, one),
  success(
    'BatchDeleteMessage',
    '16 handles',
    batch(sixteen.map((name) => `{{${name}}}`)),
    DELETED,
    sixteen.flatMap((name) => [sent('a'), received(name)]),
  ),
  success(
    'BatchDeleteMessage',
    'items in lower case',
    batch(['{{first}}', '{{second}}'], 'receiptHandle'),
    DELETED,
    two,
  ),
  partly('one good, one bad', batch(['{{first}}', 'none']), ['none'], two),
  partly('the same handle twice', batch(['{{handle}}', '{{handle}}']), ['{{handle}}'], one),
  partly(
    'nothing but bad ones, in the order sent',
    batch(['none', OLD_SHAPE, 'R&amp;D']),
    ['none', OLD_SHAPE, 'R&amp;D'],
    [],
  ),
  partly('a handle whose time is over', batch(['{{handle}}']), ['{{handle}}'], lapsed),
  refusal('BatchDeleteMessage', 'InvalidArgument', 'no handle', batch([]), { message: SIZE_TEXT }),
  refusal(
    'BatchDeleteMessage',
    'InvalidArgument',
    '17 handles',
    batch(Array.from({ length: 17 }, () => '{{handle}}')),
    { message: SIZE_TEXT, given: one },
  ),
];

const RANGE_TEXT = rangeText('VisibilityTimeout', 1, 43_200, ' seconds');

const changeRows: readonly ConformanceRow[] = [
  ...[1, 60, 43_200].map((seconds) =>
    success(
      'ChangeMessageVisibility',
      `${seconds} seconds`,
      change('{{handle}}', seconds),
      changedAt(START + 10_000 + seconds * 1000),
      [...one, { advanceMs: 10_000 }],
    ),
  ),
  success(
    'ChangeMessageVisibility',
    'names with capitals',
    put(`${MESSAGES}?ReceiptHandle={{handle}}&VisibilityTimeout=60`),
    changedAt(START + 60_000),
    one,
  ),
  success('ChangeMessageVisibility', 'by the newer handle', change('{{newer}}', 5), changedAt(START + 5000), changed),
  ...['0', '43201', '-1', 'x', '', '1.5'].map((seconds) =>
    refusal('ChangeMessageVisibility', 'InvalidArgument', `"${seconds}" seconds`, change('{{handle}}', seconds), {
      message: RANGE_TEXT,
      given: one,
    }),
  ),
  refusal('ChangeMessageVisibility', 'MissingReceiptHandle', 'no handle', put(`${MESSAGES}?visibilityTimeout=5`)),
  refusal('ChangeMessageVisibility', 'MissingReceiptHandle', 'an empty handle', change('')),
  refusal(
    'ChangeMessageVisibility',
    'MissingVisibilityTimeout',
    'no time',
    put(`${MESSAGES}?receiptHandle={{handle}}`),
    { given: one },
  ),
  refusal('ChangeMessageVisibility', 'ReceiptHandleError', 'a text that is no handle', change('none')),
  refusal(
    'ChangeMessageVisibility',
    'ReceiptHandleError',
    'a handle from before another receive',
    change('{{handle}}'),
    { given: receivedAgain },
  ),
  refusal('ChangeMessageVisibility', 'MessageNotExist', 'a handle whose time is over', change('{{handle}}'), {
    given: lapsed,
  }),
  refusal('ChangeMessageVisibility', 'MessageNotExist', 'a deleted message', change('{{handle}}'), {
    given: [...one, { call: byHandle('{{handle}}') }],
  }),
];

/** A change that turns a message over: it comes again, with the count of one delivery more. */
const afterRows: readonly ConformanceRow[] = [
  refusal('ReceiveMessage', 'MessageNotExist', 'a message 1 ms before its changed time', get(MESSAGES), {
    given: [...changed, { advanceMs: 59_999 }],
  }),
  refusal('ReceiveMessage', 'MessageNotExist', 'a message that was deleted, after its time', get(MESSAGES), {
    given: [...one, { call: byHandle('{{handle}}') }, { advanceMs: 60_000 }],
  }),
];

/** DeleteMessage, BatchDeleteMessage, ChangeMessageVisibility. */
export const settleRows: readonly ConformanceRow[] = [...deleteRows, ...batchDeleteRows, ...changeRows, ...afterRows];
