import { SeededRandom, VirtualClock, type AnyEvent } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { finished } from '../test-support/finished.js';
import { RecentEvents } from './recent-events.js';
import { Waiters } from './waiters.js';

const unknown: AnyEvent = {
  name: 'unknown',
  eventName: 'New',
  source: '',
  occurredAt: undefined,
  form: 'foreign',
  raw: {},
  problems: [],
};

function room(): {
  clock: VirtualClock;
  waiters: Waiters;
  arrive: (key: string, event: AnyEvent) => boolean;
} {
  const clock = new VirtualClock(0);
  const recent = new RecentEvents(clock, 3, 1000);
  const waiters = new Waiters({ clock, random: new SeededRandom('waits'), recent });
  return { clock, waiters, arrive: (key, event) => waiters.offer(recent.note(key, event)) };
}

describe('Waiters', () => {
  it('resolves with the event of the name, and leaves no timer', async () => {
    const { waiters, arrive, clock } = room();
    const waiting = waiters.wait('FormatConvertJob:JobFinished');
    expect(arrive('m0', unknown)).toBe(false);
    expect(arrive('m1', finished('t1'))).toBe(true);
    expect((await waiting).data.taskId).toBe('t1');
    expect(clock.pendingTimers).toBe(0);
  });

  it('resolves with the event of the task', async () => {
    const { waiters, arrive } = room();
    const waiting = waiters.wait({ taskId: 't2' });
    expect(arrive('m1', finished('t1'))).toBe(false);
    expect(arrive('m2', finished('t2'))).toBe(true);
    expect((await waiting).data.taskId).toBe('t2');
  });

  it('resolves with the event that a condition accepts', async () => {
    const { waiters, arrive } = room();
    const waiting = waiters.wait((event) => event.name === 'unknown' && event.eventName === 'New');
    arrive('m1', finished('t1'));
    arrive('m2', unknown);
    expect(await waiting).toBe(unknown);
  });

  it('gives one event to all who wait for it', async () => {
    const { waiters, arrive } = room();
    const both = Promise.all([waiters.wait({ taskId: 't1' }), waiters.wait('FormatConvertJob:JobFinished')]);
    arrive('m1', finished('t1'));
    expect(await both).toHaveLength(2);
  });

  it('gives an event that comes again to no second wait by name', async () => {
    const { waiters, arrive, clock } = room();
    const first = waiters.wait('FormatConvertJob:JobFinished');
    arrive('m1', finished('t1'));
    await first;
    const second = waiters.wait('FormatConvertJob:JobFinished', { timeoutMs: 10 });
    expect(arrive('m1', finished('t1'))).toBe(true);
    await expect(clock.runUntil(second)).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  });

  it('resolves with an event of a type that is not known when it is of the task', async () => {
    const { waiters, arrive } = room();
    const odd: AnyEvent = { ...unknown, form: 'acs', raw: { eventName: 'New', imm: { taskId: 't7' } } };
    const waiting = waiters.wait({ taskId: 't7' });
    expect(arrive('m1', odd)).toBe(true);
    expect(await waiting).toBe(odd);
    expect(await waiters.wait({ taskId: 't7' })).toBe(odd);
  });

  it('looks at the name of a task’s event, too', async () => {
    const { waiters, arrive, clock } = room();
    const other = waiters.wait({ taskId: 't1', name: 'Other' as 'FormatConvertJob:JobFinished' }, { timeoutMs: 10 });
    expect(arrive('m1', finished('t1'))).toBe(false);
    await expect(clock.runUntil(other)).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  });

  it('takes its listener off the signal when it ends', async () => {
    const { waiters, arrive } = room();
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    const waiting = waiters.wait('unknown', { signal });
    arrive('m1', unknown);
    await waiting;
    expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
  });

  describe('for an event that came just before', () => {
    it('finds it, by name once and by task as often as asked', async () => {
      const { waiters, arrive, clock } = room();
      expect(arrive('m1', finished('t1'))).toBe(false);
      await waiters.wait('FormatConvertJob:JobFinished');
      await waiters.wait({ taskId: 't1' });
      await waiters.wait({ taskId: 't1', name: 'FormatConvertJob:JobFinished' });
      const again = waiters.wait('FormatConvertJob:JobFinished', { timeoutMs: 10 });
      await expect(clock.runUntil(again)).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    });

    it('counts as handled when its message comes again', async () => {
      const { waiters, arrive } = room();
      expect(arrive('m1', finished('t1'))).toBe(false);
      await waiters.wait({ taskId: 't1' });
      expect(arrive('m1', finished('t1'))).toBe(true);
    });

    it('forgets it by age', async () => {
      const { waiters, arrive, clock } = room();
      arrive('m1', finished('t1'));
      await clock.advanceBy(1000);
      await waiters.wait({ taskId: 't1' });
      await clock.advanceBy(1);
      const late = waiters.wait({ taskId: 't1' }, { timeoutMs: 10 });
      await expect(clock.runUntil(late)).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    });

    it('forgets the oldest by number', async () => {
      const { waiters, arrive, clock } = room();
      for (const id of ['1', '2', '3', '4']) arrive(id, finished(id));
      await waiters.wait({ taskId: '2' });
      const gone = waiters.wait({ taskId: '1' }, { timeoutMs: 10 });
      await expect(clock.runUntil(gone)).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    });
  });

  it('times out at its deadline, not before, with advice', async () => {
    const { waiters, clock } = room();
    const waiting = waiters.wait({ taskId: 't1' }, { timeoutMs: 50 });
    await expect(clock.runUntil(waiting)).rejects.toMatchObject({
      code: 'WAIT_TIMEOUT',
      retryable: true,
      message: expect.stringMatching(/expected the event of task t1 within 50 ms.*Check/),
    });
    expect(clock.now()).toBe(50);
  });

  it('waits five minutes by default, and for ever if asked', async () => {
    const { waiters, clock } = room();
    const endless = waiters.wait('unknown', { timeoutMs: Number.POSITIVE_INFINITY });
    expect(clock.pendingTimers).toBe(0);
    const waiting = waiters.wait('unknown');
    await expect(clock.runUntil(waiting)).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    expect(clock.now()).toBe(300_000);
    waiters.close();
    await expect(endless).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' });
  });

  it.each([[0], [-1], [Number.NaN]])('refuses a timeout of %s', async (timeoutMs) => {
    await expect(room().waiters.wait('unknown', { timeoutMs })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('ends when its signal aborts, with the reason as cause', async () => {
    const { waiters, clock, arrive } = room();
    const controller = new AbortController();
    const waiting = waiters.wait('unknown', { signal: controller.signal });
    controller.abort('because');
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED', cause: 'because' });
    expect(clock.pendingTimers).toBe(0);
    expect(arrive('m1', unknown)).toBe(false);
  });

  it('does not begin when its signal has aborted', async () => {
    const { waiters } = room();
    await expect(waiters.wait('unknown', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('ends a wait whose condition throws on an event that came before, in the same way', async () => {
    const { waiters, arrive, clock } = room();
    arrive('m1', unknown);
    const broken = waiters.wait(() => {
      throw new Error('bad condition');
    });
    await expect(broken).rejects.toMatchObject({ code: 'LISTENER_FAILED' });
    expect(clock.pendingTimers).toBe(0);
    expect(arrive('m2', unknown)).toBe(false);
  });

  it('ends only the wait whose condition throws', async () => {
    const { waiters, arrive } = room();
    const cause = new Error('bad condition');
    const broken = waiters.wait(() => {
      throw cause;
    });
    const sound = waiters.wait('unknown');
    expect(arrive('m1', unknown)).toBe(true);
    await expect(broken).rejects.toMatchObject({ code: 'LISTENER_FAILED', cause });
    expect(await sound).toBe(unknown);
  });

  it('ends only the wait whose condition answers with a promise, of which nothing is heard any more', async () => {
    const { waiters, arrive } = room();
    const rejections: unknown[] = [];
    const heard = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', heard);
    onTestFinished(() => void process.off('unhandledRejection', heard));
    const broken = waiters.wait((async () => {
      throw new Error('later');
    }) as never);
    const no = (): never => {
      throw new Error('no');
    };
    const hostile = waiters.wait((() => new Proxy({}, { has: () => true, get: no })) as never);
    const sound = waiters.wait('unknown');
    expect(arrive('m1', unknown)).toBe(true);
    await expect(broken).rejects.toMatchObject({
      code: 'LISTENER_FAILED',
      message: expect.stringContaining('expected true or false'),
    });
    await expect(hostile).rejects.toMatchObject({ code: 'LISTENER_FAILED' });
    expect(await sound).toBe(unknown);
    await eventLoopTurn();
    expect(rejections).toEqual([]);
  });

  it('survives a condition that ends its own wait, or the bridge', async () => {
    const { waiters, arrive } = room();
    const controller = new AbortController();
    const own = waiters.wait(
      () => {
        controller.abort();
        return true;
      },
      { signal: controller.signal },
    );
    const all = waiters.wait(() => {
      waiters.close();
      return true;
    });
    expect(arrive('m1', unknown)).toBe(false);
    await expect(own).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(all).rejects.toMatchObject({ code: 'BRIDGE_CLOSED' });
  });

  it.each([undefined, null, {}, { taskId: 7 }, 7])('refuses to wait for %j', async (match) => {
    await expect(room().waiters.wait(match as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('tells all whom an event concerns, in the order in which they came, and looks at nobody else', async () => {
    const { waiters, arrive } = room();
    const told: string[] = [];
    const matches = [
      '*',
      { taskId: 't1' },
      () => true,
      'FormatConvertJob:*',
      'FormatConvertJob:JobFinished',
      { taskId: 't1', name: 'FormatConvertJob:JobFinished' },
      '*',
    ] as const;
    const all = matches.map((match, index) => waiters.wait(match).then(() => told.push(String(index))));
    const others = ['unknown', { taskId: 't2' }, 'imm:*', () => false] as const;
    for (const other of others) waiters.wait(other as 'unknown').catch(() => told.push('another'));
    arrive('m1', finished('t1'));
    await Promise.all(all);
    expect(told).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    waiters.close();
  });

  it('does not look at those who wait for something else', async () => {
    const costOf = async (count: number): Promise<number> => {
      const { waiters, arrive } = room();
      for (let number = 0; number < count; number += 1) {
        waiters.wait({ taskId: `w${number}` }, { timeoutMs: Infinity }).catch(() => {});
      }
      let best = Infinity;
      for (let round = 0; round < 5; round += 1) {
        const { user } = process.cpuUsage();
        for (let number = 0; number < 500; number += 1) arrive(`${round}/${number}`, finished('other'));
        best = Math.min(best, process.cpuUsage().user - user);
      }
      waiters.close();
      return best;
    };
    const few = await costOf(10);
    // Compared one by one they cost a hundred times as much.
    expect(await costOf(50_000)).toBeLessThan(few * 5 + 5000);
  });

  it('sets no timer but its own two, however many wait', async () => {
    const { waiters, clock } = room();
    const ask = async (): Promise<undefined> => undefined;
    const all = Array.from({ length: 1000 }, (_, index) => waiters.wait({ taskId: String(index) }, { ask }));
    expect(clock.pendingTimers).toBe(2000);
    for (const one of all) one.catch(() => {});
    waiters.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('listens once to a signal that many waits share, and leaves nothing behind', async () => {
    const { waiters, arrive } = room();
    const warnings: unknown[] = [];
    const warned = (warning: unknown): void => void warnings.push(warning);
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    const controller = new AbortController();
    const { signal } = controller;
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const first = Array.from({ length: 50 }, () => waiters.wait('unknown', { signal }));
    arrive('m1', unknown);
    await Promise.all(first);
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1]);
    const second = Array.from({ length: 50 }, () => waiters.wait({ taskId: 't1' }, { signal }));
    controller.abort();
    const ends = await Promise.allSettled(second);
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([2, 2]);
    await eventLoopTurn();
    expect(warnings).toEqual([]);
  });
});
