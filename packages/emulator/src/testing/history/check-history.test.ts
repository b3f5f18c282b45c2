import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Invariant } from '../contract/invariant.js';
import { checkHistory } from './check-history.js';
import type { HistoryCall, History } from './history.js';
import {
  changed,
  counted,
  deleted,
  got,
  history,
  maybeChanged,
  maybeDeleted,
  maybeGot,
  maybeSent,
  sent,
  waited,
} from './test-support/history-fixture.js';

type Row = readonly [what: string, calls: readonly HistoryCall[], changes?: Partial<History>];

const drained = { isDrained: true };

/** What may happen, however odd it looks. */
const legal: readonly Row[] = [
  ['nothing at all', []],
  ['a message that is sent, received and deleted', [sent([0], 'm'), got([1], 'm'), deleted([2], ['m#1'])], drained],
  ['a delivery that overlaps the send', [sent([0, 3], 'm'), got([1, 2], 'm')]],
  ['a send without an answer that was applied', [maybeSent([0], 'm'), got([1], 'm')]],
  ['a send without an answer that was not', [maybeSent([0], 'm')], drained],
  ['a delete without an answer that was applied', [sent([0], 'm'), got([1], 'm'), maybeDeleted([2], 'm#1')], drained],
  [
    'a delete without an answer that was not',
    [sent([0], 'm'), got([1], 'm'), maybeDeleted([2], 'm#1'), got([7], 'm', 2), deleted([8], ['m#2'])],
    drained,
  ],
  ['a delivery beside the delete', [sent([0], 'm'), got([1], 'm'), deleted([6, 9], ['m#1']), got([7, 8], 'm', 2)]],
  ['a message that has expired', [sent([0], 'm'), counted([70], 0)], drained],
  ['a delivery again when the lease is over', [sent([0], 'm'), got([1], 'm'), got([6], 'm', 2)]],
  [
    'a delivery again after the lease was cut',
    [sent([0], 'm'), got([1], 'm'), changed([2], 'm#1', 1, 'n'), got([3], 'm', 2)],
  ],
  [
    'a delivery again after the lease may have been cut',
    [sent([0], 'm'), got([1], 'm'), maybeChanged([2], 'm#1', 1), got([3], 'm', 2)],
  ],
  ['a count that skips the receive without an answer', [sent([0], 'm'), maybeGot([1]), got([7], 'm', 2)]],
  [
    'counts while a send and a delete are under way',
    [sent([0], 'm'), got([1], 'm'), deleted([2, 4], ['m#1']), counted([3], 1)],
  ],
  ['a delayed message at its time', [sent([0, 0.1], 'm', { delaySeconds: 3 }), got([3], 'm')]],
  [
    'two waiters in order',
    [waited('A', [0, 3], 'm'), waited('B', [1, 9]), { ...sent([2], 'm'), arrived: { order: 2, atMs: 2000 } }],
  ],
  [
    'a waiter that came after the message',
    [waited('A', [3, 9]), waited('B', [4, 5], 'm'), { ...sent([1], 'm'), arrived: { order: 1, atMs: 1000 } }],
  ],
  [
    'a batch delete that reports the bad handles',
    [sent([0], 'm'), sent([0.1], 'k'), got([1], 'm'), deleted([2], ['m#1', 'no-handle'], ['no-handle'])],
  ],
  [
    'a handle of a batch that another client deletes',
    [sent([0], 'm'), got([1], 'm'), deleted([2, 4], ['m#1', 'x'], ['m#1', 'x']), deleted([2, 3], ['m#1'])],
  ],
  [
    'a second delete, where the service need not know of the first',
    [sent([0], 'm'), got([1], 'm'), deleted([2], ['m#1']), deleted([3], ['m#1'])],
    { isExact: false },
  ],
];

/** What must not happen, and which promise it breaks. */
const illegal: readonly (readonly [Invariant, ...Row])[] = [
  ['I1', 'two deletes of one message', [sent([0], 'm'), got([1], 'm'), deleted([2], ['m#1']), deleted([3], ['m#1'])]],
  ['I1', 'a count that misses a message', [sent([0], 'm'), counted([1], 0)]],
  [
    'I1',
    'a count of a message that was deleted',
    [sent([0], 'm'), got([1], 'm'), deleted([2], ['m#1']), counted([3], 1)],
  ],
  ['I2', 'a message that nobody sent', [got([1], 'm')]],
  [
    'I2',
    'two messages of one send without an answer',
    [maybeSent([0], 'm'), got([1], 'm'), got([2], 'k', 1, { body: 'body of m' })],
  ],
  ['I2', 'another body than was sent', [sent([0], 'm'), got([1], 'm', 1, { body: 'another' })]],
  ['I2', 'another MD5 than that of the body', [sent([0], 'm'), got([1], 'm', 1, { bodyMd5: '0' })]],
  ['I2', 'a delivery before the send', [got([0], 'm'), sent([1], 'm')]],
  ['I3', 'a message that the drained queue does not have', [sent([0], 'm')], drained],
  [
    'I3',
    'a message whose only delete was refused',
    [sent([0], 'm'), got([1], 'm'), deleted([2], ['m#1'], ['m#1'])],
    drained,
  ],
  ['I4', 'a delivery after the delete', [sent([0], 'm'), got([1], 'm'), deleted([2], ['m#1']), got([7], 'm', 2)]],
  ['I5', 'one id for two sends', [sent([0], 'm'), sent([1], 'm')]],
  ['I6', 'the handle of before', [sent([0], 'm'), got([1], 'm'), got([7], 'm', 2, { handle: 'm#1' })]],
  ['I6', 'a change that gives back the old handle', [sent([0], 'm'), got([1], 'm'), changed([2], 'm#1', 9, 'm#1')]],
  [
    'I7',
    'a delete with the handle of an earlier delivery',
    [sent([0], 'm'), got([1], 'm'), got([7], 'm', 2), deleted([8], ['m#1'])],
  ],
  [
    'I7',
    'a change with the handle of an earlier delivery',
    [sent([0], 'm'), got([1], 'm'), got([7], 'm', 2), changed([8], 'm#1', 9, 'n')],
  ],
  ['I9', 'the same count twice', [sent([0], 'm'), got([1], 'm'), got([7], 'm', 1, { handle: 'n' })]],
  ['I9', 'a count that falls', [sent([0], 'm'), got([1], 'm', 2), got([7], 'm', 1)]],
  ['I9', 'a count that skips one', [sent([0], 'm'), got([1], 'm', 2)]],
  ['I9', 'a count that skips two, with one receive unanswered', [sent([0], 'm'), maybeGot([1]), got([7], 'm', 3)]],
  ['I9', 'another first time', [sent([0], 'm'), got([1], 'm'), got([7], 'm', 2, { firstDequeuedAtMs: 7000 })]],
  ['I10', 'a delayed message before its time', [sent([0], 'm', { delaySeconds: 3 }), got([1], 'm')]],
  ['I11', 'two leases at once', [sent([0], 'm'), got([1], 'm'), got([3], 'm', 2)]],
  [
    'I11',
    'two leases at once, after an extension',
    [sent([0], 'm'), got([1], 'm'), changed([2], 'm#1', 60, 'n'), got([9], 'm', 2)],
  ],
  [
    'I11',
    'two leases at once, after a cut that was taken back',
    [sent([0], 'm'), got([1], 'm'), changed([2], 'm#1', 3, 'n'), changed([3], 'n', 60, 'o'), got([9], 'm', 2)],
  ],
  [
    'I17',
    'a later waiter first',
    [waited('A', [0, 9]), waited('B', [1, 3], 'm'), { ...sent([2], 'm'), arrived: { order: 2, atMs: 2000 } }],
  ],
  ['I17', 'a message that went to a client which had hung up', [sent([0], 'm'), maybeGot([1], true), got([7], 'm', 2)]],
  ['I19', 'a bad handle that is not reported', [sent([0], 'm'), got([1], 'm'), deleted([2], ['m#1', 'no-handle'])]],
  [
    'I19',
    'a good handle that is',
    [sent([0], 'm'), got([1], 'm'), deleted([2], ['m#1', 'no-handle'], ['m#1', 'no-handle'])],
  ],
  ['I19', 'a report of what was not asked', [sent([0], 'm'), got([1], 'm'), deleted([2], ['m#1', 'x'], ['x', 'y'])]],
  [
    'I19',
    'an old handle that is not reported',
    [sent([0], 'm'), got([1], 'm'), got([7], 'm', 2), deleted([8], ['m#1', 'x'], ['x'])],
  ],
];

const legalCases = legal.map(([what, calls, changes = {}]) => ({ what, calls, changes }));
const illegalCases = illegal.map(([invariant, what, calls, changes = {}]) => ({ invariant, what, calls, changes }));

describe('a history', () => {
  it.each(legalCases)('may have $what', ({ calls, changes }) => {
    expect(checkHistory(history(calls, changes))).toEqual([]);
  });

  it.each(illegalCases)('breaks $invariant by $what', ({ invariant, calls, changes }) => {
    expect(checkHistory(history(calls, changes)).map((found) => found.invariant)).toContain(invariant);
  });

  // Written down in the order in which calls returned, or in any other: the points alone say what came first.
  prop.prop([fc.constantFrom(...illegalCases, ...legalCases), fc.infiniteStream(fc.nat())])(
    'is judged alike in whatever order it was written down',
    ({ calls, changes }, keys) => {
      const shuffled = calls.map((call) => ({ call, key: keys.next().value })).toSorted((a, b) => a.key - b.key);
      const judge = (list: readonly HistoryCall[]): string[] =>
        checkHistory(history(list, changes))
          .map((found) => found.invariant)
          .toSorted();
      expect(judge(shuffled.map(({ call }) => call))).toEqual(judge(calls));
    },
  );
});
