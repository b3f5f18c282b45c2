import { VirtualClock, sleep, type WireResponse } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { SimulatedProcess } from './simulated-process.js';

const REPLY: WireResponse = { status: 204, headers: [], body: new Uint8Array() };
const REQUEST = { method: 'GET', target: '/', headers: [], body: new Uint8Array() };

describe('SimulatedProcess', () => {
  it('runs nothing more once it was killed: no timer, no answer, no finally', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    const process = new SimulatedProcess('p', clock, async () => {
      await sleep(clock, 10);
      return REPLY;
    });
    process.clock.after(5, () => seen.push('timer'));
    void (async () => {
      try {
        await process.transport(REQUEST);
        seen.push('answer');
      } finally {
        seen.push('finally');
      }
    })();
    expect([process.pendingTimers, process.openRequests]).toEqual([1, 1]);
    process.kill();
    process.clock.after(1, () => seen.push('set later'));
    void process.transport(REQUEST).then(() => seen.push('asked later'));
    await clock.advanceBy(100);
    expect(seen).toEqual([]);
    expect([process.pendingTimers, process.openRequests, process.isDead]).toEqual([0, 0, true]);
  });

  it('closes its connections when it is killed, as the service sees it', async () => {
    const clock = new VirtualClock(0);
    let gone = false;
    const process = new SimulatedProcess('p', clock, ({ signal }) => {
      signal?.addEventListener('abort', () => {
        gone = true;
      });
      return new Promise(() => {});
    });
    void process.transport(REQUEST);
    process.kill();
    expect(gone).toBe(true);
  });

  it('passes on that a client hangs up, answers, and errors', async () => {
    const clock = new VirtualClock(0);
    const hangUp = new AbortController();
    let aborted = false;
    const process = new SimulatedProcess('p', clock, async ({ signal, target }) => {
      signal?.addEventListener('abort', () => {
        aborted = true;
      });
      if (target === '/broken') throw new Error('broken');
      return REPLY;
    });
    const open = process.transport({ ...REQUEST, signal: hangUp.signal });
    hangUp.abort();
    expect(aborted).toBe(true);
    expect(await open).toBe(REPLY);
    await expect(process.transport({ ...REQUEST, target: '/broken' })).rejects.toThrow('broken');
    expect(process.openRequests).toBe(0);
  });

  it('forgets timers that have rung or were cancelled', async () => {
    const clock = new VirtualClock(0);
    const process = new SimulatedProcess('p', clock, async () => REPLY);
    process.clock.after(5, () => {});
    process.clock.after(5, () => {}).cancel();
    expect(process.pendingTimers).toBe(1);
    await clock.advanceBy(5);
    expect(process.pendingTimers).toBe(0);
  });
});
