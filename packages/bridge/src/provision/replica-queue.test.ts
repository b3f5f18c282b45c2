import { fc, it as prop } from '@fast-check/vitest';
import { SeededRandom, VirtualClock, type WireHandler, type WireRequest } from '@mnsbus/core';
import { createEmulator, type Emulator } from '@mnsbus/emulator';
import { describe, expect, it } from 'vitest';
import type { QueueFact } from '../status/bridge-status.js';
import { callerOf, transportOf, type Mounted } from '../test-support/mounts.js';
import { AdminClient } from './admin-client.js';
import { ReplicaQueue } from './replica-queue.js';

const MINUTE_MS = 60_000;

interface Room {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  readonly mns: Mounted['mns'];
  readonly replica: (seed: string, wrap?: (handle: WireHandler) => WireHandler) => ReplicaQueue;
  readonly facts: QueueFact[];
  readonly recreated: () => number;
  /** Names of all queues, and of the topic's subscriptions. */
  readonly there: () => { queues: string[]; subscriptions: string[] };
}

function room(): Room {
  const clock = new VirtualClock();
  const emulator = createEmulator({ clock, seed: 'replica', resources: { topics: [{ name: 't' }] } });
  const { accountId, accessKeyId, accessKeySecret, region } = emulator;
  const mns = { accountId, accessKeyId, accessKeySecret, region, endpoint: 'http://mns.test' };
  const facts: QueueFact[] = [];
  let recreated = 0;
  return {
    clock,
    emulator,
    facts,
    recreated: () => recreated,
    mns: callerOf(transportOf(mns, clock, emulator.handle)),
    replica: (seed, wrap = (handle) => handle) => {
      const random = new SeededRandom(seed);
      const transport = transportOf(mns, clock, wrap(emulator.handle));
      return new ReplicaQueue({
        admin: new AdminClient({ transport, clock, random: random.fork('retry') }),
        clock,
        random,
        accountId,
        region,
        topicName: 't',
        prefix: 'events',
        report: (fact) => facts.push(fact),
        onRecreated: () => void (recreated += 1),
      });
    },
    there: () => ({
      queues: emulator
        .inspect()
        .queues()
        .items.map(({ name }) => name),
      subscriptions: emulator
        .inspect()
        .subscriptions('t')
        .items.map(({ name }) => name),
    }),
  };
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: unknown }).code,
  );

const isCreation = ({ method, target }: WireRequest): boolean => method === 'PUT' && !target.includes('?');

/** The reply never comes, though the call was carried out. */
const lost = async (handle: WireHandler, request: WireRequest): Promise<never> => {
  await handle(request);
  throw new Error('socket hang up');
};

describe('ReplicaQueue', () => {
  prop.prop([
    fc.array(
      fc.record({
        beforeMs: fc.integer({ min: 0, max: 300 }),
        afterMs: fc.integer({ min: 0, max: 300 }),
        isLost: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    fc.oneof(fc.integer({ min: 0, max: 2500 }), fc.integer({ min: 0, max: 130_000 })),
    fc.boolean(),
  ])('leaves no queue, subscription or timer, whenever it is closed', async (steps, closeAtMs, deleteQueue) => {
    const { clock, replica, there, mns } = room();
    const timers = clock.pendingTimers;
    let count = 0;
    const queue = replica('a', (handle) => async (request) => {
      const { beforeMs, afterMs, isLost } = steps[count++ % steps.length] ?? { beforeMs: 0, afterMs: 0, isLost: false };
      // It hears of no abort: whatever has been sent is carried out.
      await new Promise<void>((resolve) => void clock.after(beforeMs, resolve));
      const reply = await handle(request);
      await new Promise<void>((resolve) => void clock.after(afterMs, resolve));
      if (isLost && isCreation(request)) throw new Error('socket hang up');
      return reply;
    });
    const opened = codeOf(queue.open());
    await clock.advanceBy(closeAtMs);
    if (deleteQueue) await clock.runUntil(mns({ method: 'DELETE', resource: `/queues/${queue.queueName}` }));
    const startMs = clock.now();
    await clock.runUntil(queue.close());
    expect(clock.now() - startMs).toBeLessThanOrEqual(2000);
    expect(['done', 'BRIDGE_CLOSED', 'MNS_UNREACHABLE']).toContain(await clock.runUntil(opened));
    await clock.advanceBy(5 * MINUTE_MS);
    expect(there()).toEqual({ queues: [], subscriptions: [] });
    expect(clock.pendingTimers).toBe(timers);
  });

  it.each([1, 2])('sets no heartbeat when it is closed at the very answer %s to its opening', async (closeAt) => {
    const { clock, replica, there } = room();
    const timers = clock.pendingTimers;
    let count = 0;
    let closed: Promise<void> | undefined;
    const queue = replica('a', (handle) => async (request) => {
      const reply = await handle(request);
      count += 1;
      if (count === closeAt) closed = queue.close();
      return reply;
    });
    expect(await clock.runUntil(codeOf(queue.open()))).toBe('BRIDGE_CLOSED');
    await closed;
    expect(there()).toEqual({ queues: [], subscriptions: [] });
    expect(clock.pendingTimers).toBe(timers);
  });

  prop.prop([fc.integer({ min: 0, max: 12 }), fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200_000 }))])(
    'closes within two seconds when the service answers no more, and says that something may be left',
    async (answers, closeAtMs) => {
      const { clock, replica, facts, there } = room();
      const timers = clock.pendingTimers;
      let count = 0;
      const queue = replica('a', (handle) => (request) => {
        count += 1;
        return count > answers ? new Promise(() => {}) : handle(request);
      });
      const opened = codeOf(queue.open());
      await clock.advanceBy(closeAtMs);
      const startMs = clock.now();
      await clock.runUntil(queue.close());
      expect(clock.now() - startMs).toBeLessThanOrEqual(2000);
      await clock.runUntil(opened);
      expect(clock.pendingTimers).toBe(timers);
      if (there().queues.length > 0) expect(facts.at(-1)).toMatchObject({ type: 'replica-failed' });
    },
  );

  it('knows its own queue again when the answer to its creation was lost, whatever the second attempt says', async () => {
    for (const second of ['as it is', 'AlreadyExist']) {
      const { clock, replica, there } = room();
      const creations = new Map<string, number>();
      const queue = replica('a', (handle) => async (request) => {
        if (!isCreation(request)) return handle(request);
        const count = (creations.get(request.target) ?? 0) + 1;
        creations.set(request.target, count);
        if (count === 1) return lost(handle, request);
        return second === 'as it is'
          ? handle(request)
          : refusal(409, `${request.target.startsWith('/queues') ? 'Queue' : 'Subscription'}AlreadyExist`);
      });
      await clock.runUntil(queue.open());
      expect(there()).toEqual({ queues: [queue.queueName], subscriptions: [queue.queueName] });
      await clock.runUntil(queue.close());
      expect(there()).toEqual({ queues: [], subscriptions: [] });
    }
  });

  it('shares no queue with another replica of the same seed, and does not take it away', async () => {
    const { clock, replica, there } = room();
    const [first, second] = [replica('same'), replica('same')];
    await clock.runUntil(first.open());
    expect(await clock.runUntil(codeOf(second.open()))).toBe('PROVISION_CONFLICT');
    await clock.runUntil(second.close());
    expect(there().queues).toEqual([first.queueName]);
    await clock.runUntil(first.close());
  });

  it('removes no subscription that somebody else has put in the place of its own', async () => {
    const { clock, replica, there, mns, facts } = room();
    const queue = replica('a');
    await clock.runUntil(queue.open());
    const resource = `/topics/t/subscriptions/${queue.queueName}`;
    await clock.runUntil(mns({ method: 'DELETE', resource }));
    const body = '<Subscription><Endpoint>http://127.0.0.1/hook</Endpoint></Subscription>';
    await clock.runUntil(mns({ method: 'PUT', resource, body }));
    await clock.advanceBy(2 * MINUTE_MS);
    expect(facts).toMatchObject([{ error: { code: 'PROVISION_CONFLICT' } }, {}]);
    await clock.runUntil(queue.close());
    expect(there()).toEqual({ queues: [], subscriptions: [queue.queueName] });
  });

  it('removes its queue when the subscription is refused, and can be opened again', async () => {
    const { clock, replica, there, emulator } = room();
    let isRefused = true;
    const queue = replica(
      'a',
      (handle) => async (request) =>
        isRefused && request.target.startsWith('/topics') && isCreation(request)
          ? refusal(403, 'AccessDenied')
          : handle(request),
    );
    await expect(clock.runUntil(queue.open())).rejects.toMatchObject({ mnsCode: 'AccessDenied' });
    expect(there()).toEqual({ queues: [], subscriptions: [] });
    const { length } = emulator.journal.entries('request');
    await clock.advanceBy(10 * MINUTE_MS);
    expect(emulator.journal.entries('request')).toHaveLength(length);
    isRefused = false;
    await clock.runUntil(queue.open());
    expect(there().queues).toEqual([queue.queueName]);
    await clock.runUntil(queue.close());
    expect(there()).toEqual({ queues: [], subscriptions: [] });
  });

  it('tries once more to remove what a failed opening has left', async () => {
    const { clock, replica, there, facts } = room();
    let isDown = false;
    const queue = replica('a', (handle) => async (request) => {
      if (isDown) throw new Error('socket hang up');
      isDown = request.method === 'PUT';
      return handle(request);
    });
    expect(await clock.runUntil(codeOf(queue.open()))).toBe('MNS_UNREACHABLE');
    expect(facts).toMatchObject([{ type: 'replica-failed' }]);
    expect(there().queues).toEqual([queue.queueName]);
    isDown = false;
    await clock.runUntil(queue.close());
    expect(there()).toEqual({ queues: [], subscriptions: [] });
  });

  it('is content with a subscription that the service writes in another way', async () => {
    const { clock, replica, facts } = room();
    const queue = replica('a', (handle) => async (request) => {
      const reply = await handle(request);
      if (request.method !== 'GET' || !request.target.startsWith('/topics/t/subscriptions/')) return reply;
      return { ...reply, body: Buffer.from(Buffer.from(reply.body).toString().replace('acs:mns:', 'ACS:mns:')) };
    });
    await clock.runUntil(queue.open());
    await clock.advanceBy(5 * MINUTE_MS);
    expect(facts).toEqual([]);
    await clock.runUntil(queue.close());
  });

  it.each(['queue', 'subscription', 'topic'] as const)('makes again what vanishes: %s', async (what) => {
    const { clock, replica, there, mns, facts, recreated } = room();
    const queue = replica('a');
    await clock.runUntil(queue.open());
    const paths = {
      queue: `/queues/${queue.queueName}`,
      subscription: `/topics/t/subscriptions/${queue.queueName}`,
      topic: '/topics/t',
    };
    await clock.runUntil(mns({ method: 'DELETE', resource: paths[what] }));
    if (what === 'topic') {
      await clock.advanceBy(2 * MINUTE_MS);
      expect(facts).toMatchObject([{ type: 'replica-failed', error: { mnsCode: 'TopicNotExist' } }, {}]);
      await clock.runUntil(mns({ method: 'PUT', resource: '/topics/t', body: '<Topic/>' }));
    }
    await clock.advanceBy(MINUTE_MS);
    expect(there()).toEqual({ queues: [queue.queueName], subscriptions: [queue.queueName] });
    expect(facts.at(-1)).toEqual({ type: 'replica-recreated', recreated: what === 'queue' ? 'queue' : 'subscription' });
    expect(recreated()).toBe(what === 'queue' ? 1 : 0);
    await clock.runUntil(queue.close());
  });

  it('changes its queue at every heartbeat, not only touches it', async () => {
    const { clock, replica, mns } = room();
    const queue = replica('a');
    await clock.runUntil(queue.open());
    const seen: unknown[] = [];
    for (let minute = 0; minute < 4; minute += 1) {
      await clock.advanceBy(MINUTE_MS);
      const { body } = await clock.runUntil(
        mns({ method: 'GET', resource: `/queues/${queue.queueName}`, rootName: 'Queue' }),
      );
      seen.push(body?.['PollingWaitSeconds']);
    }
    expect(seen).toEqual(['1', '0', '1', '0']);
    await clock.runUntil(queue.close());
  });
});

function refusal(status: number, code: string): { status: number; headers: [string, string][]; body: Uint8Array } {
  const text =
    `<Error xmlns="http://mns.aliyuncs.com/doc/v1"><Code>${code}</Code><Message>m</Message>` +
    '<RequestId>R</RequestId><HostId>http://mns.test</HostId></Error>';
  return { status, headers: [['content-type', 'text/xml']], body: Buffer.from(text) };
}
