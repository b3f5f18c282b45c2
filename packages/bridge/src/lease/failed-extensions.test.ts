import { SeededRandom } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { extendingService, leaseRoom, type LeaseRoom } from '../test-support/lease-room.js';
import { lowest } from '../test-support/lowest.js';
import { refusing, sdkRefusal } from '../test-support/scripted-transport.js';

describe('Contract 4: a lease whose extension fails', () => {
  it.each(['MessageNotExist', 'ReceiptHandleError'])('is lost at once when the service says %s', async (mnsCode) => {
    const { clock, held, lostAtMs, ends, facts } = leaseRoom({ script: refusing(mnsCode, 404) });
    let abortedAtMs = 0;
    held.signal.addEventListener('abort', () => (abortedAtMs = clock.now()));
    await clock.advanceBy(60_000);
    expect(lostAtMs[0]).toBeLessThanOrEqual(18_000);
    expect(abortedAtMs).toBe(lostAtMs[0]);
    expect([ends, facts]).toEqual([['lost'], []]);
  });

  it('tries again what failed in passing, as long as the lease lasts', async () => {
    const { script } = extendingService(() => made.clock, 30_000);
    let failures = 3;
    const made: LeaseRoom = leaseRoom({
      script: (call) => {
        failures -= 1;
        if (failures >= 0) throw new Error('socket hang up');
        return script(call);
      },
    });
    await made.clock.advanceBy(60_000);
    expect(made.lostAtMs).toEqual([]);
    expect(made.facts).toHaveLength(3);
    expect(made.facts[0]).toMatchObject({
      type: 'lease-extend-failed',
      messageId: 'm',
      error: { code: 'MNS_UNREACHABLE' },
    });
  });

  it('is lost at its end, at the latest, when nothing answers', async () => {
    const down = leaseRoom({
      script: () => {
        throw new Error('down');
      },
    });
    const hanging = leaseRoom({ script: () => new Promise(() => {}) });
    for (const { clock, lostAtMs, ends } of [down, hanging]) {
      await clock.advanceBy(60_000);
      expect([lostAtMs, ends]).toEqual([[30_000], ['lost']]);
      expect(clock.pendingTimers).toBe(0);
    }
  });

  it('asks less and less often again for what is refused for good', async () => {
    const { clock, transport, lostAtMs } = leaseRoom({ script: refusing('AccessDenied', 403) });
    await clock.advanceBy(60_000);
    // At half of what is left each time, as long as that is a second.
    expect(transport.calls.length).toBeGreaterThan(2);
    expect(transport.calls.length).toBeLessThan(6);
    expect(lostAtMs).toEqual([30_000]);
  });

  it('asks for what is refused for good once a second at most', async () => {
    const calledAtMs: number[] = [];
    const { clock } = leaseRoom({
      leaseMs: 4000,
      random: Object.assign(new SeededRandom('half'), { integer: () => 50 }),
      script: () => {
        calledAtMs.push(clock.now());
        throw sdkRefusal('AccessDenied', 403);
      },
    });
    await clock.advanceBy(10_000);
    expect(calledAtMs).toEqual([2000, 3000]);
  });

  it.each([
    ['waits for the next attempt after a failure in passing', 'InternalError', 500, 2],
    ['waits for nothing after a refusal for good', 'AccessDenied', 403, 1],
  ])('%s, when it has nothing else to do', async (_, mnsCode, status, calls) => {
    const { script } = extendingService(() => made.clock, 30_000);
    const made: LeaseRoom = leaseRoom({
      random: lowest,
      script: (call) => {
        if (made.transport.calls.length === 1) throw sdkRefusal(mnsCode, status);
        return script(call);
      },
    });
    await made.clock.advanceBy(12_000);
    await made.clock.runUntilIdle();
    expect([made.transport.calls.length, made.lostAtMs]).toEqual([calls, []]);
  });

  it('is kept when what was refused is allowed again meanwhile', async () => {
    const { script } = extendingService(() => made.clock, 30_000);
    let refusals = 2;
    const made: LeaseRoom = leaseRoom({
      script: (call) => {
        refusals -= 1;
        if (refusals >= 0) throw sdkRefusal('AccessDenied', 403);
        return script(call);
      },
    });
    await made.clock.advanceBy(120_000);
    expect(made.lostAtMs).toEqual([]);
  });

  it('waits longer after each failure in a row, up to five seconds, and never beyond the lease', async () => {
    let isDown = false;
    const downAtMs: number[] = [];
    const { script } = extendingService(() => made.clock, 120_000);
    const made: LeaseRoom = leaseRoom({
      leaseMs: 120_000,
      script: (call) => {
        if (!isDown) return script(call);
        downAtMs.push(made.clock.now());
        throw new Error('down');
      },
    });
    for (const outage of [1, 2]) {
      isDown = true;
      downAtMs.length = 0;
      await made.clock.advanceBy(outage === 1 ? 110_000 : 240_000);
      const waitsMs = downAtMs.slice(1).map((atMs, index) => atMs - (downAtMs[index] ?? 0));
      expect(waitsMs.length).toBeGreaterThan(8);
      for (const [index, waitMs] of waitsMs.entries()) {
        expect(waitMs).toBeGreaterThan(0);
        expect(waitMs).toBeLessThanOrEqual(Math.min(5000, 250 * 2 ** index));
      }
      expect(Math.max(...waitsMs)).toBeGreaterThan(1000);
      isDown = false;
      await made.clock.advanceBy(5000);
    }
    expect(made.lostAtMs).toHaveLength(1);
    expect(Math.max(...downAtMs)).toBeLessThan(made.lostAtMs[0] ?? 0);
  });
});
