import { SystemClock, VirtualClock, type WireHandler } from '@mnsbus/core';
import { createEmulator, listen, type Emulator } from '@mnsbus/emulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBridge, type Bridge } from '../bridge.js';
import { createMemoryDeduplicator } from '../dedup/memory-deduplicator.js';
import type { BridgeStatus } from '../status/bridge-status.js';
import { callerOf, transportOf, type Mounted } from '../test-support/mounts.js';
import { eventText } from '../test-support/resources.js';
import { CONVERTED, typesIn } from '../test-support/room.js';
import type { BridgeOptions } from '../options/bridge-options.js';
import { describePlan } from './plan.js';
import { createProvisioner, type Provisioner } from './provisioner.js';
import type { Resources } from './resources.js';

const RESOURCES: Resources = {
  topic: { name: 'events' },
  queue: { name: 'imm-events', visibilityTimeoutSeconds: 60, retentionSeconds: 86_400 },
  deadLetterQueue: { name: 'imm-events-dead' },
  subscription: { name: 'to-queue' },
};

interface Room {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  readonly provisioner: Provisioner;
  readonly writes: string[];
  readonly mns: Mounted['mns'];
  readonly bridge: (options: Partial<BridgeOptions>) => Bridge;
}

function room(wrap: (handle: WireHandler) => WireHandler = (handle) => handle): Room {
  const clock = new VirtualClock();
  const emulator = createEmulator({ clock, seed: 'provision' });
  const { accountId, accessKeyId, accessKeySecret, region } = emulator;
  const mns = { accountId, accessKeyId, accessKeySecret, region, endpoint: 'http://mns.test' };
  const writes: string[] = [];
  const transport = wrap(async (request) => {
    if (request.method !== 'GET') writes.push(`${request.method} ${request.target}`);
    return emulator.handle(request);
  });
  return {
    clock,
    emulator,
    writes,
    provisioner: createProvisioner({ mns, clock, transport, seed: 'p' }),
    mns: callerOf(transportOf(mns, clock, emulator.handle)),
    bridge: (options) => createBridge({ mns, clock, transport, ...options }),
  };
}

describe('createProvisioner', () => {
  it('plans, creates, and then has nothing left to do', async () => {
    const { provisioner, clock, writes } = room();
    const plan = await clock.runUntil(provisioner.plan(RESOURCES));
    expect(writes).toEqual([]);
    expect(describePlan(plan)).toBe(
      [
        'create   queue imm-events',
        '           MessageRetentionPeriod: (none) -> 86400',
        '           VisibilityTimeout: (none) -> 60',
        'create   queue imm-events-dead',
        'create   topic events',
        'create   subscription to-queue',
        '           NotifyContentFormat: (none) -> JSON',
        '           Endpoint: (none) -> acs:mns:cn-beijing:1000000000000001:queues/imm-events',
      ].join('\n'),
    );
    expect(await clock.runUntil(provisioner.ensure(RESOURCES))).toEqual(plan);
    expect(writes).toHaveLength(4);
    const again = await clock.runUntil(provisioner.ensure(RESOURCES));
    expect(again.map(({ action }) => action)).toEqual(['none', 'none', 'none', 'none']);
    expect(writes).toHaveLength(4);
  });

  it('changes what differs, and leaves alone what is not named', async () => {
    const { provisioner, clock, writes, mns } = room();
    await clock.runUntil(provisioner.ensure(RESOURCES));
    writes.length = 0;
    const changed: Resources = {
      queue: { name: 'imm-events', visibilityTimeoutSeconds: 120, loggingEnabled: true },
      subscription: {
        name: 'to-queue',
        topicName: 'events',
        endpoint: 'acs:mns:cn-beijing:1000000000000001:queues/imm-events',
        strategy: 'EXPONENTIAL_DECAY_RETRY',
      },
    };
    const plan = await clock.runUntil(provisioner.ensure(changed));
    expect(plan.map(({ action, changes }) => [action, changes.map(({ attribute }) => attribute)])).toEqual([
      ['update', ['VisibilityTimeout', 'LoggingEnabled']],
      ['update', ['NotifyStrategy']],
    ]);
    expect(writes).toEqual([
      'PUT /queues/imm-events?metaoverride=true',
      'PUT /topics/events/subscriptions/to-queue?metaoverride=true',
    ]);
    const { body } = await clock.runUntil(mns({ method: 'GET', resource: '/queues/imm-events', rootName: 'Queue' }));
    expect(body).toMatchObject({ VisibilityTimeout: '120', MessageRetentionPeriod: '86400', LoggingEnabled: 'True' });
    expect((await clock.runUntil(provisioner.plan(changed))).map(({ action }) => action)).toEqual(['none', 'none']);
  });

  it.each([
    ['its endpoint', { name: 'to-queue', endpoint: 'http://127.0.0.1/hook' }, 'Endpoint'],
    ['its format', { name: 'to-queue', format: 'XML' }, 'NotifyContentFormat'],
  ] as const)(
    'refuses before it changes anything when a subscription would have to change %s',
    async (_, subscription, attribute) => {
      const { provisioner, clock, writes } = room();
      await clock.runUntil(provisioner.ensure(RESOURCES));
      writes.length = 0;
      const changed = { ...RESOURCES, queue: { name: 'imm-events', delaySeconds: 5 }, subscription };
      await expect(clock.runUntil(provisioner.ensure(changed))).rejects.toMatchObject({
        code: 'PROVISION_CONFLICT',
        message: expect.stringContaining(attribute),
      });
      expect(writes).toEqual([]);
    },
  );

  it('may run a hundred times at once', async () => {
    const { provisioner, clock } = room();
    const all = Array.from({ length: 100 }, () => provisioner.ensure(RESOURCES));
    await clock.runUntil(Promise.all(all));
    expect((await clock.runUntil(provisioner.plan(RESOURCES))).every(({ action }) => action === 'none')).toBe(true);
  });

  it('agrees with one that creates the same in another way meanwhile', async () => {
    const made = room((handle) => async (request) => {
      if (request.method === 'PUT' && request.target === '/queues/imm-events') {
        await made.mns({
          method: 'PUT',
          resource: '/queues/imm-events',
          body: '<Queue><VisibilityTimeout>7</VisibilityTimeout></Queue>',
        });
      }
      return handle(request);
    });
    await made.clock.runUntil(made.provisioner.ensure(RESOURCES));
    expect(made.writes).toContain('PUT /queues/imm-events?metaoverride=true');
    const plan = await made.clock.runUntil(made.provisioner.plan(RESOURCES));
    expect(plan[0]).toMatchObject({ action: 'none' });
  });

  it('repeats what fails in passing, and says what is refused for good', async () => {
    let faults = 3;
    const made = room((handle) => async (request) => {
      faults -= 1;
      if (faults >= 0) throw new Error('socket hang up');
      return handle(request);
    });
    await made.clock.runUntil(made.provisioner.ensure({ queue: { name: 'q' } }));
    expect(made.writes).toEqual(['PUT /queues/q']);

    const { emulator, clock } = room();
    const { accountId, accessKeyId, region } = emulator;
    const mns = { accountId, accessKeyId, accessKeySecret: 'wrong', region, endpoint: 'http://mns.test' };
    const denied = createProvisioner({ mns, clock, transport: emulator.handle });
    await expect(clock.runUntil(denied.ensure(RESOURCES))).rejects.toMatchObject({
      code: 'MNS_ERROR',
      mnsCode: 'SignatureDoesNotMatch',
    });
  });

  it.each<[string, Resources]>([
    ['queue.name', { queue: { name: '' } }],
    ['queue.name', { queue: { name: 'a'.repeat(121) } }],
    ['topic.name', { topic: { name: 'a/b' } }],
    ['queue.delaySeconds', { queue: { name: 'q', delaySeconds: 604_801 } }],
    ['queue.visibilityTimeoutSeconds', { queue: { name: 'q', visibilityTimeoutSeconds: 0 } }],
    ['queue.pollingWaitSeconds', { queue: { name: 'q', pollingWaitSeconds: 31 } }],
    ['topic.maximumMessageBytes', { topic: { name: 't', maximumMessageBytes: 1023 } }],
    ['subscription.topicName', { subscription: { name: 's', endpoint: 'http://h/' } }],
    ['subscription.endpoint', { topic: { name: 't' }, subscription: { name: 's' } }],
    ['subscription.filterTag', { ...RESOURCES, subscription: { name: 's', filterTag: 'x'.repeat(17) } }],
    ['subscription.strategy', { ...RESOURCES, subscription: { name: 's', strategy: 'NEVER' as never } }],
  ])('refuses a wrong %s, and sends nothing', async (name, resources) => {
    const { provisioner, writes } = room();
    await expect(provisioner.ensure(resources)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(name),
    });
    expect(writes).toEqual([]);
  });

  it('waits for what others create', async () => {
    const { provisioner, clock, mns } = room();
    const waiting = provisioner.waitFor(RESOURCES);
    await clock.advanceBy(20_000);
    for (const resource of ['/queues/imm-events', '/queues/imm-events-dead', '/topics/events']) {
      await clock.runUntil(
        mns({ method: 'PUT', resource, body: resource.startsWith('/queues') ? '<Queue/>' : '<Topic/>' }),
      );
    }
    const body =
      '<Subscription><Endpoint>acs:mns:cn-beijing:1000000000000001:queues/imm-events</Endpoint></Subscription>';
    await clock.runUntil(mns({ method: 'PUT', resource: '/topics/events/subscriptions/to-queue', body }));
    await clock.runUntil(waiting);

    const controller = new AbortController();
    const late = provisioner.waitFor({ queue: { name: 'never' } }, { timeoutMs: 5000 });
    await expect(clock.runUntil(late)).rejects.toMatchObject({
      code: 'WAIT_TIMEOUT',
      message: expect.stringContaining('queue never'),
    });
    const aborted = provisioner.waitFor({ queue: { name: 'never' } }, { signal: controller.signal });
    controller.abort();
    await expect(clock.runUntil(aborted)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('works over a socket with the real SDK', async () => {
    const emulator = createEmulator({ clock: new SystemClock(), seed: 'socket' });
    const server = await listen(emulator);
    onTestFinished(() => server.close());
    const { accountId, accessKeyId, accessKeySecret, region } = emulator;
    const provisioner = createProvisioner({
      mns: { accountId, accessKeyId, accessKeySecret, region, endpoint: server.endpoint },
    });
    onTestFinished(() => provisioner.close());
    await provisioner.ensure(RESOURCES);
    expect((await provisioner.plan(RESOURCES)).map(({ action }) => action)).toEqual(['none', 'none', 'none', 'none']);
  });
});

describe("fanout: 'replica'", () => {
  const replica = { queueName: 'imm-events', topicName: 'events', fanout: 'replica' } as const;

  /** A room with the topic, and what lists the queues there are. */
  async function topicRoom(
    wrap?: (handle: WireHandler) => WireHandler,
  ): Promise<Room & { readonly queues: () => Promise<string[]> }> {
    const made = room(wrap);
    await made.clock.runUntil(made.provisioner.ensure({ topic: { name: 'events' } }));
    const queues = async (): Promise<string[]> => {
      const { body } = await made.clock.runUntil(made.mns({ method: 'GET', resource: '/queues', rootName: 'Queues' }));
      const list = body?.['Queue'];
      const items: unknown[] = Array.isArray(list) ? list : [];
      return items.map((item) => String((item as Record<string, unknown>)['QueueURL']).replace(/^.*\//, ''));
    };
    return { ...made, queues };
  }

  it('gives every replica every event, and leaves nothing behind', async () => {
    const { bridge, clock, mns, queues } = await topicRoom();
    const seen: string[] = [];
    const replicas = ['a', 'b', 'c'].map((seed) => {
      const bus = bridge({ ...replica, seed });
      bus.on(CONVERTED, ({ data }) => void seen.push(`${seed}/${data.taskId}`));
      return bus;
    });
    await clock.runUntil(Promise.all(replicas.map((bus) => bus.start())));
    expect(await queues()).toHaveLength(3);
    const body = `<Message><MessageBody>${eventText('t1').replaceAll('"', '&quot;')}</MessageBody></Message>`;
    await clock.runUntil(mns({ method: 'POST', resource: '/topics/events/messages', body }));
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

  it('creates its queue again when it was gone, says so, and goes on receiving', async () => {
    const { bridge, clock, mns, queues } = await topicRoom();
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
    const body = `<Message><MessageBody>${eventText('t1').replaceAll('"', '&quot;')}</MessageBody></Message>`;
    await clock.runUntil(mns({ method: 'POST', resource: '/topics/events/messages', body }));
    await clock.advanceBy(30_000);
    expect(seen).toEqual(['t1']);
    await clock.runUntil(bus.close());
  });

  it('stays paused when its queue is created again, and goes on when it is told to', async () => {
    const { bridge, clock, mns, queues } = await topicRoom();
    const bus = bridge({ ...replica, seed: 'paused' });
    const seen: string[] = [];
    bus.on(CONVERTED, ({ data }) => void seen.push(data.taskId));
    await clock.runUntil(bus.start());
    bus.pause();
    const [queueName = ''] = await queues();
    await clock.runUntil(mns({ method: 'DELETE', resource: `/queues/${queueName}` }));
    await clock.advanceBy(180_000);
    expect(await queues()).toEqual([queueName]);
    const body = `<Message><MessageBody>${eventText('t1').replaceAll('"', '&quot;')}</MessageBody></Message>`;
    await clock.runUntil(mns({ method: 'POST', resource: '/topics/events/messages', body }));
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
    const { bridge, clock, mns } = await topicRoom();
    const deduplicator = createMemoryDeduplicator({ clock });
    const seen: string[] = [];
    const buses = ['a', 'b'].map((seed) => bridge({ ...replica, seed, deduplicator }));
    for (const [index, bus] of buses.entries()) {
      bus.on(CONVERTED, ({ data }) => void seen.push(`${index} ${data.taskId}`));
      await clock.runUntil(bus.start());
    }
    const body = `<Message><MessageBody>${eventText('t1').replaceAll('"', '&quot;')}</MessageBody></Message>`;
    await clock.runUntil(mns({ method: 'POST', resource: '/topics/events/messages', body }));
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
    const { bridge } = room();
    expect(() => bridge(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(name) }),
    );
  });
});
