import { SeededRandom, sleep, type WireHandler } from '@mnsbus/core';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { ListenerContext } from '../dispatch/listener.js';
import { ATTEMPT_MS, pushAsTopic, pushedMessage } from '../test-support/pushing-topic.js';
import { eventText } from '../test-support/resources.js';
import { CONVERTED, room } from '../test-support/room.js';

/** What a listener does when it is called: after a while, in one way or another. */
const call = fc.record({
  takesMs: fc.constantFrom(0, 100, 3000, 6000, 12_000, 25_000, 70_000),
  ends: fc.constantFrom(
    'returns',
    'throws',
    'asks for a retry',
    'acknowledges and runs on',
    'asks for a retry and runs on',
    'hangs',
  ),
});

const LONGER_MS = 40_000;
const LEASE_MS = 120_000;

describe('What is promised of pushes', () => {
  prop.prop(
    [
      fc.array(fc.array(call, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(1, 2, 5, 100),
      fc.record({ fromMs: fc.nat({ max: 60_000 }), forMs: fc.constantFrom(0, 0, 1000, 30_000) }),
      fc.constantFrom(1, 2, 3),
      fc.nat(),
    ],
    { numRuns: 150 },
  )(
    'no listener beside itself, an answer in time, an acknowledgement for what is at rest only, and no loss with a dead-letter queue',
    async (scripts, maxDeliveries, outage, processes, seed) => {
      let isDown = false;
      const copied: string[] = [];
      const copying =
        (handle: WireHandler): WireHandler =>
        async (request) => {
          if (request.method !== 'POST' || !request.target.includes('/dead/')) return handle(request);
          if (isDown) return { status: 503, headers: [], body: new Uint8Array() };
          const reply = await handle(request);
          const id = /<Name>mnsbus.message-id<\/Name><Value>(\w+)/.exec(Buffer.from(request.body).toString())?.[1];
          if (reply.status === 201 && id !== undefined) copied.push(id);
          return reply;
        };
      const options = { deadLetterQueue: 'dead', maxDeliveries, lease: { maxSeconds: LEASE_MS / 1000 } };
      const { bus, clock, until, bridge } = await room(options, copying);
      // What one process has seen of a message, the others do not know.
      const buses = [bus, ...Array.from({ length: processes - 1 }, () => bridge(options))];
      clock.after(outage.fromMs, () => (isDown = outage.forMs > 0));
      clock.after(outage.fromMs + outage.forMs, () => (isDown = false));
      const running = new Set<string>();
      const calls = new Map<string, number>();
      const handled = new Set<string>();
      const failed = new Set<string>();
      const beside: string[] = [];
      const act = async (id: string, { signal, ack, retry }: ListenerContext): Promise<void> => {
        const number = calls.get(id) ?? 0;
        calls.set(id, number + 1);
        const script = scripts[Number(id.slice(1))] ?? expect.fail('no script');
        const { takesMs, ends } = script[Math.min(number, script.length - 1)] ?? expect.fail('no call');
        await sleep(clock, takesMs);
        if (!/^(?:returns|acknowledges)/.test(ends)) failed.add(id);
        switch (ends) {
          case 'throws':
            return expect.fail(ends);
          case 'hangs':
            return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          case 'asks for a retry':
            return retry();
          case 'asks for a retry and runs on':
            retry();
            return sleep(clock, LONGER_MS);
          case 'acknowledges and runs on':
            ack();
            handled.add(id);
            return sleep(clock, LONGER_MS);
          case 'returns':
            handled.add(id);
        }
      };
      for (const [process, one] of buses.entries()) {
        one.status(() => {});
        one.on(CONVERTED, async ({ data }, context) => {
          const id = data.taskId;
          const here = `${id} in ${process}`;
          if (running.has(here)) beside.push(here);
          running.add(here);
          await act(id, context).finally(() => running.delete(here));
        });
        await until(one.start());
      }

      const pushing = scripts.map(async (_, index) => {
        const messageId = `m${index}`;
        await sleep(clock, index * 700);
        const message = pushedMessage(eventText(messageId), clock.now(), { messageId });
        const driver = { clock, random: new SeededRandom(`${seed}/${messageId}`) };
        for (const { atMs, answeredAtMs, answer } of await pushAsTopic(buses, message, driver)) {
          expect(answeredAtMs - atMs).toBeLessThanOrEqual(ATTEMPT_MS);
          if (answer.type === 'ack') expect(handled.has(messageId) || copied.includes(messageId)).toBe(true);
        }
      });
      await until(Promise.all(pushing));
      // Until what the topic no longer waits for has come to its end.
      await clock.advanceBy(LEASE_MS + 10 * 60_000);
      expect(beside).toEqual([]);
      for (const id of copied) expect([...failed]).toContain(id);
      if (processes === 1) expect(new Set(copied).size).toBe(copied.length);
      for (const index of scripts.keys()) expect([...handled, ...copied]).toContain(`m${index}`);
      for (const one of buses) {
        const { received, acked, retried, deadLettered, released, inFlight } = one.health().pushes;
        expect(received).toBe(acked + retried + deadLettered + released);
        expect(inFlight).toBe(0);
        await until(one.close({ deadlineMs: 0 }));
      }
      expect(clock.pendingTimers).toBe(0);
    },
  );
});
