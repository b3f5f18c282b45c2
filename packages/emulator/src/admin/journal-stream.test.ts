import { VirtualClock } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Journal } from '../runtime/journal.js';
import { HEARTBEAT_MS, JournalStream, type JournalStreamOptions } from './journal-stream.js';

interface World {
  readonly journal: Journal;
  readonly machine: VirtualClock;
  readonly controller: AbortController;
  readonly ends: { count: number };
  open(options?: Partial<JournalStreamOptions>): ReadableStreamDefaultReader<Uint8Array>;
}

function world(limit = 10_000): World {
  const machine = new VirtualClock();
  const journal = new Journal(() => 0, { limit });
  const controller = new AbortController();
  const ends = { count: 0 };
  return {
    journal,
    machine,
    controller,
    ends,
    open: (options = {}) =>
      new JournalStream({
        journal,
        choice: {},
        since: 0,
        machine,
        signal: controller.signal,
        onEnd: () => {
          ends.count += 1;
        },
        ...options,
      })
        .readable()
        .getReader(),
  };
}

const note = (journal: Journal, messageId: string): void =>
  journal.record({ kind: 'deleted', queueName: 'q', messageId });

async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { value } = await reader.read();
  return value === undefined ? undefined : new TextDecoder().decode(value);
}

const idsIn = (text: string | undefined): readonly number[] =>
  [...(text ?? '').matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

describe('JournalStream', () => {
  it('begins at once, and tells each entry as it comes', async () => {
    const { journal, open } = world();
    const reader = open();
    expect(await read(reader)).toBe('retry: 1000\n\n');
    const next = read(reader);
    note(journal, 'a');
    const entry = '{"sequence":1,"atMs":0,"kind":"deleted","queueName":"q","messageId":"a"}';
    expect(await next).toBe(`id: 1\ndata: ${entry}\n\n`);
  });

  it('goes on after the number that it was told', async () => {
    const { journal, open } = world();
    for (const id of ['a', 'b', 'c']) note(journal, id);
    const reader = open({ since: 1 });
    await read(reader);
    expect(idsIn(await read(reader))).toEqual([2, 3]);
  });

  it('begins anew after a number that there was only before a restart', async () => {
    const { journal, open } = world();
    note(journal, 'a');
    const reader = open({ since: 500 });
    await read(reader);
    const next = read(reader);
    note(journal, 'b');
    expect(idsIn(await next)).toEqual([2]);
  });

  it('tells only what is wanted', async () => {
    const { journal, open } = world();
    const reader = open({ choice: { kind: 'deleted', messageId: 'b' } });
    await read(reader);
    const next = read(reader);
    note(journal, 'a');
    journal.record({ kind: 'expired', queueName: 'q', messageId: 'b', expiredAtMs: 0 });
    note(journal, 'b');
    expect(idsIn(await next)).toEqual([3]);
  });

  it('keeps a text in one line, whatever is in it', async () => {
    const { journal, open } = world();
    note(journal, 'a\n\ndata: forged\r\nid: 99');
    const reader = open();
    await read(reader);
    const text = await read(reader);
    expect(text?.split('\n')).toHaveLength(4);
    expect(idsIn(text)).toEqual([1]);
  });

  it('shows by a comment that it lives, after silence', async () => {
    const { journal, machine, open } = world();
    const reader = open();
    await read(reader);
    const first = read(reader);
    await machine.advanceBy(HEARTBEAT_MS - 1);
    note(journal, 'a');
    expect(idsIn(await first)).toEqual([1]);
    const second = read(reader);
    await machine.advanceBy(HEARTBEAT_MS - 1);
    expect(machine.pendingTimers).toBe(1);
    await machine.advanceBy(1);
    expect(await second).toBe(': heartbeat\n\n');
  });

  it('keeps nothing for a reader that does not read, and tells it of the gap', async () => {
    const { journal, open } = world(5);
    const reader = open();
    await read(reader);
    const pending = read(reader);
    note(journal, 'first');
    await pending;
    for (let index = 0; index < 1000; index += 1) note(journal, `m${index}`);
    const gap = await read(reader);
    expect(gap).toMatch(/^event: gap\ndata: \{"afterSequence":\d+,"nextSequence":997\}\n\nid: 997\n/);
    expect(idsIn(gap)).toEqual([997, 998, 999, 1000, 1001]);
  });

  it.each([
    ['its signal', (_: ReadableStreamDefaultReader<Uint8Array>, { controller }: World) => controller.abort()],
    ['its reader', (reader: ReadableStreamDefaultReader<Uint8Array>) => void reader.cancel()],
  ])('ends once with %s, and leaves nothing behind', async (_, end) => {
    const made = world();
    const reader = made.open();
    await read(reader);
    const last = read(reader);
    end(reader, made);
    expect(await last).toBeUndefined();
    made.controller.abort();
    note(made.journal, 'a');
    expect({ ends: made.ends.count, timers: made.machine.pendingTimers }).toEqual({ ends: 1, timers: 0 });
  });

  prop.prop([
    fc.array(fc.oneof(fc.constantFrom('note' as const, 'read' as const, 'reconnect' as const)), { maxLength: 60 }),
    fc.constantFrom(3, 10_000),
  ])('tells every entry once and in order, or of the gap, however it is read and cut off', async (steps, limit) => {
    const { journal, open, controller } = world(limit);
    const seen: number[] = [];
    let gaps = 0;
    let reader = open();
    const take = (text: string | undefined): void => {
      gaps += text?.startsWith('event: gap') === true ? 1 : 0;
      seen.push(...idsIn(text));
    };
    for (const step of steps) {
      if (step === 'note') note(journal, 'm');
      else if (step === 'reconnect') {
        await reader.cancel();
        reader = open({ since: seen.at(-1) ?? 0 });
      } else if ((seen.at(-1) ?? 0) < journal.length) take(await read(reader));
    }
    while ((seen.at(-1) ?? 0) < journal.length) take(await read(reader));
    controller.abort();
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(new Set(seen).size).toBe(seen.length);
    const missing = journal.length - seen.length;
    expect(missing > 0).toBe(gaps > 0);
    if (limit === 10_000) expect(missing).toBe(0);
  });
});
