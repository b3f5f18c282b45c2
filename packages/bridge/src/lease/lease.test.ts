import { SeededRandom, VirtualClock } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { QueueClient } from '../mns/queue-client.js';
import { resolveSettings, type LeaseSettings } from '../options/bridge-settings.js';
import type { QueueFact } from '../status/bridge-status.js';
import { lowest } from '../test-support/lowest.js';
import { receivedMessage } from '../test-support/received-message.js';
import {
  scriptedTransport,
  refusing,
  sdkRefusal,
  type Script,
  type ScriptedTransport,
} from '../test-support/scripted-transport.js';
import { queueDelivery } from '../test-support/waiting-entry.js';
import { HeldMessage, type LeaseEnd } from './held-message.js';

interface Room {
  readonly clock: VirtualClock;
  readonly held: HeldMessage;
  readonly transport: ScriptedTransport;
  readonly facts: QueueFact[];
  /** When the lease was lost, in milliseconds from the receive. */
  readonly lostAtMs: number[];
  /** How it was lost. */
  readonly ends: LeaseEnd[];
  readonly settings: { current: ReturnType<typeof resolveSettings> };
}

/** A service that extends: each handle works once, and only while the lease lasts. */
function service(clockOf: () => VirtualClock, leaseMs: number): { script: Script; endsAtMs: () => number } {
  let handle = 'h0';
  let endsAtMs = leaseMs;
  let count = 0;
  const script: Script = ({ resource }) => {
    const [, sent, seconds] = /receiptHandle=([^&]*)&visibilityTimeout=(\d+)/.exec(resource) ?? [];
    if (sent !== handle || clockOf().now() >= endsAtMs) throw sdkRefusal('MessageNotExist', 404);
    count += 1;
    handle = `h${count}`;
    endsAtMs = clockOf().now() + Number(seconds) * 1000;
    return { code: 200, headers: {}, body: { ReceiptHandle: handle, NextVisibleTime: String(endsAtMs) } };
  };
  return { script, endsAtMs: () => endsAtMs };
}

interface RoomOptions {
  readonly leaseMs?: number;
  readonly lease?: LeaseSettings;
  readonly script?: Script;
  readonly seed?: string;
  readonly clock?: VirtualClock;
  readonly random?: SeededRandom;
}

function room(options: RoomOptions = {}): Room {
  const { leaseMs = 30_000, lease, seed = 'lease', clock = new VirtualClock(0) } = options;
  const { random = new SeededRandom(seed) } = options;
  const transport = scriptedTransport(options.script ?? service(() => clock, leaseMs).script);
  const facts: QueueFact[] = [];
  const lostAtMs: number[] = [];
  const ends: LeaseEnd[] = [];
  const settings = { current: resolveSettings({ lease }) };
  const held = new HeldMessage(receivedMessage(queueDelivery({ receiptHandle: 'h0', leaseMs })), {
    queue: new QueueClient('q', transport, clock),
    clock,
    random,
    settings,
    report: (fact) => facts.push(fact),
    onLost: (_, end) => {
      lostAtMs.push(clock.now());
      ends.push(end);
    },
  });
  return { clock, held, transport, facts, lostAtMs, ends, settings };
}

describe('Contract 4: a lease is extended in time', () => {
  it('extends at about half of what remains, with the newest handle, by as long as the queue does', async () => {
    const { clock, held, transport, lostAtMs } = room();
    await clock.advanceBy(600_000);
    expect(lostAtMs).toEqual([]);
    expect(held.isHeld).toBe(true);
    const sent = transport.calls.map(({ resource }) => resource);
    expect(sent.length).toBeGreaterThan(30);
    expect(sent.length).toBeLessThan(51);
    expect(sent.slice(0, 2)).toEqual([
      '/queues/q/messages?receiptHandle=h0&visibilityTimeout=30',
      '/queues/q/messages?receiptHandle=h1&visibilityTimeout=30',
    ]);
    expect(held.handOver()).toBe(`h${sent.length}`);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ['while it is extended', {}],
    ['when it is not', { lease: { maxSeconds: 0 } }],
    ['while an extension hangs', { script: () => new Promise<never>(() => {}) }],
  ])('is nothing that anybody waits for: a program with nothing else to do is idle %s', async (_, options) => {
    const { clock, transport, lostAtMs } = room({ ...options, random: lowest });
    // The first extension is due.
    await clock.advanceBy(12_000);
    const calls = transport.calls.length;
    await clock.runUntilIdle();
    expect([clock.now(), transport.calls.length, lostAtMs]).toEqual([12_000, calls, []]);
    expect(clock.pendingTimers).toBe(1);
  });

  it('is lost at the end of the longest time, not before and not after', async () => {
    const { clock, held, lostAtMs, ends } = room({ lease: { maxSeconds: 95 } });
    held.workBegins();
    await clock.advanceBy(94_999);
    expect(lostAtMs).toEqual([]);
    await clock.advanceBy(60_000);
    expect(lostAtMs).toHaveLength(1);
    // The last extension is cut to whole seconds.
    expect(lostAtMs[0]).toBeGreaterThan(94_000);
    expect(lostAtMs[0]).toBeLessThanOrEqual(95_000);
    expect(held.signal.aborted).toBe(true);
    expect(held.handOver()).toBeUndefined();
    expect(ends).toEqual(['overrun']);
  });

  it('gives the longest time to the work, whatever the message has waited before', async () => {
    const { clock, held, lostAtMs, ends } = room({ lease: { maxSeconds: 95 } });
    await clock.advanceBy(90_000);
    expect([held.hasBegun, held.hasWaited]).toEqual([false, true]);
    held.workBegins();
    await clock.advanceBy(90_000);
    expect(lostAtMs).toEqual([]);
    await clock.advanceBy(60_000);
    expect(lostAtMs[0]).toBeGreaterThan(183_000);
    expect(lostAtMs[0]).toBeLessThanOrEqual(185_000);
    expect(ends).toEqual(['overrun']);
  });

  it('is no overrun where no listener has begun, or one had less than its time', async () => {
    for (const beginsAtMs of [undefined, 20_000]) {
      const { clock, held, ends } = room({ lease: { maxSeconds: 0 } });
      if (beginsAtMs !== undefined) {
        await clock.advanceBy(beginsAtMs);
        held.workBegins();
      }
      await clock.advanceBy(60_000);
      expect(ends).toEqual(['lost']);
    }
  });

  it.each(['MessageNotExist', 'ReceiptHandleError'])('is lost at once when the service says %s', async (mnsCode) => {
    const { clock, held, lostAtMs, ends, facts } = room({
      script: refusing(mnsCode, 404),
    });
    let abortedAtMs = 0;
    held.signal.addEventListener('abort', () => (abortedAtMs = clock.now()));
    await clock.advanceBy(60_000);
    expect(lostAtMs[0]).toBeLessThanOrEqual(18_000);
    expect(abortedAtMs).toBe(lostAtMs[0]);
    expect([ends, facts]).toEqual([['lost'], []]);
  });

  it('tries again what failed in passing, as long as the lease lasts', async () => {
    const clockOf = (): VirtualClock => made.clock;
    const { script } = service(clockOf, 30_000);
    let failures = 3;
    const made: Room = room({
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
    const down = room({
      script: () => {
        throw new Error('down');
      },
    });
    const hanging = room({ script: () => new Promise(() => {}) });
    for (const { clock, lostAtMs, ends } of [down, hanging]) {
      await clock.advanceBy(60_000);
      expect([lostAtMs, ends]).toEqual([[30_000], ['lost']]);
      expect(clock.pendingTimers).toBe(0);
    }
  });

  it('asks less and less often again for what is refused for good', async () => {
    const { clock, transport, lostAtMs } = room({
      script: refusing('AccessDenied', 403),
    });
    await clock.advanceBy(60_000);
    // At half of what is left each time, as long as that is a second.
    expect(transport.calls.length).toBeGreaterThan(2);
    expect(transport.calls.length).toBeLessThan(6);
    expect(lostAtMs).toEqual([30_000]);
  });

  it('asks for what is refused for good once a second at most', async () => {
    const calledAtMs: number[] = [];
    const { clock } = room({
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
    const { script } = service(() => made.clock, 30_000);
    const made: Room = room({
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
    const { script } = service(() => made.clock, 30_000);
    let refusals = 2;
    const made: Room = room({
      script: (call) => {
        refusals -= 1;
        if (refusals >= 0) throw sdkRefusal('AccessDenied', 403);
        return script(call);
      },
    });
    await made.clock.advanceBy(120_000);
    expect(made.lostAtMs).toEqual([]);
  });

  it('measures from before the call: a slow answer makes the lease no longer than it is', async () => {
    const { script, endsAtMs } = service(() => made.clock, 30_000);
    const made: Room = room({
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

  it('is extended by what the settings say', async () => {
    const { clock, transport } = room({ lease: { extendBySeconds: 120 } });
    await clock.advanceBy(20_000);
    expect(transport.calls[0]?.resource).toContain('visibilityTimeout=120');
  });

  it('keeps its end when it is being settled', async () => {
    const { clock, held, transport, lostAtMs, ends } = room();
    expect(held.stopExtending()).toBeUndefined();
    await clock.advanceBy(60_000);
    expect(transport.calls).toEqual([]);
    expect([lostAtMs, ends]).toEqual([[30_000], ['lost']]);
  });

  it('has not overrun when its longest time ends while it is being settled', async () => {
    const { clock, held, ends } = room({ lease: { maxSeconds: 30 } });
    void held.stopExtending();
    await clock.advanceBy(60_000);
    expect(ends).toEqual(['lost']);
  });

  it.each([
    [1500, '2'],
    [400, '1'],
  ])('is extended in whole seconds: a lease of %d ms by %s', async (leaseMs, seconds) => {
    const { clock, transport } = room({ leaseMs });
    await clock.advanceBy(leaseMs * 0.6);
    expect(transport.calls[0]?.resource).toContain(`visibilityTimeout=${seconds}`);
  });

  it('is not extended to where it ends already', async () => {
    // After 12 of 30 seconds, 18 are left of the longest time, too.
    const { clock, transport, lostAtMs } = room({ random: lowest, lease: { maxSeconds: 30 } });
    await clock.advanceBy(60_000);
    expect([transport.calls, lostAtMs]).toEqual([[], [30_000]]);
  });

  it('is lost at once when it was over before anybody knew, and the longest time as well', async () => {
    const { clock, transport, lostAtMs } = room({ clock: new VirtualClock(40_000), lease: { maxSeconds: 40 } });
    await clock.advanceBy(1);
    expect([transport.calls, lostAtMs]).toEqual([[], [40_000]]);
  });

  it('is not extended any more when the longest time was made shorter meanwhile', async () => {
    const { clock, transport, lostAtMs, settings } = room();
    settings.current = resolveSettings({ lease: { maxSeconds: 30 } });
    await clock.advanceBy(60_000);
    expect([transport.calls.length, lostAtMs]).toEqual([0, [30_000]]);
  });

  it('waits longer after each failure in a row, up to five seconds, and never beyond the lease', async () => {
    let isDown = false;
    const downAtMs: number[] = [];
    const { script } = service(() => made.clock, 120_000);
    const made: Room = room({
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

  describe('while an extension is on its way', () => {
    /** A room whose first extension is answered when `answer` is called. */
    const inFlight = async (
      reply: Script,
      options: RoomOptions = {},
    ): Promise<Room & { readonly answer: () => Promise<void> }> => {
      let finish = (): void => {};
      const made = room({
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
    const refused: Script = refusing('InternalError', 500);

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
  });

  prop.prop([
    fc.integer({ min: 1, max: 120 }),
    fc.integer({ min: 0, max: 400 }),
    fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
    fc.string(),
  ])(
    'never believes to hold what the service has given up',
    async (leaseSeconds, maxSeconds, extendBySeconds, seed) => {
      const { script, endsAtMs } = service(() => made.clock, leaseSeconds * 1000);
      const made: Room = room({ leaseMs: leaseSeconds * 1000, lease: { maxSeconds, extendBySeconds }, script, seed });
      for (let step = 0; step < 50; step += 1) {
        await made.clock.advanceBy(7919);
        if (made.held.isHeld) expect(made.clock.now()).toBeLessThan(endsAtMs());
      }
      const longestMs = Math.max(leaseSeconds, maxSeconds) * 1000;
      if (longestMs < 50 * 7919) expect(made.lostAtMs[0]).toBeLessThanOrEqual(longestMs);
    },
  );
});

describe('a held message', () => {
  it('tells its listeners to stop, with the first reason, and is still handed over', () => {
    const early = room().held;
    const { signal } = early;
    const late = room().held;
    for (const held of [early, late]) {
      expect(held.isHeld).toBe(true);
      held.tellToStop(new Error('closing'));
      held.tellToStop(new Error('again'));
      expect(held.isHeld).toBe(false);
      expect(held.signal.reason).toEqual(new Error('closing'));
      expect(held.signal).toBe(held.signal);
      expect(held.handOver()).toBe('h0');
    }
    expect([early.signal === signal, signal.aborted]).toEqual([true, true]);
  });

  it('is neither extended nor lost once it was let go, and stops nobody', async () => {
    const { clock, held, transport, lostAtMs } = room();
    held.letGo();
    await clock.advanceBy(60_000);
    expect([transport.calls, lostAtMs, held.signal.aborted, held.isHeld]).toEqual([[], [], false, false]);
    expect([held.handOver(), clock.pendingTimers]).toEqual([undefined, 0]);
  });

  it('is no longer ours at the very instant at which its lease ends', async () => {
    const clock = new VirtualClock(0);
    let handle: string | undefined = 'not asked';
    clock.after(30_000, () => (handle = made.held.handOver()));
    const made: Room = room({ clock, lease: { maxSeconds: 0 } });
    await clock.advanceBy(30_000);
    expect([handle, made.lostAtMs, made.held.signal.aborted]).toEqual([undefined, [30_000], true]);
    expect(made.ends).toEqual(['lost']);
  });

  it('tells how long its queue leases it for, and until when others may be kept from it', async () => {
    const { clock, held, settings } = room({ leaseMs: 40_000, lease: { maxSeconds: 100 }, random: lowest });
    expect([held.visibilityMs, held.leftMs, held.latestEndMs]).toEqual([40_000, 40_000, 100_000]);
    await clock.advanceBy(16_000);
    expect([held.leftMs, held.endsAtMs]).toEqual([40_000, 56_000]);
    // What it has already is not taken away.
    settings.current = resolveSettings({ lease: { maxSeconds: 50 } });
    expect(held.latestEndMs).toBe(56_000);
  });

  it('tells of each extension as long as somebody listens, when the new end is known', async () => {
    const { clock, held } = room({ random: lowest });
    const seen: (readonly [string, number])[] = [];
    const stop = held.onExtended(() => seen.push(['one', held.endsAtMs]));
    held.onExtended(() => seen.push(['other', held.endsAtMs]));
    await clock.advanceBy(12_000);
    stop();
    await clock.advanceBy(12_000);
    expect(seen).toEqual([
      ['one', 42_000],
      ['other', 42_000],
      ['other', 54_000],
    ]);
  });
});
