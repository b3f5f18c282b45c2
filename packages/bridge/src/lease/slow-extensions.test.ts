import { describe, expect, it } from 'vitest';
import { extendingService, leaseRoom, type LeaseRoom, type LeaseRoomOptions } from '../test-support/lease-room.js';
import { lowest } from '../test-support/lowest.js';
import { refusing, type Script } from '../test-support/scripted-transport.js';

describe('Contract 4: a lease while an extension is on its way', () => {
  /** A room whose first extension is answered when `answer` is called. */
  const inFlight = async (
    reply: Script,
    options: LeaseRoomOptions = {},
  ): Promise<LeaseRoom & { readonly answer: () => Promise<void> }> => {
    let finish = (): void => {};
    const made = leaseRoom({
      ...options,
      script: async (call) => {
        await new Promise<void>((resolve) => (finish = resolve));
        return reply(call);
      },
    });
    await made.clock.advanceBy(18_000);
    expect(made.transport.calls).toHaveLength(1);
    return {
      ...made,
      answer: async () => {
        finish();
        await made.clock.advanceBy(0);
      },
    };
  };

  const extended: Script = () => ({ code: 200, headers: {}, body: { ReceiptHandle: 'h1', NextVisibleTime: '1' } });
  const refused = refusing('InternalError', 500);

  it.each([
    ['succeeds', extended],
    ['fails', refused],
  ])('can be handed over; that the call %s later changes nothing', async (_, reply) => {
    const { held, clock, answer, facts, lostAtMs, transport } = await inFlight(reply);
    expect(held.handOver()).toBe('h0');
    await answer();
    await clock.advanceBy(60_000);
    expect([held.endsAtMs, facts, lostAtMs, transport.calls.length]).toEqual([30_000, [], [], 1]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('can be settled: the newest handle is known when the call has ended, and no other call is made', async () => {
    const { held, clock, answer, lostAtMs, transport } = await inFlight(extended);
    const extending = held.stopExtending();
    await answer();
    await extending;
    expect(held.stopExtending()).toBeUndefined();
    expect(held.endsAtMs).toBeGreaterThan(30_000);
    await clock.advanceBy(held.endsAtMs - clock.now() - 1);
    expect(lostAtMs).toEqual([]);
    await clock.advanceBy(1);
    expect([transport.calls.length, lostAtMs]).toEqual([1, [held.endsAtMs]]);
  });

  it('is not asked for again when the next attempt would come at the end of the lease', async () => {
    const { clock, answer, lostAtMs, transport } = await inFlight(refused, { random: lowest });
    await clock.advanceBy(11_999);
    await answer();
    await clock.advanceBy(60_000);
    expect([transport.calls.length, lostAtMs]).toEqual([1, [30_000]]);
  });

  it('is not asked for again when it fails and the message is being settled', async () => {
    const { held, clock, answer, lostAtMs, transport } = await inFlight(refused);
    void held.stopExtending();
    await answer();
    await clock.advanceBy(60_000);
    expect([transport.calls.length, lostAtMs]).toEqual([1, [30_000]]);
  });

  it('measures from before the call: a slow answer makes the lease no longer than it is', async () => {
    const { script, endsAtMs } = extendingService(() => made.clock, 30_000);
    const made: LeaseRoom = leaseRoom({
      script: async (call) => {
        const reply = await script(call);
        await new Promise<void>((resolve) => void made.clock.after(9000, resolve));
        return reply;
      },
    });
    await made.clock.advanceBy(29_000);
    expect(made.held.endsAtMs).toBeGreaterThan(30_000);
    expect(made.held.endsAtMs).toBeLessThanOrEqual(endsAtMs());
  });
});
