import type { WireHandler } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { createMemoryDeduplicator } from '../dedup/memory-deduplicator.js';
import type { BridgeStatus } from '../status/bridge-status.js';
import { provisionRoom, type ProvisionRoom } from '../test-support/provision-room.js';
import { eventText } from '../test-support/resources.js';
import { CONVERTED, typesIn } from '../test-support/room.js';

describe("fanout: 'replica'", () => {
  const replica = { queueName: 'imm-events', topicName: 'events', fanout: 'replica' } as const;

  interface TopicRoom extends ProvisionRoom {
    /** The names of the queues there are. */
    readonly queues: () => Promise<string[]>;
    /** Publishes the event of task `t1`. */
    readonly publish: () => Promise<unknown>;
  }

  /** A room with the topic. */
  async function topicRoom(wrap?: (handle: WireHandler) => WireHandler): Promise<TopicRoom> {
    const made = provisionRoom(wrap);
    await made.clock.runUntil(made.provisioner.ensure({ topic: { name: 'events' } }));
    const queues = async (): Promise<string[]> => {
      const { body } = await made.clock.runUntil(made.mns({ method: 'GET', resource: '/queues', rootName: 'Queues' }));
      const list = body?.['Queue'];
      const items: unknown[] = Array.isArray(list) ? list : [];
      return items.map((item) => String((item as Record<string, unknown>)['QueueURL']).replace(/^.*\//, ''));
    };
    const publish = (): Promise<unknown> => {
      const body = `<Message><MessageBody>${eventText('t1').replaceAll('"', '&quot;')}</MessageBody></Message>`;
      return made.mns({ method: 'POST', resource: '/topics/events/messages', body });
    };
    return { ...made, queues, publish };
  }

  it('gives every replica every event, and leaves nothing behind', async () => {
    const { bridge, clock, mns, queues, publish } = await topicRoom();
    const seen: string[] = [];
    const replicas = ['a', 'b', 'c'].map((seed) => {
      const bus = bridge({ ...replica, seed });
      bus.on(CONVERTED, ({ data }) => void seen.push(`${seed}/${data.taskId}`));
      return bus;
    });
    await clock.runUntil(Promise.all(replicas.map((bus) => bus.start())));
    expect(await queues()).toHaveLength(3);
    await clock.runUntil(publish());
    await clock.advanceBy(2000);
    expect(seen.toSorted()).toEqual(['a/t1', 'b/t1', 'c/t1']);
    await clock.runUntil(Promise.all(replicas.map((bus) => bus.close())));
    expect(await queues()).toEqual([]);
    const { body: topic } = await clock.runUntil(
      mns({ method: 'GET', resource: '/topics/events/subscriptions', rootName: 'Subscriptions' }),
    );
    expect(topic?.['Subscription']).toBeUndefined();
    expect(clock.pendingTimers).toBe(0);
  });

  it('removes by age what a replica that died has left, and never a living one', async () => {
    const { bridge, clock, queues, emulator } = await topicRoom();
    const living = [bridge({ ...replica, seed: 'a' }), bridge({ ...replica, seed: 'b' })];
    const removed: BridgeStatus[] = [];
    for (const bus of living) bus.status((status) => status.type === 'replica-removed' && removed.push(status));
    await clock.runUntil(Promise.all(living.map((bus) => bus.start())));
    // What a crash leaves: a queue and a subscription that nobody touches any more.
    let isDead = false;
    const transport: WireHandler = async (request) => (isDead ? new Promise(() => {}) : emulator.handle(request));
    const dying = bridge({ ...replica, seed: 'dead', transport });
    dying.status(() => {});
    await clock.runUntil(dying.start());
    isDead = true;
    const other = dying.health().queues[0]?.queueName;
    expect(await queues()).toHaveLength(3);
    await clock.advanceBy(600_000);
    expect(await queues()).toHaveLength(3);
    await clock.advanceBy(600_000);
    expect(await queues()).toHaveLength(2);
    expect(await queues()).not.toContain(other);
    expect(removed).toMatchObject([{ removedQueue: other }]);
    await clock.advanceBy(4 * 3_600_000);
    expect(await queues()).toHaveLength(2);
    await clock.runUntil(Promise.all(living.map((bus) => bus.close())));
  });

  it('is not ready while its topic is gone, and is again when that is back', async () => {
    const { bridge, clock, mns } = await topicRoom();
    const bus = bridge({ ...replica, seed: 'topicless' });
    bus.status(() => {});
    await clock.runUntil(bus.start());
    await clock.advanceBy(1000);
    expect(bus.health()).toMatchObject({ healthy: true, receiving: true });
    await clock.runUntil(mns({ method: 'DELETE', resource: `/topics/${replica.topicName}` }));
    await clock.advanceBy(180_000);
    expect(bus.health()).toMatchObject({ healthy: true, receiving: false });
    await clock.runUntil(mns({ method: 'PUT', resource: `/topics/${replica.topicName}` }));
    await clock.advanceBy(180_000);
    expect(bus.health()).toMatchObject({ healthy: true, receiving: true });
    await clock.runUntil(bus.close());
  });

  it('creates its queue again when it was gone, says so, and goes on receiving', async () => {
    const { bridge, clock, mns, queues, publish } = await topicRoom();
    const bus = bridge({ ...replica, seed: 'sleeper' });
    const statuses: BridgeStatus[] = [];
    bus.status((status) => statuses.push(status));
    const seen: string[] = [];
    bus.on(CONVERTED, ({ data }) => void seen.push(data.taskId));
    await clock.runUntil(bus.start());
    const [queueName = ''] = await queues();
    await clock.runUntil(mns({ method: 'DELETE', resource: `/queues/${queueName}` }));
    await clock.advanceBy(180_000);
    expect(typesIn(statuses)).toEqual(expect.arrayContaining(['stopped', 'replica-recreated', 'resumed']));
    await clock.runUntil(publish());
    await clock.advanceBy(30_000);
    expect(seen).toEqual(['t1']);
    await clock.runUntil(bus.close());
  });

  it('stays paused when its queue is created again, and goes on when it is told to', async () => {
    const { bridge, clock, mns, queues, publish } = await topicRoom();
    const bus = bridge({ ...replica, seed: 'paused' });
    const seen: string[] = [];
    bus.on(CONVERTED, ({ data }) => void seen.push(data.taskId));
    await clock.runUntil(bus.start());
    bus.pause();
    const [queueName = ''] = await queues();
    await clock.runUntil(mns({ method: 'DELETE', resource: `/queues/${queueName}` }));
    await clock.advanceBy(180_000);
    expect(await queues()).toEqual([queueName]);
    await clock.runUntil(publish());
    await clock.advanceBy(60_000);
    expect(seen).toEqual([]);
    bus.resume();
    await clock.advanceBy(1000);
    expect(seen).toEqual(['t1']);
    await clock.runUntil(bus.close());
  });

  it('leaves nothing of a start that fails, and starts again', async () => {
    let isRefused = true;
    const { bridge, clock, queues } = await topicRoom((handle) => async (request) => {
      const target = isRefused && request.target.includes('/messages') ? '/queues/nobody/messages' : request.target;
      return handle({ ...request, target });
    });
    const timers = clock.pendingTimers;
    const bus = bridge({ ...replica, seed: 'refused' });
    bus.status(() => {});
    await expect(clock.runUntil(bus.start())).rejects.toMatchObject({ code: 'MNS_ERROR' });
    expect(await queues()).toEqual([]);
    expect(clock.pendingTimers).toBe(timers);
    isRefused = false;
    await clock.runUntil(bus.start());
    expect(await queues()).toHaveLength(1);
    await clock.runUntil(bus.close());
    expect(await queues()).toEqual([]);
  });

  it('lets each replica hear of every event, though they share a deduplicator', async () => {
    const { bridge, clock, publish } = await topicRoom();
    const deduplicator = createMemoryDeduplicator({ clock });
    const seen: string[] = [];
    const buses = ['a', 'b'].map((seed) => bridge({ ...replica, seed, deduplicator }));
    for (const [index, bus] of buses.entries()) {
      bus.on(CONVERTED, ({ data }) => void seen.push(`${index} ${data.taskId}`));
      await clock.runUntil(bus.start());
    }
    await clock.runUntil(publish());
    await clock.advanceBy(1000);
    expect(seen.toSorted()).toEqual(['0 t1', '1 t1']);
    for (const bus of buses) await clock.runUntil(bus.close());
  });

  it('ends in time while it opens and nobody answers, whatever its deadline', async () => {
    for (const deadlineMs of [0, 1500]) {
      let down = false;
      const { bridge, clock } = await topicRoom((handle) => async (request) => {
        if (down) return new Promise(() => {});
        return handle(request);
      });
      const bus = bridge({ ...replica, seed: 'x' });
      down = true;
      const started = bus.start().catch((error: unknown) => error);
      await clock.advanceBy(200);
      const closingMs = clock.now();
      await clock.runUntil(bus.close({ deadlineMs }));
      expect(clock.now() - closingMs).toBeLessThanOrEqual(deadlineMs + 2000);
      expect(await started).toMatchObject({ code: 'BRIDGE_CLOSED' });
      expect(clock.pendingTimers).toBe(0);
    }
  });

  it('reports what it could not remove, and closes all the same', async () => {
    let down = false;
    const { bridge, clock } = await topicRoom((handle) => async (request) => {
      if (down) return new Promise(() => {});
      return handle(request);
    });
    const bus = bridge({ ...replica, seed: 'x' });
    const statuses: BridgeStatus[] = [];
    bus.status((status) => statuses.push(status));
    await clock.runUntil(bus.start());
    down = true;
    const startMs = clock.now();
    await clock.runUntil(bus.close());
    expect(clock.now() - startMs).toBeLessThan(30_000);
    expect(typesIn(statuses).slice(-2)).toEqual(['replica-failed', 'closed']);
  });

  it.each([
    [{ fanout: 'replica' }, 'queueName'],
    [{ ...replica, topicName: undefined }, 'topicName'],
    [{ ...replica, queueName: ['a', 'b'] }, 'queueName'],
    [{ ...replica, queueName: 'a'.repeat(101) }, 'queueName'],
    [{ ...replica, fanout: 'all' as never }, 'fanout'],
  ] as const)('refuses %j', (options, name) => {
    const { bridge } = provisionRoom();
    expect(() => bridge(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(name) }),
    );
  });
});
