import { MnsbusError, VirtualClock } from '@mnsbus/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settableClock } from '../test-support/settable-clock.js';
import type { BridgeStatus, QueueFact } from './bridge-status.js';
import { StatusFeed, type StatusListener } from './status-feed.js';

const lost = (messageId: string): BridgeStatus => ({ type: 'lease-lost', messageId, overrun: false, queueName: 'q' });

describe('StatusFeed', () => {
  beforeEach(() => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('hands statuses to a reader in order, those before its first question included', async () => {
    const feed = new StatusFeed(new VirtualClock());
    const reader = feed.read();
    feed.emit(lost('1'));
    feed.emit(lost('2'));
    expect(await reader.next()).toEqual({ done: false, value: lost('1') });
    expect(await reader.next()).toEqual({ done: false, value: lost('2') });
  });

  it('wakes a reader that waits', async () => {
    const feed = new StatusFeed(new VirtualClock());
    const next = feed.read().next();
    feed.emit(lost('1'));
    expect(await next).toEqual({ done: false, value: lost('1') });
  });

  it('wakes everybody who has asked, in order, and all at the end', async () => {
    const feed = new StatusFeed(new VirtualClock());
    const reader = feed.read();
    const asked = [reader.next(), reader.next(), reader.next()];
    feed.emit(lost('1'));
    feed.emit(lost('2'));
    feed.close();
    expect(await Promise.all(asked)).toEqual([
      { done: false, value: lost('1') },
      { done: false, value: lost('2') },
      { done: true, value: undefined },
    ]);
  });

  it('gives every reader everything', async () => {
    const feed = new StatusFeed(new VirtualClock());
    const readers = [feed.read(), feed.read()];
    feed.emit(lost('1'));
    for (const reader of readers) expect(await reader.next()).toMatchObject({ value: lost('1') });
  });

  it('ends its readers after what they still hold', async () => {
    const feed = new StatusFeed(new VirtualClock());
    const reader = feed.read();
    const waiting = feed.read().next();
    feed.emit(lost('1'));
    feed.close();
    expect(await waiting).toMatchObject({ done: false });
    const seen: BridgeStatus[] = [];
    for await (const status of reader) seen.push(status);
    expect(seen).toEqual([lost('1')]);
  });

  it('forgets a reader that leaves', async () => {
    const feed = new StatusFeed(new VirtualClock());
    for await (const status of firstOf(feed)) expect(status).toEqual(lost('1'));
    feed.emit(lost('2'));
    expect(process.emitWarning).toHaveBeenCalledOnce();
  });

  it('keeps the newest 1,000 for a reader that is slow', async () => {
    const feed = new StatusFeed(new VirtualClock());
    const reader = feed.read();
    for (let count = 1; count <= 1001; count += 1) feed.emit(lost(String(count)));
    expect(await reader.next()).toMatchObject({ value: lost('2') });
    expect(process.emitWarning).toHaveBeenCalledExactlyOnceWith(
      'mnsbus: a loop over status() is too slow: its oldest status of 1000 was dropped',
      { type: 'MnsbusWarning', code: 'status-reader' },
    );
  });

  it('warns when nobody reads', () => {
    new StatusFeed(new VirtualClock()).emit(lost('m1'));
    expect(process.emitWarning).toHaveBeenCalledWith(expect.stringContaining('m1'), {
      type: 'MnsbusWarning',
      code: 'lease-lost',
    });
  });

  it('does not warn while somebody reads', () => {
    const feed = new StatusFeed(new VirtualClock());
    feed.read();
    feed.emit(lost('m1'));
    expect(process.emitWarning).not.toHaveBeenCalled();
  });

  const error = new MnsbusError({ code: 'MNS_UNREACHABLE', message: 'why' });
  const listenerError = new MnsbusError({ code: 'LISTENER_FAILED', message: 'why' });
  it.each<[QueueFact, string]>([
    [{ type: 'receive-failed', error, retryInMs: 5 }, 'receive failed from q, next in 5 ms: why'],
    [{ type: 'stopped', error, retryInMs: 5 }, 'no messages are received from q, next try in 5 ms: why'],
    [{ type: 'lease-lost', messageId: 'm', overrun: false }, 'message m is no longer ours and will be delivered again'],
    [
      { type: 'lease-lost', messageId: 'm', overrun: true },
      'message m is no longer ours and will be delivered again: its listener took longer than lease.maxSeconds',
    ],
    [{ type: 'lease-extend-failed', messageId: 'm', error }, 'the lease of message m could not be extended: why'],
    [{ type: 'deduplicator-failed', messageId: 'm', error }, 'the deduplicator failed on message m: why'],
    [
      { type: 'listener-failed', messageId: 'm', eventName: 'E', error: listenerError },
      'a listener of E failed on message m: why',
    ],
    [
      { type: 'unhandled', messageId: 'm', eventName: 'E', deleted: false },
      'nobody listens to E (message m); it was given back',
    ],
    [
      { type: 'unhandled', messageId: 'm', eventName: 'E', deleted: true },
      'nobody listens to E (message m); it was deleted',
    ],
    [{ type: 'rejected', messageId: 'm', error }, 'message m was rejected: why'],
    [
      { type: 'dead-lettered', messageId: 'm', deadLetterQueue: 'd', cause: 'listener', error },
      'message m went to d: why',
    ],
    [
      { type: 'settle-failed', messageId: 'm', error },
      'message m could not be settled and will be delivered again: why',
    ],
    [{ type: 'abandoned', messageId: 'm' }, 'a listener of message m was still running at the deadline of close()'],
  ])('words %j', (status, words) => {
    new StatusFeed(new VirtualClock()).emit({ ...status, queueName: 'q' });
    expect(process.emitWarning).toHaveBeenCalledWith(`mnsbus: ${words}`, expect.anything());
  });

  it.each<[BridgeStatus]>([
    [{ type: 'closed' }],
    [{ type: 'started', queueName: 'q' }],
    [{ type: 'paused', queueName: 'q' }],
    [{ type: 'resumed', queueName: 'q' }],
    [{ type: 'empty-early', waitedMs: 1, retryInMs: 1, queueName: 'q' }],
    [{ type: 'released', messageId: 'm', visibleInSeconds: 1, queueName: 'q' }],
    [{ type: 'duplicate', messageId: 'm', eventName: 'E', key: 'k', busy: false, queueName: 'q' }],
  ])('does not warn of %j', (status) => {
    new StatusFeed(new VirtualClock()).emit(status);
    expect(process.emitWarning).not.toHaveBeenCalled();
  });
});

describe('StatusFeed without a reader', () => {
  beforeEach(() => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('warns of each kind once a minute, and then says how many there were', async () => {
    const clock = new VirtualClock();
    const feed = new StatusFeed(clock);
    for (let count = 0; count < 5; count += 1) feed.emit(lost('1'));
    feed.emit({ type: 'abandoned', messageId: 'm', queueName: 'q' });
    expect(process.emitWarning).toHaveBeenCalledTimes(2);
    await clock.advanceBy(60_000);
    feed.emit(lost('2'));
    expect(process.emitWarning).toHaveBeenLastCalledWith(
      'mnsbus: message 2 is no longer ours and will be delivered again (and 4 more like it)',
      { type: 'MnsbusWarning', code: 'lease-lost' },
    );
  });

  it('calls listeners until they leave', () => {
    const feed = new StatusFeed(new VirtualClock());
    const seen: BridgeStatus[] = [];
    const stop = feed.listen((status) => seen.push(status));
    feed.emit(lost('1'));
    stop();
    stop();
    feed.emit(lost('2'));
    expect(seen).toEqual([lost('1')]);
  });

  it.each<[string, StatusListener]>([
    [
      'throws',
      () => {
        throw new Error('log server down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('log server down'))],
    [
      'throws what has no text',
      () => {
        throw {
          toString: () => {
            throw new Error('no text');
          },
        };
      },
    ],
  ])('lets no listener that %s stop another, and warns of it once a minute', async (_, broken) => {
    const clock = new VirtualClock();
    const feed = new StatusFeed(clock);
    const seen: BridgeStatus[] = [];
    feed.listen(broken);
    feed.listen((status) => seen.push(status));
    for (const id of ['1', '2', '3']) feed.emit(lost(id));
    await clock.advanceBy(60_000);
    expect(seen).toHaveLength(3);
    expect(process.emitWarning).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/^mnsbus: a status listener failed: (?:log server down|a value of type object)$/),
      { type: 'MnsbusWarning', code: 'status-listener' },
    );
    feed.emit(lost('4'));
    await clock.advanceBy(0);
    expect(process.emitWarning).toHaveBeenLastCalledWith(
      expect.stringMatching(/ \(and 2 more like it\)$/),
      expect.anything(),
    );
  });

  it('calls a listener that adds listeners once for each status', () => {
    const feed = new StatusFeed(new VirtualClock());
    let calls = 0;
    const multiply = (): void => {
      calls += 1;
      feed.listen(multiply);
    };
    feed.listen(multiply);
    feed.emit(lost('1'));
    expect(calls).toBe(1);
    feed.emit(lost('2'));
    expect(calls).toBe(3);
  });

  it('goes on warning when the clock is set back', async () => {
    const virtual = new VirtualClock();
    const clock = settableClock(virtual);
    const feed = new StatusFeed(clock);
    feed.emit(lost('1'));
    clock.setMs = -86_400_000;
    await virtual.advanceBy(60_000);
    feed.emit(lost('2'));
    expect(process.emitWarning).toHaveBeenCalledTimes(2);
  });
});

async function* firstOf(feed: StatusFeed): AsyncGenerator<BridgeStatus> {
  const reader = feed.read();
  feed.emit(lost('1'));
  for await (const status of reader) {
    yield status;
    return;
  }
}
