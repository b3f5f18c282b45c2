import { beforeEach, describe, expect, it } from 'vitest';
import { NO_PROPERTIES } from './message-properties.js';
import { DEFAULT_QUEUE_ATTRIBUTES } from './queue-attributes.js';
import { Queue } from './queue.js';
import { countsAt, viewMessage, viewMessages, type StoredMessagesRequest } from './stored-message-view.js';

/** A queue with a message in each state: `sleepy` until 3000, `held` until 31,000, `ready`. */
let queue: Queue;

beforeEach(() => {
  queue = new Queue('orders', { ...DEFAULT_QUEUE_ATTRIBUTES, messageRetentionSeconds: 60 }, 1000);
  const send = (body: string, members: object = {}): unknown =>
    queue.send({ body, priority: 8, ...NO_PROPERTIES, ...members }, `id-${body}`, 1000);
  send('sleepy', { delaySeconds: 2 });
  send('held', { priority: 1 });
  queue.receive(1, 1000);
  send('ready');
});

function page(request: Partial<StoredMessagesRequest>, nowMs = 1000): unknown {
  const { items, nextMarker } = viewMessages(queue, { limit: 9, ...request }, nowMs);
  return [items.map(({ body, state }) => `${body} ${state}`), nextMarker];
}

describe('a view of stored messages', () => {
  it('tells all that a peek tells, and when it becomes active and expires', () => {
    const [, held] = queue.messages();
    expect(held && viewMessage(held, 2000)).toEqual({
      messageId: 'id-held',
      body: 'held',
      bodyMd5: expect.any(String),
      enqueuedAtMs: 1000,
      firstDequeuedAtMs: 1000,
      dequeueCount: 1,
      priority: 1,
      ...NO_PROPERTIES,
      state: 'inactive',
      dueAtMs: 31_000,
      expiresAtMs: 61_000,
      offset: 1,
    });
  });

  it('shows messages as they are at its instant, in the order of sending, and changes nothing', () => {
    expect(page({}, 2999)).toEqual([['sleepy delayed', 'held inactive', 'ready active'], undefined]);
    expect(page({}, 3000)).toEqual([['sleepy active', 'held inactive', 'ready active'], undefined]);
    expect(page({}, 60_999)).toEqual([['sleepy active', 'held active', 'ready active'], undefined]);
    expect(page({}, 61_000)).toEqual([[], undefined]);
    expect(queue.counts).toEqual({ delayed: 1, active: 1, inactive: 1 });
  });

  it('comes in pages that begin at a place', () => {
    expect(page({ limit: 2 })).toEqual([['sleepy delayed', 'held inactive'], '2']);
    expect(page({ fromOffset: 2, limit: 2 })).toEqual([['ready active'], undefined]);
    expect(page({ limit: 3 })).toEqual([['sleepy delayed', 'held inactive', 'ready active'], undefined]);
    expect(page({ fromOffset: 3 })).toEqual([[], undefined]);
  });

  it('may be of one state only, whose pages pass over the others', () => {
    expect(page({ state: 'inactive' })).toEqual([['held inactive'], undefined]);
    expect(page({ state: 'active' }, 3000)).toEqual([['sleepy active', 'ready active'], undefined]);
    expect(page({ state: 'active', limit: 1 }, 3000)).toEqual([['sleepy active'], '2']);
    expect(page({ state: 'delayed' }, 3000)).toEqual([[], undefined]);
  });

  it('counts the messages in each state at its instant', () => {
    const at = (nowMs: number): unknown => countsAt(queue, nowMs);
    expect([1000, 3000, 31_000, 60_999, 61_000].map(at)).toEqual([
      { delayed: 1, active: 1, inactive: 1 },
      { delayed: 0, active: 2, inactive: 1 },
      { delayed: 0, active: 3, inactive: 0 },
      { delayed: 0, active: 3, inactive: 0 },
      { delayed: 0, active: 0, inactive: 0 },
    ]);
  });
});
