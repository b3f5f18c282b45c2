import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { MAX_TRACES, TraceBook, endOf, phasesOf, type Trace } from './traces.js';
import type { JournalEntry } from './views.js';

type Fact = { readonly kind: JournalEntry['kind']; readonly atMs: number } & Readonly<Record<string, unknown>>;

const entriesOf = (facts: readonly Fact[]): readonly JournalEntry[] =>
  facts.map((fact, index) => ({ ...fact, sequence: index + 1 }) as unknown as JournalEntry);

const bookOf = (facts: readonly Fact[]): TraceBook => {
  const book = new TraceBook();
  for (const entry of entriesOf(facts)) book.add(entry);
  return book;
};

const only = (book: TraceBook): Trace => {
  const [trace, ...others] = book.list();
  if (trace === undefined || others.length > 0) throw new Error(`expected one trace, not ${book.count}`);
  return trace;
};

const message = { queueName: 'q', messageId: 'm-queue' };

/** The life of a task, as the emulator tells it: the copy is in the queue before the topic says that it delivered it. */
const LIFE: readonly Fact[] = [
  { kind: 'task-submitted', atMs: 0, taskId: 't', taskType: 'FormatConvertJob', project: 'p' },
  { kind: 'task-started', atMs: 100, taskId: 't', taskType: 'FormatConvertJob' },
  { kind: 'task-ended', atMs: 600, taskId: 't', taskType: 'FormatConvertJob', state: 'succeeded' },
  { kind: 'sent', atMs: 810, ...message },
  {
    kind: 'delivered',
    atMs: 810,
    topicName: 'x',
    subscriptionName: 's',
    queueName: 'q',
    messageId: 'm-topic',
    queueMessageId: 'm-queue',
  },
  { kind: 'event-published', atMs: 800, taskId: 't', topicName: 'x', messageId: 'm-topic' },
  { kind: 'received', atMs: 2810, ...message, dequeueCount: 1, nextVisibleAtMs: 9 },
  { kind: 'received', atMs: 3000, ...message, dequeueCount: 2, nextVisibleAtMs: 9 },
  { kind: 'deleted', atMs: 3310, ...message },
];

describe('a trace', () => {
  it('is a task with its event, the copies of it, and what became of them', () => {
    const trace = only(bookOf(LIFE));
    expect([trace.id, trace.isTask, trace.entries.length, endOf(trace)]).toEqual(['t', true, 9, 'done']);
    expect(phasesOf(trace).map(({ name, lagMs }) => `${name} ${lagMs}`)).toEqual([
      'waiting 100',
      'running 500',
      'event 200',
      'delivery 10',
      'unread 2000',
      'handling 500',
    ]);
  });

  it('has its last phase open until the next step comes', () => {
    const open = LIFE.map((_, index) =>
      phasesOf(only(bookOf(LIFE.slice(0, index + 1).filter(({ atMs }) => atMs <= 600)))).at(-1),
    );
    expect(open.slice(0, 3).map((phase) => [phase?.name, phase?.isOpen])).toEqual([
      ['running', true],
      ['running', true],
      ['event', true],
    ]);
  });

  it('without a wait begins to run when it was submitted', () => {
    const trace = only(bookOf([LIFE[0], LIFE[2]].filter((fact) => fact !== undefined)));
    expect(phasesOf(trace)).toEqual([
      { name: 'running', lagMs: 600, isOpen: false },
      { name: 'event', lagMs: 0, isOpen: true },
    ]);
  });

  it('of a message begins when it was sent', () => {
    const trace = only(bookOf(LIFE.filter((fact) => fact['messageId'] === 'm-queue')));
    expect([trace.id, trace.isTask]).toEqual(['m-queue', false]);
    expect(phasesOf(trace).map(({ name }) => name)).toEqual(['unread', 'handling']);
  });

  it('of what was published by hand has no end while nobody gets it', () => {
    const published = { kind: 'operated', atMs: 0, operation: 'publish', topicName: 'x', messageIds: ['m'] } as const;
    const trace = only(bookOf([published]));
    expect([endOf(trace), phasesOf(trace)]).toEqual(['open', [{ name: 'delivery', lagMs: 0, isOpen: true }]]);
  });

  it.each([
    ['failed', { kind: 'task-ended', atMs: 5, taskId: 't', taskType: 'x', state: 'failed', code: 'Broken' }],
    ['lost', { kind: 'event-lost', atMs: 5, taskId: 't', topicName: 'x', reason: 'gone' }],
    ['open', { kind: 'task-started', atMs: 5, taskId: 't', taskType: 'x' }],
  ] as const)('ends %s', (end, fact) => {
    expect(endOf(only(bookOf([...LIFE.slice(0, 1), fact])))).toBe(end);
  });

  // A journal that was cut, or told out of order, must not tear apart what belongs together.
  test.prop([fc.shuffledSubarray([...LIFE], { minLength: LIFE.length })])('is one, whatever is told first', (facts) => {
    const trace = only(bookOf(facts));
    expect(trace.id).toBe('t');
    expect(trace.entries.map(({ sequence }) => sequence)).toEqual(facts.map((_, index) => index + 1));
  });

  test.prop([fc.array(fc.record({ id: fc.integer({ min: 0, max: 20 }), other: fc.integer({ min: 0, max: 20 }) }))])(
    'has each entry once, and each id leads to it',
    (links) => {
      const book = bookOf(
        links.map(({ id, other }) => ({
          kind: 'delivered',
          atMs: 0,
          messageId: `m${id}`,
          queueMessageId: `m${other}`,
        })),
      );
      const all = book.list().flatMap(({ entries }) => entries.map(({ sequence }) => sequence));
      expect(all.toSorted((a, b) => a - b)).toEqual(links.map((_, index) => index + 1));
      for (const { id, other } of links) expect(book.find(`m${id}`)).toBe(book.find(`m${other}`));
    },
  );
});

describe('the book', () => {
  it('lets the oldest go, and knows nothing of them any more', () => {
    const sent = (n: number): Fact => ({ kind: 'sent', atMs: n, queueName: 'q', messageId: `m${n}` });
    const book = bookOf(Array.from({ length: MAX_TRACES + 3 }, (_, n) => sent(n)));
    expect([book.count, book.find('m2'), book.find('m3')?.id]).toEqual([MAX_TRACES, undefined, 'm3']);
  });

  it('does not grow by a message that comes again for ever', () => {
    const again = Array.from({ length: 1000 }, (_, n): Fact => ({ kind: 'received', atMs: n, ...message }));
    const { entries } = only(bookOf([...LIFE.slice(0, 6), ...again]));
    expect([entries.length, entries[0]?.kind, entries.at(-1)?.atMs]).toEqual([200, 'task-submitted', 999]);
  });

  it('keeps apart what one operation did to many, and forgets all with a reset', () => {
    const book = bookOf([
      { kind: 'sent', atMs: 0, queueName: 'q', messageId: 'a' },
      { kind: 'sent', atMs: 0, queueName: 'q', messageId: 'b' },
      { kind: 'operated', atMs: 1, operation: 'redrive', queueName: 'q', messageIds: ['a', 'b'] },
      { kind: 'request', atMs: 1, service: 'mns' },
    ]);
    expect(book.list().map(({ id, entries }) => [id, entries.length])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    for (const entry of entriesOf([{ kind: 'operated', atMs: 2, operation: 'reset' }])) book.add(entry);
    expect(book.count).toBe(0);
  });
});
