import { beforeEach, describe, expect, it } from 'vitest';
import { NO_PROPERTIES } from './message-properties.js';
import { DEFAULT_QUEUE_ATTRIBUTES } from './queue-attributes.js';
import { Queue } from './queue.js';
import { queueTag, readHandle, writeHandle } from './receipt-handle.js';

/** The queue under test, at a time that only `at` moves; message ids are spelled `…1`, `…2`, … */
let queue: Queue;
let nowMs: number;
let sent: number;

beforeEach(() => {
  nowMs = 1_000_000;
  sent = 0;
  queue = new Queue('orders', DEFAULT_QUEUE_ATTRIBUTES, nowMs);
});

function at(ms: number): void {
  nowMs = 1_000_000 + ms;
  queue.advance(nowMs);
}

function send(body: string, { priority = 8, delaySeconds }: { priority?: number; delaySeconds?: number } = {}): string {
  sent += 1;
  const delay = delaySeconds === undefined ? {} : { delaySeconds };
  const id = String(sent).padStart(32, '0');
  return queue.send({ body, priority, ...NO_PROPERTIES, ...delay }, id, nowMs).receiptHandle ?? '';
}

const bodies = (count = 16): string[] => queue.receive(count, nowMs).map(({ body }) => body);

function receiveOne(): string {
  return queue.receive(1, nowMs)[0]?.receiptHandle ?? 'nothing';
}

function change(handle: string, seconds: number): string {
  const result = queue.changeVisibility(handle, seconds, nowMs);
  return result.ok ? result.value.receiptHandle : result.failure.code;
}

function deletion(handle: string): string {
  const result = queue.delete(handle, nowMs);
  return result.ok ? 'deleted' : result.failure.code;
}

describe('order', () => {
  it('delivers by priority, then by when active, then by sending', () => {
    send('late', { delaySeconds: 2 });
    send('later', { delaySeconds: 3 });
    send('low', { priority: 16 });
    send('high', { priority: 1 });
    send('first');
    send('second');
    at(3000);
    expect(bodies()).toEqual(['high', 'first', 'second', 'late', 'later', 'low']);
  });

  it('goes by the instant at which a message was due, not by when anybody looked', () => {
    send('late', { delaySeconds: 2 });
    send('early', { delaySeconds: 1 });
    at(60_000);
    send('now');
    expect(bodies()).toEqual(['early', 'late', 'now']);
  });

  it('puts a message that comes back behind those that became active before', () => {
    send('a');
    receiveOne();
    at(1000);
    send('b');
    at(30_000);
    expect(bodies()).toEqual(['b', 'a']);
  });
});

describe('visibility', () => {
  it('hides a received message for the whole timeout and not a millisecond longer', () => {
    send('a');
    expect(bodies()).toEqual(['a']);
    at(29_999);
    expect(bodies()).toEqual([]);
    at(30_000);
    expect(bodies()).toEqual(['a']);
  });

  it('is read from the queue when a message is received', () => {
    send('a');
    receiveOne();
    queue.attributes = { ...queue.attributes, visibilityTimeoutSeconds: 1 };
    at(1000);
    expect(bodies()).toEqual([]);
    at(30_000);
    expect(bodies()).toEqual(['a']);
    at(31_000);
    expect(bodies()).toEqual(['a']);
  });

  it('counts deliveries and keeps the time of the first', () => {
    send('a');
    at(5);
    const first = queue.receive(1, nowMs)[0];
    at(40_000);
    const second = queue.receive(1, nowMs)[0];
    expect(first).toMatchObject({ dequeueCount: 1, firstDequeuedAtMs: 1_000_005, nextVisibleAtMs: 1_030_005 });
    expect(second).toMatchObject({ dequeueCount: 2, firstDequeuedAtMs: 1_000_005, nextVisibleAtMs: 1_070_000 });
  });
});

describe('receipt handles', () => {
  it('delete once; after that the message is gone', () => {
    send('a');
    const handle = receiveOne();
    expect(deletion(handle)).toBe('deleted');
    expect(deletion(handle)).toBe('MessageNotExist');
    expect(change(handle, 5)).toBe('MessageNotExist');
  });

  it('end with their visibility', () => {
    send('a');
    const handle = receiveOne();
    at(29_999);
    expect(change(handle, 1)).not.toBe(handle);
    at(30_000);
    expect(deletion(handle)).toBe('MessageNotExist');
    expect(change(handle, 5)).toBe('MessageNotExist');
  });

  it('are void once the message is received again', () => {
    send('a');
    const old = receiveOne();
    at(30_000);
    const handle = receiveOne();
    expect(handle).not.toBe(old);
    expect(deletion(old)).toBe('ReceiptHandleError');
    expect(change(old, 5)).toBe('ReceiptHandleError');
    expect(deletion(handle)).toBe('deleted');
  });

  it('are new after a change of visibility, while the old one keeps working', () => {
    send('a');
    const old = receiveOne();
    const handle = change(old, 60);
    expect(handle).not.toBe(old);
    at(29_999);
    expect(change(old, 60)).toMatch(/^0{31}1-/);
    expect(deletion(old)).toBe('deleted');
  });

  it('differ even when issued in the same millisecond for the same time', () => {
    send('a');
    const handles = [receiveOne()];
    for (let index = 0; index < 50; index += 1) handles.push(change(handles[index] ?? '', 30));
    expect(new Set(handles).size).toBe(51);
    expect(deletion(handles[0] ?? '')).toBe('deleted');
  });

  it('stop working when the visibility that they were issued for would have ended', () => {
    send('a');
    const old = receiveOne();
    const handle = change(old, 60);
    at(30_000);
    expect(deletion(old)).toBe('MessageNotExist');
    expect(change(old, 5)).toBe('MessageNotExist');
    at(59_999);
    expect(deletion(handle)).toBe('deleted');
  });

  it('answer alike whether an ended one is still remembered or not', () => {
    send('a');
    const old = receiveOne();
    const handle = change(old, 90);
    at(30_000);
    const newest = change(handle, 90);
    expect(change(old, 5)).toBe('MessageNotExist');
    expect(deletion(old)).toBe('MessageNotExist');
    expect(deletion(newest)).toBe('deleted');
  });

  it('delete also while the message is visible again because its time was shortened', () => {
    send('a');
    const old = receiveOne();
    const handle = change(old, 1);
    at(1000);
    expect(deletion(handle)).toBe('MessageNotExist');
    expect(change(old, 5)).toBe('MessageNotExist');
    expect(deletion(old)).toBe('deleted');
    expect(bodies()).toEqual([]);
  });

  it('of a delayed send let it be active earlier or later, and do not make it a received one', () => {
    const prepared = send('prepared', { delaySeconds: 60 });
    const later = send('later', { delaySeconds: 2 });
    const newest = change(prepared, 1);
    expect(newest).toMatch(/^0{31}1-/);
    change(later, 5);
    expect(queue.counts).toEqual({ delayed: 2, active: 0, inactive: 0 });
    at(999);
    expect(bodies()).toEqual([]);
    at(2000);
    expect(change(newest, 5)).toBe('MessageNotExist');
    expect(bodies()).toEqual(['prepared']);
    at(5000);
    expect(bodies()).toEqual(['later']);
  });

  it('of a delayed send delete it until it is due', () => {
    const handle = send('a', { delaySeconds: 2 });
    const other = send('b', { delaySeconds: 2 });
    at(1999);
    expect(deletion(handle)).toBe('deleted');
    at(2000);
    expect(deletion(other)).toBe('MessageNotExist');
    expect(bodies()).toEqual(['b']);
  });

  it.each([
    ['nothing', ''],
    ['any text', 'abc'],
    ['a handle of another era', '1-ODU4OTkzNDU5My0xNDMyNzI3ODI3LTItOA=='],
    ['a handle without its id', '-MyAxNzY3MjI1NjAwMTIzIDMwMDAwIDAgMCBlbXUtYnJva2VyLTAgMCAzfEFiQ2QxMg=='],
  ])('are refused when they are %s', (_, handle) => {
    expect(deletion(handle)).toBe('ReceiptHandleError');
    expect(change(handle, 5)).toBe('ReceiptHandleError');
  });

  it('are refused for a message that was never received', () => {
    send('a');
    expect(deletion(`${'1'.padStart(32, '0')}-MyAx`)).toBe('ReceiptHandleError');
    expect(bodies()).toEqual(['a']);
  });

  it('are no ended ones, but none at all, before they are issued', () => {
    send('a');
    const issued = readHandle(receiveOne(), queueTag('orders'));
    if (issued === undefined) throw new Error('the handle cannot be read');
    const ended = { ...issued, invisibleMs: 0 };
    expect(change(writeHandle(ended), 5)).toBe('MessageNotExist');
    expect(change(writeHandle({ ...ended, serial: issued.serial + 1 }), 5)).toBe('ReceiptHandleError');
  });

  it('are refused with any one character changed', () => {
    send('a');
    const handle = receiveOne();
    for (let index = 0; index < handle.length; index += 1) {
      for (const to of ['A', '1', '=', '-', ' ']) {
        const changed = `${handle.slice(0, index)}${to}${handle.slice(index + 1)}`;
        if (changed !== handle) expect(deletion(changed)).toMatch(/^(ReceiptHandleError|MessageNotExist)$/);
      }
    }
    expect(deletion(handle)).toBe('deleted');
  });

  it('of another queue are refused', () => {
    send('a');
    const handle = receiveOne();
    const other = new Queue('other', DEFAULT_QUEUE_ATTRIBUTES, nowMs);
    other.send({ body: 'a', priority: 8, ...NO_PROPERTIES }, '1'.padStart(32, '0'), nowMs);
    other.receive(1, nowMs);
    expect(other.delete(handle, nowMs)).toEqual({ ok: false, failure: { code: 'ReceiptHandleError' } });
  });
});

describe('retention', () => {
  const keepFor = (seconds: number): void => {
    queue.attributes = { ...queue.attributes, messageRetentionSeconds: seconds };
  };

  it('removes messages in every state at the deadline, counted from the sending', () => {
    keepFor(60);
    send('active');
    send('delayed', { delaySeconds: 100 });
    send('inactive', { priority: 1 });
    queue.attributes = { ...queue.attributes, visibilityTimeoutSeconds: 100 };
    const handle = receiveOne();
    at(59_999);
    expect(queue.counts).toEqual({ active: 1, delayed: 1, inactive: 1 });
    at(60_000);
    expect(queue.counts).toEqual({ active: 0, delayed: 0, inactive: 0 });
    expect(deletion(handle)).toBe('MessageNotExist');
  });

  it('wins over a delay and a visibility that end at the same instant', () => {
    keepFor(60);
    send('a', { delaySeconds: 60 });
    send('b');
    at(30_000);
    receiveOne();
    expect(queue.nextDueMs).toBeUndefined();
    at(60_000);
    expect(bodies()).toEqual([]);
  });

  it('goes by the deadline of each message, whatever the order of sending', () => {
    for (const seconds of [300, 200, 100, 60]) {
      keepFor(seconds);
      send(String(seconds));
    }
    const leftAt = (seconds: number): readonly string[] => {
      at(seconds * 1000);
      return queue.peek(16).map(({ body }) => body);
    };
    expect([59, 60, 100, 200, 300].map(leftAt)).toEqual([
      ['300', '200', '100', '60'],
      ['300', '200', '100'],
      ['300', '200'],
      ['300'],
      [],
    ]);
  });

  it('is fixed when a message is sent', () => {
    keepFor(60);
    send('short');
    keepFor(120);
    send('long');
    keepFor(60);
    at(60_000);
    expect(queue.peek(16).map(({ body }) => body)).toEqual(['long']);
    at(120_000);
    expect(queue.peek(16)).toEqual([]);
  });
});

describe('size', () => {
  it('does not slow down: a cycle among 50,000 messages takes few steps more than among 500', () => {
    const comparisons = (stored: number): number => {
      let count = 0;
      const counting = new Queue('counted', DEFAULT_QUEUE_ATTRIBUTES, nowMs);
      const draft = (index: number) => ({
        body: 'x',
        get priority() {
          count += 1;
          return (index % 16) + 1;
        },
        ...NO_PROPERTIES,
      });
      const id = (index: number): string => String(index).padStart(32, '0');
      for (let index = 0; index < stored; index += 1) counting.send(draft(index), id(index), nowMs);
      count = 0;
      for (let index = 0; index < 100; index += 1) {
        counting.send(draft(index), id(stored + index), nowMs);
        const [message] = counting.receive(1, nowMs);
        counting.peek(1);
        if (message !== undefined) counting.delete(message.receiptHandle, nowMs);
      }
      return count;
    };
    expect(comparisons(50_000)).toBeLessThan(3 * comparisons(500));
  });
});

describe('a disturbance', () => {
  const first = '1'.padStart(32, '0');

  it('moves an active message behind others, without making it wait', () => {
    send('first');
    send('second');
    expect(queue.disturb(first, 'order', nowMs + 5000)).toBe(true);
    expect([queue.counts.active, queue.nextDueMs]).toEqual([2, undefined]);
    expect(bodies()).toEqual(['second', 'first']);
  });

  it('makes an active message wait until its instant', () => {
    send('first');
    expect(queue.disturb(first, 'delay', nowMs + 5000)).toBe(true);
    expect([queue.counts, queue.nextDueMs]).toEqual([{ delayed: 1, active: 0, inactive: 0 }, nowMs + 5000]);
    at(4999);
    expect(bodies()).toEqual([]);
    at(5000);
    expect(bodies()).toEqual(['first']);
  });

  it('wakes an inactive message early; its handle is good until somebody else gets it', () => {
    send('first');
    const handle = receiveOne();
    expect(queue.disturb(first, 'wake', nowMs + 1000)).toBe(true);
    at(1000);
    expect(queue.counts).toEqual({ delayed: 0, active: 1, inactive: 0 });
    const second = receiveOne();
    expect([deletion(handle), deletion(second)]).toEqual(['ReceiptHandleError', 'deleted']);
  });

  it('lets the early message still be deleted by whoever holds it', () => {
    send('first');
    const handle = receiveOne();
    queue.disturb(first, 'wake', nowMs);
    at(0);
    expect([deletion(handle), bodies()]).toEqual(['deleted', []]);
  });

  it('leaves alone what is in another state, or is not there', () => {
    send('first');
    expect(queue.disturb(first, 'wake', nowMs)).toBe(false);
    receiveOne();
    expect([queue.disturb(first, 'order', nowMs), queue.disturb(first, 'delay', nowMs)]).toEqual([false, false]);
    expect(queue.disturb('nothing', 'delay', nowMs)).toBe(false);
    expect(queue.counts).toEqual({ delayed: 0, active: 0, inactive: 1 });
  });

  it('does not keep a message beyond its retention', () => {
    send('first');
    queue.disturb(first, 'delay', nowMs + 1e12);
    at(DEFAULT_QUEUE_ATTRIBUTES.messageRetentionSeconds * 1000);
    expect(queue.counts).toEqual({ delayed: 0, active: 0, inactive: 0 });
  });
});
