import { SeededRandom, VirtualClock } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { QueueDelivery } from '../mns/delivery.js';
import { QueueClient } from '../mns/queue-client.js';
import { resolveSettings, type LeaseSettings } from '../options/bridge-settings.js';
import type { QueueFact } from '../status/bridge-status.js';
import {
  scriptedTransport,
  sdkRefusal,
  type Script,
  type ScriptedTransport,
} from '../test-support/scripted-transport.js';
import { HeldMessage } from './held-message.js';

interface Room {
  readonly clock: VirtualClock;
  readonly held: HeldMessage;
  readonly transport: ScriptedTransport;
  readonly facts: QueueFact[];
  /** When the lease was lost, in milliseconds from the receive. */
  readonly lostAtMs: number[];
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

function room(options: { leaseMs?: number; lease?: LeaseSettings; script?: Script; seed?: string } = {}): Room {
  const { leaseMs = 30_000, lease, seed = 'lease' } = options;
  const clock = new VirtualClock(0);
  const transport = scriptedTransport(options.script ?? service(() => clock, leaseMs).script);
  const facts: QueueFact[] = [];
  const lostAtMs: number[] = [];
  const delivery: QueueDelivery = {
    source: 'queue',
    queueName: 'q',
    messageId: 'm',
    body: '',
    bodyMD5: '',
    userProperties: [],
    receiptHandle: 'h0',
    enqueuedAt: new Date(0),
    firstReceivedAt: new Date(0),
    receivedAt: new Date(0),
    leaseMs,
    deliveryCount: 1,
    priority: 8,
  };
  const held = new HeldMessage(delivery, {
    queue: new QueueClient('q', transport, clock),
    clock,
    random: new SeededRandom(seed),
    settings: { current: resolveSettings({ lease }) },
    report: (fact) => facts.push(fact),
    onLost: () => lostAtMs.push(clock.now()),
  });
  return { clock, held, transport, facts, lostAtMs };
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

  it('is lost at the end of the longest time, not before and not after', async () => {
    const { clock, held, lostAtMs } = room({ lease: { maxSeconds: 95 } });
    await clock.advanceBy(94_999);
    expect(lostAtMs).toEqual([]);
    await clock.advanceBy(60_000);
    expect(lostAtMs).toHaveLength(1);
    // The last extension is cut to whole seconds.
    expect(lostAtMs[0]).toBeGreaterThan(94_000);
    expect(lostAtMs[0]).toBeLessThanOrEqual(95_000);
    expect(held.signal.aborted).toBe(true);
    expect(held.handOver()).toBeUndefined();
    expect(lostAtMs).toHaveLength(1);
  });

  it.each(['MessageNotExist', 'ReceiptHandleError'])('is lost at once when the service says %s', async (mnsCode) => {
    const { clock, held, lostAtMs, facts } = room({
      script: () => {
        throw sdkRefusal(mnsCode, 404);
      },
    });
    let abortedAtMs = 0;
    held.signal.addEventListener('abort', () => (abortedAtMs = clock.now()));
    await clock.advanceBy(60_000);
    expect(lostAtMs[0]).toBeLessThanOrEqual(18_000);
    expect(abortedAtMs).toBe(lostAtMs[0]);
    expect(facts).toEqual([]);
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
    for (const { clock, lostAtMs } of [down, hanging]) {
      await clock.advanceBy(60_000);
      expect(lostAtMs).toEqual([30_000]);
      expect(clock.pendingTimers).toBe(0);
    }
  });

  it('does not ask again what is refused for good', async () => {
    const { clock, transport, lostAtMs } = room({
      script: () => {
        throw sdkRefusal('AccessDenied', 403);
      },
    });
    await clock.advanceBy(60_000);
    expect(transport.calls).toHaveLength(1);
    expect(lostAtMs).toEqual([30_000]);
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
    const { clock, held, transport, lostAtMs } = room();
    expect(held.stopExtending()).toBeUndefined();
    await clock.advanceBy(60_000);
    expect(transport.calls).toEqual([]);
    expect(lostAtMs).toEqual([30_000]);
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
