import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import type { JournalFact } from './journal-fact.js';
import { Journal } from './journal.js';

const START_MS = Date.UTC(2026, 0, 1);

function fixture(options?: ConstructorParameters<typeof Journal>[1]): { journal: Journal; at: (ms: number) => void } {
  let nowMs = START_MS;
  const journal = new Journal(() => nowMs, options);
  return { journal, at: (ms) => void (nowMs = START_MS + ms) };
}

const sent = (messageId: string, queueName = 'q'): JournalFact => ({ kind: 'sent', queueName, messageId });
const deleted = (messageId: string): JournalFact => ({ kind: 'deleted', queueName: 'q', messageId });
const request = (operation: string, code?: string): JournalFact => ({
  kind: 'request',
  service: 'mns',
  operation,
  status: code === undefined ? 200 : 404,
  requestId: 'R',
  queueName: 'q',
  ...(code === undefined ? {} : { code }),
});

const MAIL = {
  kind: 'mailed',
  topicName: 't',
  subscriptionName: 's',
  messageId: 'M',
  address: 'a@b.c',
  body: '',
} as const satisfies JournalFact;

describe('after', () => {
  it.each([1, 3, 100])('gives what is kept of the entries after a number, with a limit of %i', (limit) => {
    const journal = new Journal(() => 0, { limit });
    for (let index = 1; index <= 20; index += 1) {
      journal.record({ kind: 'time', fromMs: index });
      const kept = journal.entries();
      for (const sequence of [0, 1, index - 1, index, index + 5]) {
        const expected = kept.filter((entry) => entry.sequence > sequence);
        expect(journal.after(sequence)).toEqual(expected);
        expect(journal.after(sequence, 2)).toEqual(expected.slice(0, 2));
      }
    }
  });

  it('gives nothing of an empty journal', () => {
    expect(new Journal(() => 0).after(0)).toEqual([]);
  });
});

describe('Journal', () => {
  it('numbers facts in order and says when each was', () => {
    const { journal, at } = fixture();
    journal.record(sent('a'));
    at(5);
    journal.record(sent('b'));
    expect(journal.entries()).toEqual([
      { sequence: 1, atMs: START_MS, ...sent('a') },
      { sequence: 2, atMs: START_MS + 5, ...sent('b') },
    ]);
    expect(journal.length).toBe(2);
  });

  it('has the steps of the time that something happened after, when told to', () => {
    const { journal, at } = fixture({ recordsTime: true });
    journal.record(sent('a'));
    at(3);
    at(5);
    journal.record(sent('b'));
    journal.record(sent('c'));
    expect(journal.entries().map(({ sequence, kind, atMs }) => [sequence, kind, atMs - START_MS])).toEqual([
      [1, 'sent', 0],
      [2, 'time', 5],
      [3, 'sent', 5],
      [4, 'sent', 5],
    ]);
    expect(journal.entries('time')).toMatchObject([{ fromMs: START_MS }]);
  });

  prop.prop([fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 })])(
    'keeps the last facts up to its limit, with their numbers',
    (limit, count) => {
      const { journal } = fixture({ limit });
      for (let index = 1; index <= count; index += 1) journal.record(sent(`m${index}`));
      const kept = Math.min(limit, count);
      expect(journal.entries().map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: kept }, (_, index) => count - kept + index + 1),
      );
      expect(journal.length).toBe(count);
    },
  );

  it.each([0, -1, 1.5, Number.NaN])('refuses the limit %s', (limit) => {
    expect(() => fixture({ limit })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it.each([0, 1024 * 1024 - 1, Number.NaN, Infinity])('refuses a bound of %s bytes', (maxBytes) => {
    expect(() => fixture({ maxBytes })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  prop.prop([
    fc.integer({ min: 1, max: 60 }),
    fc.array(fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 300_000 })), { maxLength: 60 }),
  ])('keeps the last facts up to its bytes, too, none of them gone in between', (limit, lengths) => {
    const { journal } = fixture({ limit, maxBytes: 1024 * 1024 });
    for (const length of lengths) {
      journal.record({ ...MAIL, body: 'b'.repeat(length) });
      const kept = journal.entries('mailed');
      expect(kept.length).toBeLessThanOrEqual(limit);
      expect(kept.reduce((sum, { body }) => sum + 2 * body.length, 0)).toBeLessThanOrEqual(1024 * 1024);
      expect(kept.at(-1)?.sequence).toBe(journal.length);
      expect(kept[0]?.sequence ?? 1).toBe(journal.length - kept.length + 1);
      expect(journal.after(journal.length - 3)).toEqual(kept.slice(-3));
    }
  });

  it('lets the oldest go for the bytes of the new only when it has to', () => {
    const { journal } = fixture({ maxBytes: 1024 * 1024 });
    for (let index = 0; index < 20; index += 1) journal.record({ ...MAIL, body: 'b'.repeat(60_000) });
    expect(journal.entries().map(({ sequence }) => sequence)).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
  });

  it('cuts what is longer than any name, body or attribute that the services take, and says how much', () => {
    const { journal } = fixture();
    const body = 'b'.repeat(64 * 1024);
    journal.record(request('A'.repeat(5_000_000)));
    journal.record({ ...MAIL, body, attributes: { Subject: 's' } });
    journal.record({ ...MAIL, body: `${body}more`, attributes: { Subject: 's'.repeat(70_000) } });
    expect(journal.entries()).toMatchObject([
      { operation: `${'A'.repeat(1024)}… (4998976 more characters were cut)` },
      { body, attributes: { Subject: 's' } },
      { body: `${body}… (4 more characters were cut)`, attributes: { cut: '70014 characters of JSON were cut' } },
    ]);
  });

  it('finds requests and other entries by any of their members', () => {
    const { journal } = fixture();
    for (const fact of [
      request('SendMessage'),
      request('ReceiveMessage', 'MessageNotExist'),
      sent('a'),
      sent('a', 'r'),
    ]) {
      journal.record(fact);
    }
    expect(journal.requests().map(({ operation }) => operation)).toEqual(['SendMessage', 'ReceiveMessage']);
    expect(journal.requests({ code: 'MessageNotExist', queueName: 'q' })).toHaveLength(1);
    expect(journal.requests({ operation: 'SendMessage', status: 404 })).toEqual([]);
    expect(journal.entries('sent', { queueName: 'r' })).toMatchObject([{ messageId: 'a' }]);
  });

  it('follows a message from its topic into its queue', () => {
    const { journal } = fixture();
    const topic = { topicName: 't', subscriptionName: 's', messageId: 'T' };
    for (const fact of [
      sent('Q'),
      { kind: 'delivered', ...topic, queueName: 'q', queueMessageId: 'Q' },
      sent('other'),
      deleted('Q'),
    ] satisfies JournalFact[]) {
      journal.record(fact);
    }
    expect(journal.about({ messageId: 'Q' }).map(({ kind }) => kind)).toEqual(['sent', 'delivered', 'deleted']);
    expect(journal.about({ messageId: 'T' }).map(({ kind }) => kind)).toEqual(['delivered']);
    expect(journal.about({ queueName: 'q' })).toHaveLength(4);
    expect(journal.about({ queueName: 'q', messageId: 'other' })).toHaveLength(1);
    expect(journal.about({ taskId: 'Q' })).toEqual([]);
  });

  it('tells subscribers of each entry until they leave; one that throws disturbs nobody', () => {
    const { journal } = fixture();
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const seen: number[] = [];
    journal.record(sent('before'));
    const leave = journal.subscribe(() => {
      throw new Error('my listener is broken');
    });
    const leaveToo = journal.subscribe(({ sequence }) => seen.push(sequence));
    journal.record(sent('a'));
    leave();
    journal.record(sent('b'));
    leaveToo();
    journal.record(sent('c'));
    expect(seen).toEqual([2, 3]);
    expect(warned.mock.calls).toMatchObject([[{ message: 'my listener is broken' }]]);
    warned.mockRestore();
  });

  it('prints one line for each entry, and long texts cut', () => {
    const { journal, at } = fixture();
    journal.record(request('ReceiveMessage', 'MessageNotExist'));
    at(1500);
    journal.record({ kind: 'event-lost', taskId: 't', topicName: 'x', reason: `a "b" ${'c'.repeat(100)}` });
    journal.record(sent('m'));
    expect(journal.print()).toBe(
      [
        '#1 2026-01-01T00:00:00.000Z request service=mns operation=ReceiveMessage status=404 requestId=R queueName=q code=MessageNotExist',
        `#2 2026-01-01T00:00:01.500Z event-lost taskId=t topicName=x reason="a \\"b\\" ${'c'.repeat(51)}..."`,
        '#3 2026-01-01T00:00:01.500Z sent queueName=q messageId=m',
      ].join('\n'),
    );
    expect(journal.print({ last: 1 })).toBe('#3 2026-01-01T00:00:01.500Z sent queueName=q messageId=m');
    expect([journal.print({ last: 0 }), fixture().journal.print()]).toEqual(['', '']);
  });
});

describe('an expectation of the journal', () => {
  const filled = (): Journal => {
    const { journal } = fixture();
    for (const fact of [sent('a'), request('SendMessage'), deleted('a'), sent('b')]) journal.record(fact);
    return journal;
  };
  const messageOf = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      expect(error).toMatchObject({ code: 'JOURNAL_MISMATCH' });
      return error instanceof Error ? error.message : '';
    }
    return expect.fail('nothing was thrown');
  };

  it('gives what it finds', () => {
    const journal = filled();
    expect(journal.expect({ kind: 'sent' })).toHaveLength(2);
    expect(journal.expect({ kind: 'sent', messageId: 'a' }, 1)).toMatchObject([{ sequence: 1 }]);
    expect(journal.expect({ kind: 'expired' }, 0)).toEqual([]);
    expect(journal.expect({ kind: 'sent' }, { least: 1, most: 2 })).toHaveLength(2);
  });

  it('shows, when it does not hold, the entries that fit', () => {
    expect(messageOf(() => filled().expect({ kind: 'sent' }, 1))).toBe(
      [
        'the journal: expected 1 of "sent", found 2. Nearby:',
        '  #1 2026-01-01T00:00:00.000Z sent queueName=q messageId=a',
        '  #4 2026-01-01T00:00:00.000Z sent queueName=q messageId=b',
      ].join('\n'),
    );
  });

  it('shows those of its kind, else any, when none fits', () => {
    expect(messageOf(() => filled().expect({ kind: 'deleted', messageId: 'b' }))).toBe(
      [
        'the journal: expected at least 1 of "deleted messageId=b", found 0. Nearby:',
        '  #3 2026-01-01T00:00:00.000Z deleted queueName=q messageId=a',
      ].join('\n'),
    );
    expect(messageOf(() => filled().expect({ kind: 'expired' }, { least: 2, most: 3 }))).toMatch(
      /^the journal: expected 2 to 3 of "expired", found 0. Nearby:\n(?: {2}#\d.*\n?){4}$/,
    );
    expect(messageOf(() => fixture().journal.expect({ kind: 'sent' }))).toContain('(the journal is empty there)');
  });

  it('of an order lets others lie between, and shows what came instead', () => {
    const journal = filled();
    expect(journal.expectInOrder({ kind: 'sent', messageId: 'a' }, { kind: 'deleted' })).toMatchObject([
      { sequence: 1 },
      { sequence: 3 },
    ]);
    expect(journal.expectInOrder({ kind: 'sent' }, { kind: 'sent' })).toMatchObject([{ sequence: 1 }, { sequence: 4 }]);
    expect(messageOf(() => journal.expectInOrder({ kind: 'deleted' }, { kind: 'sent', messageId: 'a' }))).toBe(
      [
        'the journal: expected "sent messageId=a" after #3, found none. Nearby:',
        '  #3 2026-01-01T00:00:00.000Z deleted queueName=q messageId=a',
        '  #4 2026-01-01T00:00:00.000Z sent queueName=q messageId=b',
      ].join('\n'),
    );
  });
});
