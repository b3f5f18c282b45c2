import { describe, expect, it } from 'vitest';
import { call, eventNamed, settled, type CalledHandler } from '../test-support/called-handler.js';
import type { DecodedEvent } from './decoded-event.js';
import type { Handler } from './listener-call.js';
import type { ListenerContext } from './listener.js';
import { Listeners } from './listeners.js';

const event = eventNamed('New');
const indexed: DecodedEvent = { ...event, name: 'imm:FileMeta:Index', data: {}, raw: {} };

const made = (): Listeners => new Listeners(['imm:FileMeta:Index', 'FormatConvertJob:JobFinished']);

/** Calls all that are found for an event, as one message with it would. */
const callAll = (listeners: Listeners, one: DecodedEvent = event): readonly CalledHandler[] =>
  listeners.of(one).map((handler) => call(handler, one));

const verdicts = async (calls: readonly CalledHandler[]): Promise<readonly unknown[]> => {
  await settled();
  return calls.map(({ verdict }) => verdict());
};

/** A listener that runs until it is told how to end; counts its calls. */
function held(): { readonly listener: Handler; readonly contexts: ListenerContext[]; end: (how?: Error) => void } {
  const contexts: ListenerContext[] = [];
  const running: ReturnType<typeof held> = {
    contexts,
    end: () => {},
    listener: (_, context): Promise<void> => {
      contexts.push(context);
      return new Promise((resolve, reject) => {
        running.end = (error) => (error === undefined ? resolve() : reject(error));
      });
    },
  };
  return running;
}

describe('Listeners', () => {
  it('finds those of a name first, then those of its groups, then those of all, each in order', async () => {
    const listeners = made();
    const seen: string[] = [];
    const note = (text: string) => (): void => void seen.push(text);
    listeners.add('*', note('*'));
    listeners.add('imm:*', note('imm:*'));
    listeners.attach('imm:FileMeta:*', note('imm:FileMeta:*'));
    listeners.add('imm:FileMeta:Index', note('first'));
    listeners.addOnce('imm:FileMeta:Index', note('second'));
    listeners.add('FormatConvertJob:JobFinished', note('another name'));
    listeners.add('unknown', note('unknown'));
    await verdicts(callAll(listeners, indexed));
    expect(seen.splice(0)).toEqual(['first', 'second', 'imm:FileMeta:*', 'imm:*', '*']);
    await verdicts(callAll(listeners));
    expect(seen).toEqual(['unknown', '*']);
  });

  it('finds those that have come since it last looked, and none that have gone', () => {
    const listeners = made();
    const listener = (): void => {};
    const count = (): number => listeners.of(indexed).length;
    expect(count()).toBe(0);
    listeners.add('imm:FileMeta:Index', listener);
    const detach = listeners.attach('*', listener);
    listeners.addOnce('imm:*', listener);
    expect(count()).toBe(3);
    detach();
    expect(count()).toBe(2);
    listeners.remove('imm:FileMeta:Index', listener);
    expect(count()).toBe(1);
    listeners.removeAll();
    expect(count()).toBe(0);
  });

  it('has one handler for each registration, which stays the same', () => {
    const listeners = made();
    const listener = (): void => {};
    listeners.add('unknown', listener);
    listeners.add('unknown', listener);
    const [one, other] = listeners.of(event);
    expect(one).not.toBe(other);
    listeners.addOnce('unknown', listener);
    expect(listeners.of(event).slice(0, 2)).toEqual([one, other]);
  });

  it('gives back what it has found for a listener that is gone when it is called', async () => {
    const listeners = made();
    const never = (): void => expect.unreachable();
    listeners.add('unknown', never);
    listeners.addOnce('unknown', never);
    const detach = listeners.attach('unknown', never);
    const found = listeners.of(event);
    listeners.remove('unknown', never);
    detach();
    expect(await verdicts(found.map((handler) => call(handler, event)))).toEqual(['release', 'release', 'release']);
  });

  it('counts, names and removes the functions of the app, and leaves our own alone', () => {
    const listeners = made();
    const listener = (): void => {};
    listeners.add('unknown', listener);
    listeners.add('unknown', listener);
    listeners.addOnce('unknown', listener);
    listeners.addOnce('imm:*', listener);
    listeners.attach('imm:*', listener);
    listeners.attach('*', listener);
    expect(['unknown', 'imm:*', '*', 'error'].map((pattern) => listeners.count(pattern))).toEqual([3, 1, 0, 0]);
    expect(listeners.patterns()).toEqual(['unknown', 'imm:*']);
    listeners.remove('imm:*', () => {});
    listeners.remove('imm:*', undefined);
    listeners.remove('unknown', listener);
    expect(listeners.patterns()).toEqual(['imm:*']);
    listeners.add('unknown', listener);
    listeners.removeAll('imm:*');
    expect(listeners.patterns()).toEqual(['unknown']);
    listeners.removeAll();
    expect(listeners.patterns()).toEqual([]);
    expect(listeners.of(indexed)).toHaveLength(2);
  });

  it('takes away one registration of its own, and leaves the others of the same pattern', () => {
    const listeners = made();
    const [first, second] = [() => {}, () => {}];
    listeners.add('unknown', first);
    const detach = listeners.attach('unknown', second);
    listeners.attach('unknown', second);
    detach();
    expect([listeners.count('unknown'), listeners.of(event).length]).toEqual([1, 2]);
  });

  it('names patterns in the order in which they were registered, those anew that were gone', () => {
    const listeners = made();
    listeners.add('unknown', () => {});
    listeners.add('*', () => {});
    listeners.removeAll('unknown');
    listeners.add('unknown', () => {});
    expect(listeners.patterns()).toEqual(['*', 'unknown']);
  });

  it('knows which patterns an event may fit', () => {
    const listeners = new Listeners(['order:Shipped', 'plain']);
    for (const known of ['*', 'unknown', 'order:*', 'order:Shipped', 'plain'])
      expect(listeners.knows(known)).toBe(true);
    for (const other of ['', 'order', 'order:', 'orde:*', 'order:Lost', 'plain:*', 'error', '__proto__', 'constructor'])
      expect(listeners.knows(other)).toBe(false);
    expect(new Listeners([':odd']).knows(':*')).toBe(false);
  });
});

describe('once', () => {
  it('has one event of a message, and is gone when it has handled it', async () => {
    const listeners = made();
    let calls = 0;
    listeners.addOnce('unknown', () => void (calls += 1));
    expect(await verdicts([...callAll(listeners), ...callAll(listeners)])).toEqual(['ack', 'release']);
    expect(calls).toBe(1);
    expect(listeners.of(event)).toHaveLength(0);
    listeners.addOnce('unknown', () => {});
    listeners.add('unknown', () => {});
    await verdicts(callAll(listeners));
    expect(listeners.count('unknown')).toBe(1);
  });

  it('gives back what comes while it runs, and what it was found for before it was done', async () => {
    const listeners = made();
    const running = held();
    listeners.addOnce('unknown', running.listener);
    const first = callAll(listeners);
    const found = listeners.of(event);
    expect(await verdicts([...first, ...callAll(listeners)])).toEqual([undefined, 'release']);
    running.end();
    expect(await verdicts(first)).toEqual(['ack']);
    expect(await verdicts(found.map((handler) => call(handler, event)))).toEqual(['release']);
    expect(running.contexts).toHaveLength(1);
  });

  it.each(['throws', 'rejects', 'asks for a retry', 'asks for the dead-letter queue', 'is aborted'])(
    'is ready again when it %s',
    async (how) => {
      const listeners = made();
      const running = held();
      const failing: Handler = (one, context) => {
        if (how === 'throws') throw new Error('no');
        return running.listener(one, context);
      };
      listeners.addOnce('unknown', failing);
      const [first] = callAll(listeners);
      if (how === 'asks for a retry') running.contexts[0]?.retry();
      if (how === 'asks for the dead-letter queue') running.contexts[0]?.deadLetter('no');
      if (how === 'is aborted') first?.lose();
      running.end(how === 'rejects' ? new Error('no') : undefined);
      await settled();
      expect(first?.isFinished()).toBe(true);
      expect(listeners.count('unknown')).toBe(1);
      const second = callAll(listeners);
      if (how !== 'throws') running.end();
      expect(await verdicts(second)).toEqual([how === 'throws' ? 'retry' : 'ack']);
      expect(listeners.count('unknown')).toBe(how === 'throws' ? 1 : 0);
    },
  );

  it.each(['returns', 'throws', 'hangs', 'was aborted before'])('is done with ack(), and %s', async (how) => {
    const listeners = made();
    const running = held();
    listeners.addOnce('unknown', running.listener);
    const [first] = callAll(listeners);
    if (how === 'was aborted before') first?.lose();
    running.contexts[0]?.ack();
    running.contexts[0]?.retry();
    expect(listeners.of(event)).toHaveLength(0);
    if (how !== 'hangs') running.end(how === 'throws' ? new Error('too late') : undefined);
    await settled();
    expect(first?.verdict()).toBe('ack');
    expect(first?.isFinished()).toBe(how !== 'hangs');
    expect(listeners.of(event)).toHaveLength(0);
  });

  it('is not done with an ack() that came after another answer', async () => {
    const listeners = made();
    listeners.addOnce('unknown', (_, { retry, ack }) => {
      retry();
      ack();
    });
    expect(await verdicts(callAll(listeners))).toEqual(['retry']);
    expect(listeners.count('unknown')).toBe(1);
  });

  it.each([undefined, new Error('no')])('can be taken away while it runs, however it ends: %s', async (how) => {
    const listeners = made();
    const running = held();
    listeners.addOnce('unknown', running.listener);
    const calls = callAll(listeners);
    listeners.remove('unknown', running.listener);
    expect(listeners.count('unknown')).toBe(0);
    running.end(how);
    expect(await verdicts(calls)).toEqual([how === undefined ? 'ack' : 'retry']);
    expect(listeners.of(event)).toHaveLength(0);
  });

  it('counts for each registration of the same function, and for each name', async () => {
    const listeners = made();
    let calls = 0;
    const listener = (): void => void (calls += 1);
    listeners.addOnce('unknown', listener);
    listeners.addOnce('unknown', listener);
    listeners.addOnce('imm:FileMeta:*', listener);
    listeners.add('*', listener);
    await verdicts([...callAll(listeners), ...callAll(listeners)]);
    expect(calls).toBe(4);
    expect(listeners.patterns()).toEqual(['imm:FileMeta:*', '*']);
    await verdicts(callAll(listeners, indexed));
    expect(calls).toBe(6);
    expect(listeners.patterns()).toEqual(['*']);
  });

  it('hands all of its context on', async () => {
    const listeners = made();
    const seen: ListenerContext[] = [];
    listeners.addOnce('unknown', (_, context) => void seen.push({ ...context }));
    const [one] = callAll(listeners);
    one?.lose();
    await settled();
    expect(seen[0]).toMatchObject({ signal: { aborted: true }, delivery: { messageId: 'm' }, timing: {} });
  });
});
