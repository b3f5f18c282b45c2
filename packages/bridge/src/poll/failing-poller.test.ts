import { sleep } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { emptyQueue, pollerRoom, start, startedRoom, type PollerRoom } from '../test-support/poller-room.js';
import { receiveReply, refusing, sdkRefusal } from '../test-support/scripted-transport.js';

/** A room whose queue went when its poller had begun. */
async function refusedRoom(): Promise<PollerRoom> {
  const made = await startedRoom();
  made.transport.script = refusing('QueueNotExist', 404);
  await made.clock.advanceBy(30_000);
  return made;
}

/** The same on a network where each answer takes 20 ms. */
async function slowlyRefusedRoom(): Promise<PollerRoom> {
  const made: PollerRoom = pollerRoom(async () => {
    await sleep(made.clock, 20);
    if (made.transport.calls.length > 1) throw sdkRefusal('QueueNotExist', 404);
    throw sdkRefusal('MessageNotExist', 404);
  });
  await made.clock.runUntil(start(made));
  await made.clock.advanceBy(1000);
  return made;
}

describe('A poller whose receives fail', () => {
  it.each(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'QueueNotExist', 'AccessDenied'])(
    'does not start when the service refuses for good with %s, and can be started again',
    async (code) => {
      const made = pollerRoom(refusing(code, 403));
      await expect(start(made)).rejects.toMatchObject({ code: 'MNS_ERROR', mnsCode: code });
      expect(made.poller.state).toBe('idle');
      made.transport.script = emptyQueue(() => made.clock);
      await made.clock.runUntil(start(made));
      expect(made.poller.state).toBe('polling');
      await made.clock.advanceBy(0);
      // The refused one, the probe and the first poll.
      expect(made.transport.calls).toHaveLength(3);
      await made.poller.stop();
    },
  );

  it('starts although the network is down, and backs off with growing delays until it is back', async () => {
    const made = pollerRoom(() => {
      throw new Error('connect ECONNREFUSED');
    });
    await start(made);
    await made.clock.advanceBy(10 * 60_000);
    expect(made.statuses.slice(0, 2).map(({ type }) => type)).toEqual(['receive-failed', 'started']);
    const delays = made.statuses.slice(2).map((status) => (status.type === 'receive-failed' ? status.retryInMs : -1));
    expect(Math.min(...delays)).toBeGreaterThan(0);
    expect(Math.max(...delays)).toBeGreaterThan(5000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30_000);
    expect(delays[0]).toBeLessThanOrEqual(200);
    expect(made.transport.calls.length).toBeLessThan(80);

    made.transport.script = emptyQueue(() => made.clock);
    await made.clock.advanceBy(120_000);
    const before = made.statuses.length;
    made.transport.script = refusing('TooManyRequests', 429);
    await made.clock.advanceBy(20_000);
    expect(made.statuses[before]).toMatchObject({ type: 'receive-failed', error: { mnsCode: 'TooManyRequests' } });
    // The first delay after a success is a short one again.
    expect(made.statuses[before]).toMatchObject({ retryInMs: expect.toSatisfy((ms: number) => ms <= 200) });
    await made.poller.stop();
  });

  it.each([
    ['QueueNotExist', 404],
    ['AccessDenied', 403],
    ['InvalidArgument', 400],
  ])('asks every few minutes again when the service refuses for good with %s later', async (mnsCode, status) => {
    const made = await startedRoom();
    made.transport.script = refusing(mnsCode, status);
    const before = made.transport.calls.length;
    await made.clock.advanceBy(3_600_000);
    expect(made.statuses[1]).toMatchObject({ type: 'stopped', error: { mnsCode } });
    expect(made.statuses.every(({ type }) => type === 'started' || type === 'stopped')).toBe(true);
    expect(made.poller.state).toBe('stopped');
    // Between one and five minutes each.
    const calls = made.transport.calls.length - before;
    expect(calls).toBeGreaterThanOrEqual(12);
    expect(calls).toBeLessThanOrEqual(61);

    made.transport.script = () => receiveReply(made.clock.now(), 30_000, [{ id: 'm1', body: 'a', md5: 'A' }]);
    await made.clock.advanceBy(300_000);
    expect(made.poller.state).toBe('polling');
    expect(made.statuses.at(-1)).toEqual({ type: 'resumed' });
    expect(made.received[0]).toMatchObject({ messageId: 'm1' });
    await made.poller.stop();
    expect(made.clock.pendingTimers).toBe(0);
  });

  it.each(['resume', 'retryNow'] as const)('asks at once what was refused for good when told to by %s', async (how) => {
    const made = await refusedRoom();
    expect(made.poller.state).toBe('stopped');
    made.transport.script = emptyQueue(() => made.clock);
    made.poller[how]();
    await made.clock.advanceBy(0);
    expect(made.poller.state).toBe('polling');
    await made.poller.stop();
    expect(made.clock.pendingTimers).toBe(0);
  });

  it.each(['pause', 'stop'] as const)('can be ended by %s while it waits after a refusal', async (how) => {
    const made = await refusedRoom();
    const calls = made.transport.calls.length;
    await made.poller[how]();
    await made.clock.advanceBy(3_600_000);
    expect([made.transport.calls.length, made.clock.pendingTimers]).toEqual([calls, 0]);
    made.poller.retryNow();
    await made.poller.stop();
  });

  it('goes on when what was refused for good fails in passing instead', async () => {
    const made = await refusedRoom();
    made.transport.script = () => {
      throw new Error('connect ECONNREFUSED');
    };
    made.poller.retryNow();
    await made.clock.advanceBy(0);
    expect(made.poller.state).toBe('polling');
    expect(made.statuses.map(({ type }) => type)).toEqual(['started', 'stopped', 'resumed', 'receive-failed']);
    await made.poller.stop();
  });

  it('asks nothing more when it is paused while it waits after a refusal, however slow the network is', async () => {
    const made = await slowlyRefusedRoom();
    expect([made.poller.state, made.transport.calls.length]).toEqual(['stopped', 2]);
    made.poller.pause();
    await made.clock.advanceBy(3_600_000);
    expect([made.poller.state, made.transport.calls.length, made.clock.pendingTimers]).toEqual(['paused', 2, 0]);
    await made.poller.stop();
  });

  it('says nothing of a refusal that comes when it has been stopped', async () => {
    const made = await slowlyRefusedRoom();
    made.poller.retryNow();
    await made.clock.advanceBy(10);
    await made.clock.runUntil(made.poller.stop());
    expect([made.poller.state, made.transport.calls.length]).toEqual(['closed', 3]);
    expect(made.statuses.map(({ type }) => type)).toEqual(['started', 'stopped']);
    made.poller.pause();
    expect([made.poller.state, made.statuses.length]).toEqual(['closed', 2]);
  });

  it('says nothing of a probe that fails when it has been paused', async () => {
    for (const mnsCode of ['InternalError', 'AccessDenied']) {
      const made: PollerRoom = pollerRoom(async () => {
        await sleep(made.clock, 20);
        throw sdkRefusal(mnsCode, 500);
      });
      const probing = made.poller.probe();
      made.poller.pause();
      await made.clock.runUntil(probing);
      expect([made.poller.state, made.statuses]).toEqual(['paused', [{ type: 'paused' }]]);
      await made.poller.stop();
    }
  });
});
