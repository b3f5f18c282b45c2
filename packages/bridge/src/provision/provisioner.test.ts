import { SystemClock } from '@mnsbus/core';
import { createEmulator, listen } from '@mnsbus/emulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { provisionRoom } from '../test-support/provision-room.js';
import { describePlan } from './plan.js';
import { createProvisioner } from './provisioner.js';
import type { Resources } from './resources.js';

const RESOURCES: Resources = {
  topic: { name: 'events' },
  queue: { name: 'imm-events', visibilityTimeoutSeconds: 60, retentionSeconds: 86_400 },
  deadLetterQueue: { name: 'imm-events-dead' },
  subscription: { name: 'to-queue' },
};

describe('createProvisioner', () => {
  it('plans, creates, and then has nothing left to do', async () => {
    const { provisioner, clock, writes } = provisionRoom();
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
    const { provisioner, clock, writes, mns } = provisionRoom();
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
      const { provisioner, clock, writes } = provisionRoom();
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
    const { provisioner, clock } = provisionRoom();
    const all = Array.from({ length: 100 }, () => provisioner.ensure(RESOURCES));
    await clock.runUntil(Promise.all(all));
    expect((await clock.runUntil(provisioner.plan(RESOURCES))).every(({ action }) => action === 'none')).toBe(true);
  });

  it('agrees with one that creates the same in another way meanwhile', async () => {
    const made = provisionRoom((handle) => async (request) => {
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
    const made = provisionRoom((handle) => async (request) => {
      faults -= 1;
      if (faults >= 0) throw new Error('socket hang up');
      return handle(request);
    });
    await made.clock.runUntil(made.provisioner.ensure({ queue: { name: 'q' } }));
    expect(made.writes).toEqual(['PUT /queues/q']);

    const { emulator, clock } = provisionRoom();
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
    ['subscription.filterTag', { ...RESOURCES, subscription: { name: 's', filterTag: '' } }],
    ['subscription.strategy', { ...RESOURCES, subscription: { name: 's', strategy: 'NEVER' as never } }],
  ])('refuses a wrong %s, and sends nothing', async (name, resources) => {
    const { provisioner, writes } = provisionRoom();
    await expect(provisioner.ensure(resources)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(name),
    });
    expect(writes).toEqual([]);
  });

  it('waits for what others create', async () => {
    const { provisioner, clock, mns } = provisionRoom();
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
