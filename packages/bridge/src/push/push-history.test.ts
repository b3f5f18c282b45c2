import { describe, expect, it } from 'vitest';
import { KnownMessage } from '../dispatch/known-messages.js';
import { PushHistory, type PushRecord } from './push-history.js';

const DAY_MS = 86_400_000;
const record = (failures: number): PushRecord => ({
  sinceMs: 0,
  attempts: failures,
  failures,
  isDone: false,
  known: new KnownMessage(),
});

describe('PushHistory', () => {
  it('keeps a record for a day after the last attempt', () => {
    const history = new PushHistory();
    history.keep('a', record(1), 0);
    history.keep('b', record(2), 10);
    history.keep('a', record(3), 20);
    expect(history.find('b', DAY_MS + 9)).toEqual(record(2));
    expect(history.find('b', DAY_MS + 10)).toBeUndefined();
    expect(history.find('a', DAY_MS + 19)).toEqual(record(3));
    expect(history.find('a', DAY_MS + 20)).toBeUndefined();
    expect(history.size).toBe(0);
  });

  it('forgets the message whose last attempt is longest ago when there are too many', () => {
    const history = new PushHistory(2);
    history.keep('a', record(1), 0);
    history.keep('b', record(2), 1);
    history.keep('a', record(1), 2);
    history.keep('c', record(3), 3);
    expect(['a', 'b', 'c'].map((key) => history.find(key, 4)?.failures)).toEqual([1, undefined, 3]);
    expect(history.size).toBe(2);
  });
});
