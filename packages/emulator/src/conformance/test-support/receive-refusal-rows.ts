import { get, put, rangeText, refusal, type Call, type ConformanceRow } from './conformance-row.js';
import { received, sent } from './conformance-world.js';

const MESSAGES = '/queues/orders/messages';
const COUNT_TEXT = rangeText('numOfMessages', 1, 16);
const WAIT_TEXT = rangeText('PollingWaitSeconds', 0, 30, ' seconds');

const count = (n: number | string): Call => get(`${MESSAGES}?numOfMessages=${n}`);
const peek = (n: number | string): Call => get(`${MESSAGES}?peekonly=true&numOfMessages=${n}`);
const polling = {
  call: put('/queues/orders?metaoverride=true', '<Queue><PollingWaitSeconds>2</PollingWaitSeconds></Queue>'),
};

const emptyRows: readonly ConformanceRow[] = [
  refusal('ReceiveMessage', 'MessageNotExist', 'an empty queue', get(MESSAGES)),
  refusal('ReceiveMessage', 'MessageNotExist', 'an empty queue, waitseconds 0', get(`${MESSAGES}?waitseconds=0`)),
  refusal('ReceiveMessage', 'MessageNotExist', 'an empty queue, waitseconds 1', get(`${MESSAGES}?waitseconds=1`), {
    afterMs: 900,
  }),
  refusal('ReceiveMessage', 'MessageNotExist', 'an empty queue, waitseconds 30', get(`${MESSAGES}?waitseconds=30`), {
    afterMs: 29_900,
  }),
  refusal('ReceiveMessage', 'MessageNotExist', 'an empty queue that polls for 2 seconds', get(MESSAGES), {
    given: [polling],
    afterMs: 1900,
  }),
  refusal(
    'ReceiveMessage',
    'MessageNotExist',
    'the wait of the request goes before that of the queue',
    get(`${MESSAGES}?waitseconds=0`),
    {
      given: [polling],
    },
  ),
  refusal('ReceiveMessage', 'MessageNotExist', 'a message that is received already', get(MESSAGES), {
    given: [sent('hello'), received()],
  }),
  refusal('ReceiveMessage', 'MessageNotExist', 'a message 1 ms before its delay is over', get(MESSAGES), {
    given: [sent('hello', '<DelaySeconds>9</DelaySeconds>'), { advanceMs: 8999 }],
  }),
  refusal('ReceiveMessage', 'MessageNotExist', 'a message 1 ms before it is visible again', get(MESSAGES), {
    given: [sent('hello'), received(), { advanceMs: 29_999 }],
  }),
  refusal('ReceiveMessage', 'MessageNotExist', 'a message whose retention is over', get(MESSAGES), {
    given: [sent('hello'), { advanceMs: 345_600_000 }],
  }),
  {
    ...refusal(
      'ReceiveMessage',
      'MessageNotExist',
      'one long poll too many, at once',
      get(`${MESSAGES}?waitseconds=30`),
    ),
    mns: { maxLongPolls: 0 },
  },
  refusal('BatchReceiveMessage', 'MessageNotExist', 'an empty queue', count(16)),
  refusal(
    'BatchReceiveMessage',
    'MessageNotExist',
    'an empty queue, waitseconds first',
    get(`${MESSAGES}?waitseconds=1&numOfMessages=16`),
    {
      afterMs: 900,
    },
  ),
  refusal(
    'PeekMessage',
    'MessageNotExist',
    'an empty queue that polls: peeking never waits',
    get(`${MESSAGES}?peekonly=true`),
    { given: [polling] },
  ),
  refusal('PeekMessage', 'MessageNotExist', 'a message that is received', get(`${MESSAGES}?peekonly=true`), {
    given: [sent('hello'), received()],
  }),
  refusal('PeekMessage', 'MessageNotExist', 'a message that is delayed', get(`${MESSAGES}?peekonly=true`), {
    given: [sent('hello', '<DelaySeconds>9</DelaySeconds>')],
  }),
  refusal('BatchPeekMessage', 'MessageNotExist', 'an empty queue', peek(16)),
];

const rangeRows: readonly ConformanceRow[] = [
  ...['-1', '31', '100', 'x', '', '1.5'].flatMap((value) => [
    refusal('ReceiveMessage', 'InvalidArgument', `waitseconds "${value}"`, get(`${MESSAGES}?waitseconds=${value}`), {
      message: WAIT_TEXT,
    }),
    refusal(
      'BatchReceiveMessage',
      'InvalidArgument',
      `waitseconds "${value}"`,
      get(`${MESSAGES}?numOfMessages=1&waitseconds=${value}`),
      {
        message: WAIT_TEXT,
      },
    ),
  ]),
  ...['-1', '0', '17', 'x', '', '1.5'].flatMap((value) => [
    refusal('BatchReceiveMessage', 'InvalidArgument', `numOfMessages "${value}"`, count(value), {
      message: COUNT_TEXT,
    }),
    refusal('BatchPeekMessage', 'InvalidArgument', `numOfMessages "${value}"`, peek(value), { message: COUNT_TEXT }),
  ]),
];

/** ReceiveMessage, BatchReceiveMessage, PeekMessage, BatchPeekMessage: nothing to receive, and numbers out of range. */
export const receiveRefusalRows: readonly ConformanceRow[] = [...emptyRows, ...rangeRows];
