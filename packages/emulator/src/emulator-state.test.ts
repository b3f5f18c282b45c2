import { VirtualClock, type WireRequest } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from './emulator.js';
import { rpcRequest } from './imm/test-support/rpc-request.js';
import { HOST, KEY, START_MS, messageXml, signedRequest, subscriptionXml } from './mns/test-support/mns-fixture.js';
import type { PushRequest } from './mns/push/push-request.js';

const OTHER = { accountId: '2000000000000002', accessKeys: [{ accessKeyId: 'other', accessKeySecret: 'otherSecret' }] };
const OTHER_HOST = '2000000000000002.mns.cn-hangzhou.aliyuncs.com';

interface World {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  /** The reply's text; an error's code. */
  call(method: string, target: string, body?: string, of?: 'other', signal?: AbortSignal): Promise<string>;
  imm(action: string, parameters?: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>>;
}

function world(options: EmulatorOptions = {}, startMs: number = START_MS): World {
  const clock = new VirtualClock(startMs);
  const emulator = createEmulator({ clock, seed: 'state', region: 'cn-hangzhou', accounts: [OTHER], ...options });
  const text = async (request: WireRequest): Promise<string> => {
    const body = Buffer.from((await emulator.handle(request)).body).toString();
    return /<Code>(\w+)</.exec(body)?.[1] ?? body;
  };
  return {
    clock,
    emulator,
    call: (method, target, body = '', of, signal) => {
      const sender =
        of === 'other'
          ? { host: OTHER_HOST, key: { accessKeyId: 'other', accessKeySecret: 'otherSecret' } }
          : { host: HOST, key: KEY };
      return text(
        signedRequest(clock.now(), method, target, body, { ...sender, ...(signal === undefined ? {} : { signal }) }),
      );
    },
    imm: async (action, parameters = {}) => {
      const { accessKeyId, accessKeySecret } = KEY;
      const signed = rpcRequest({ Action: action, AccessKeyId: accessKeyId, ...parameters }, clock.now(), {
        accessKeySecret,
      });
      return JSON.parse(await text(signed));
    },
  };
}

const handleIn = (text: string): string => /<ReceiptHandle>([^<]*)</.exec(text)?.[1] ?? 'none';
const bodyIn = (text: string): string => /<MessageBody>([^<]*)</.exec(text)?.[1] ?? text;
const saved = ({ emulator }: World): string => JSON.stringify(emulator.snapshot());

async function filled(): Promise<World> {
  const made = world();
  const { call, imm } = made;
  await call('PUT', '/queues/orders');
  await call('POST', '/queues/orders/messages', messageXml('one'));
  await call('PUT', '/topics/events');
  await call('PUT', '/topics/events/subscriptions/early', subscriptionXml('to-come'));
  await call('POST', '/topics/events/messages', messageXml('news'));
  await imm('PutProject', { Project: 'demo' });
  await imm('CreateOfficeConversionTask', {
    Project: 'demo',
    SrcUri: 'oss://bkt/slow-60000/a.docx',
    TgtUri: 'oss://bkt/out',
    TgtType: 'png',
    NotifyEndpoint: `http://${HOST}`,
    NotifyTopicName: 'events',
  });
  return made;
}

describe('a snapshot', () => {
  it('holds nothing for an emulator in which nothing was done', () => {
    expect(world().emulator.snapshot()).toEqual({ format: 'mnsbus-emulator', version: 1 });
  });

  it('is JSON of one spelling, whatever the order in which things were made', async () => {
    const [first, second] = [world(), world()];
    for (const name of ['a', 'b']) await first.call('PUT', `/queues/${name}`);
    for (const name of ['b', 'a']) await second.call('PUT', `/queues/${name}`);
    expect(saved(first)).toBe(saved(second));
    expect(JSON.parse(saved(first))).toEqual(first.emulator.snapshot());
  });

  it('cannot be changed into by changing what it was read from', async () => {
    const made = await filled();
    const before = saved(made);
    const snapshot = JSON.parse(before);
    made.emulator.restore(snapshot);
    snapshot.mns['1000000000000001']['cn-hangzhou'].model.queues.orders.messages = {};
    expect(saved(made)).toBe(before);
  });
});

describe('what was restored', () => {
  it('numbers new deliveries as the first one does, whatever became of earlier ones', async () => {
    const first = world();
    await first.call('PUT', '/topics/events');
    await first.call('PUT', '/topics/events/subscriptions/early', subscriptionXml('to-come'));
    await first.call('POST', '/topics/events/messages', messageXml('given up'));
    await first.clock.advanceBy(120_000);
    first.emulator.journal.expect({ kind: 'delivery-dropped' }, 1);
    const second = world({}, first.clock.now());
    second.emulator.restore(first.emulator.snapshot());
    for (const made of [first, second]) {
      await made.call('POST', '/topics/events/messages', messageXml('put off'));
    }
    expect(second.emulator.snapshot()).toEqual(first.emulator.snapshot());
    expect(saved(first)).toContain('"deliveries":{"1":');
  });

  it('keeps receipt handles good', async () => {
    const first = await filled();
    const handle = handleIn(await first.call('GET', '/queues/orders/messages'));
    const second = world();
    second.emulator.restore(first.emulator.snapshot());
    expect(await second.call('DELETE', `/queues/orders/messages?ReceiptHandle=${handle}`)).toBe('');
    expect(await second.call('DELETE', `/queues/orders/messages?ReceiptHandle=${handle}`)).toBe('MessageNotExist');
  });

  it('goes on against the clock as it is: retention, visibility, tasks and retries', async () => {
    const first = await filled();
    await first.call('PUT', '/queues/short', '<Queue><MessageRetentionPeriod>60</MessageRetentionPeriod></Queue>');
    await first.call('POST', '/queues/short/messages', messageXml('gone'));
    await first.call('GET', '/queues/orders/messages');
    const later = world({}, START_MS + 120_000);
    await later.call('PUT', '/queues/to-come');
    const snapshot = JSON.parse(saved(first));
    later.emulator.restore(snapshot);
    expect(await later.call('GET', '/queues/short')).toContain('<ActiveMessages>0<');
    expect(bodyIn(await later.call('GET', '/queues/orders/messages'))).toBe('one');
    const [task] = later.emulator.tasks.list();
    expect(task).toMatchObject({ state: 'succeeded', endedAtMs: START_MS + 60_000 });
    expect(later.emulator.journal.entries('event-published')).toHaveLength(1);
    // The queue of the subscription is no more: it was made before the snapshot was taken up.
    await later.clock.advanceBy(0);
    expect(later.emulator.journal.entries('delivery-failed').length).toBeGreaterThan(0);
    await later.call('PUT', '/queues/to-come');
    await later.clock.advanceBy(20_000);
    expect(await later.call('GET', '/queues/to-come')).toContain('<ActiveMessages>2<');
  });

  it('serves receives that wait, refuses those whose queue is no more, and lets the others wait on', async () => {
    const source = await filled();
    await source.call('PUT', '/queues/idle');
    const target = world();
    for (const name of ['orders', 'idle', 'lost']) await target.call('PUT', `/queues/${name}`);
    const polls = ['orders', 'idle', 'lost'].map((name) =>
      target.call('GET', `/queues/${name}/messages?waitseconds=10`),
    );
    target.emulator.restore(source.emulator.snapshot());
    expect(bodyIn(await (polls[0] ?? ''))).toBe('one');
    expect(await polls[2]).toBe('QueueNotExist');
    await target.clock.advanceBy(5000);
    await target.call('POST', '/queues/idle/messages', messageXml('late'));
    expect(bodyIn(await (polls[1] ?? ''))).toBe('late');
  });

  it('makes a push again that was under way, and once only', async () => {
    const pushes: PushRequest[] = [];
    const sender = (request: PushRequest): Promise<{ status: number }> => {
      pushes.push(request);
      return pushes.length === 1 ? new Promise(() => undefined) : Promise.resolve({ status: 204 });
    };
    const first = world({ push: { sender } });
    await first.call('PUT', '/topics/events');
    await first.call(
      'PUT',
      '/topics/events/subscriptions/web',
      '<Subscription><Endpoint>http://127.0.0.1/x</Endpoint></Subscription>',
    );
    await first.call('POST', '/topics/events/messages', messageXml('news'));
    await first.clock.advanceBy(10);
    expect(pushes).toHaveLength(1);
    const second = world({ push: { sender } }, START_MS + 10);
    second.emulator.restore(JSON.parse(saved(first)));
    await second.clock.advanceBy(60_000);
    expect(pushes).toHaveLength(2);
    expect(second.emulator.journal.entries('pushed')).toMatchObject([{ attempt: 1 }]);
    first.emulator.reset();
    await first.clock.advanceBy(60_000);
    expect([pushes.length, first.emulator.journal.entries('delivery-failed').length]).toEqual([2, 0]);
    expect(first.clock.pendingTimers).toBe(0);
  });

  it('refuses a nonce that was used before, and knows temporary keys', async () => {
    const first = await filled();
    const issued = first.emulator.issueSecurityToken();
    const { accessKeyId, accessKeySecret } = KEY;
    const request = rpcRequest({ Action: 'ListProjects', AccessKeyId: accessKeyId }, START_MS, { accessKeySecret });
    const status = async ({ emulator }: World): Promise<string> =>
      Buffer.from((await emulator.handle(request)).body).toString();
    expect(await status(first)).not.toContain('SignatureNonceUsed');
    const second = world();
    second.emulator.restore(first.emulator.snapshot());
    expect(await status(second)).toContain('SignatureNonceUsed');
    const withToken = signedRequest(START_MS, 'GET', '/queues/orders', '', {
      key: issued,
      headers: [['security-token', issued.securityToken]],
    });
    expect((await second.emulator.handle(withToken)).status).toBe(200);
  });
});

describe('a name that a client has chosen', () => {
  it.each(['__proto__', 'constructor', 'toString'])('comes back, even %s', async (name) => {
    const made = world();
    const now = { Version: '2020-09-30' };
    await made.imm('CreateProject', { ...now, ProjectName: name, Description: 'kept' });
    const File = `{"URI":"oss://bkt/1.jpg","CustomLabels":{"${name}":"a","b":{"${name}":[{"${name}":1}]}}}`;
    await made.imm('IndexFileMeta', { ...now, ProjectName: name, DatasetName: 'ds', File });
    await made.imm('CreateVideoModerationTask', {
      ...now,
      ProjectName: name,
      SourceURI: 'oss://bkt/hold/a.mp4',
      Tags: `{"${name}":"x"}`,
    });
    const before = saved(made);
    const second = world({}, made.clock.now());
    second.emulator.restore(JSON.parse(before));
    expect(saved(second)).toBe(before);
    const project = await second.imm('GetProject', { ...now, ProjectName: name });
    expect(project['Project']).toMatchObject({ ProjectName: name, Description: 'kept' });
    const tagged = await second.imm('ListTasks', { ...now, ProjectName: name, TagSelector: `${name}=x` });
    expect(tagged['Tasks']).toHaveLength(1);
  });
});

describe('what no state can hold', () => {
  const far = '['.repeat(2000) + ']'.repeat(2000);

  it('is refused where it comes in, and the state can still be taken out and put back', async () => {
    const made = await filled();
    await made.imm('CreateProject', { Version: '2020-09-30', ProjectName: 'now' });
    const clustered = await made.imm('CreateLocationDateClusteringTask', {
      Version: '2020-09-30',
      ProjectName: 'now',
      DatasetName: 'ds',
      DateOptions: `{"a":${far}}`,
      LocationOptions: '{}',
    });
    expect(clustered['Code'] ?? clustered).toBe('InvalidJSON Array parsing error,DateOptions');
    const attributes = `<MessageAttributes><DirectMail>{"a":${far}}</DirectMail></MessageAttributes>`;
    expect(await made.call('POST', '/topics/events/messages', messageXml('x', attributes))).toBe('InvalidArgument');
    const before = saved(made);
    const second = world({}, made.clock.now());
    second.emulator.restore(JSON.parse(before));
    expect(saved(second)).toBe(before);
  });
});

describe('what is no snapshot', () => {
  const at = (path: string, value: unknown) => (snapshot: Record<string, unknown>) => {
    const keys = path.split('.');
    let where: unknown = snapshot;
    for (const key of keys.slice(0, -1))
      where = typeof where === 'object' && where !== null ? Reflect.get(where, key) : undefined;
    if (typeof where === 'object' && where !== null) Reflect.set(where, keys.at(-1) ?? '', value);
    return snapshot;
  };
  const queue = 'mns.1000000000000001.cn-hangzhou.model.queues.orders';

  const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

  it.each<[string, (snapshot: Record<string, unknown>) => unknown, string]>([
    ['nothing', () => null, 'snapshot: expected an object'],
    ['another file', () => ({ name: 'x' }), 'snapshot.format'],
    ['a later version', at('version', 2), 'snapshot.version: expected 1, the version of this release'],
    ['an unknown member', at('more', 1), 'snapshot: Unrecognized key'],
    ['attributes out of range', at(`${queue}.settings.delaySeconds`, -1), `snapshot.${queue}.settings`],
    ['an empty body', at(`${queue}.messages.0.sent.body`, ''), `snapshot.${queue}.messages.0.sent.body`],
    [
      'a body that XML cannot carry',
      at(`${queue}.messages.0.sent.body`, '\u0000'),
      `snapshot.${queue}.messages.0.sent.body`,
    ],
    [
      'a state that there is not',
      at(`${queue}.messages.0.life.state`, 'lost'),
      `snapshot.${queue}.messages.0.life.state`,
    ],
    ['a message beyond those sent', at(`${queue}.sent`, 0), `snapshot.${queue}.messages.0`],
    [
      'a handle of another message',
      at(`${queue}.messages.0.life.handles`, [{ receiptHandle: 'x', endsAtMs: 1 }]),
      `snapshot.${queue}.messages.0.life.handles.0.receiptHandle`,
    ],
    [
      'a name that is none',
      at('mns.1000000000000001.cn-hangzhou.model.queues', { '-': {} }),
      'snapshot.mns.1000000000000001.cn-hangzhou.model.queues.-',
    ],
    ['an unknown account', at('mns.3', {}), 'snapshot.mns.3: expected an account of this emulator'],
    [
      'a region that cannot be named',
      at(`mns.1000000000000001.${'r'.repeat(65)}`, {}),
      'snapshot.mns.1000000000000001',
    ],
    ['a nonce of nobody', at('nonces', { x: 1 }), 'snapshot.nonces.x'],
    ['a nonce that is none', at('nonces', { '[{"toString":1},"x"]': 1 }), 'snapshot.nonces'],
    [
      'a project of a time that cannot be written',
      at('imm.2017-09-06.tenants.1000000000000001.cn-hangzhou.projects.demo.createdAtMs', 8.64e15),
      'snapshot.imm.2017-09-06.tenants.1000000000000001.cn-hangzhou.projects.demo.createdAtMs',
    ],
    [
      'a count with no next one',
      at('mns.1000000000000001.cn-hangzhou.model.sequence', Number.MAX_SAFE_INTEGER),
      'snapshot.mns.1000000000000001.cn-hangzhou.model.sequence',
    ],
    [
      'a record that is far too deep',
      at('imm.2017-09-06.tenants.1000000000000001.cn-hangzhou.projects.demo.record', deep(3000)),
      'snapshot: expected at most 100 levels of objects and lists',
    ],
    ['streams that are none', at('streams', { 'mns/request-ids': [1] }), 'snapshot.streams.mns/request-ids'],
    [
      'a lasting key as a temporary one',
      at('temporaryKeys', {
        emuKey: { accountId: '1000000000000001', accessKeySecret: 's', securityToken: 't', expiresAtMs: 1 },
      }),
      'snapshot.temporaryKeys.emuKey',
    ],
    [
      'tasks of no project',
      at('imm.2017-09-06.tenants.1000000000000001.cn-hangzhou.projects', {}),
      'snapshot.imm.2017-09-06.tenants.1000000000000001.cn-hangzhou.tasks',
    ],
    [
      'a project of the other version',
      at('imm.2017-09-06.tenants.1000000000000001.cn-hangzhou.projects.demo.record', { a: 1 }),
      'snapshot.imm.2017-09-06.tenants.1000000000000001.cn-hangzhou.projects.demo.record',
    ],
  ])('is refused with its path, and changes nothing: %s', async (_, spoil, message) => {
    const made = await filled();
    const before = saved(made);
    const timers = made.clock.pendingTimers;
    const spoilt = spoil(JSON.parse(before));
    expect(() => made.emulator.restore(spoilt)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
    expect(saved(made)).toBe(before);
    expect(made.clock.pendingTimers).toBe(timers);
  });

  it('is refused without showing a secret', async () => {
    const made = world();
    const key = { accountId: '1000000000000001', accessKeySecret: 'very-secret', securityToken: 't', expiresAtMs: 'x' };
    const spoilt = { ...made.emulator.snapshot(), temporaryKeys: { k: { ...key, accessKeySecret: ['very-secret'] } } };
    expect(() => made.emulator.restore(spoilt)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('very-secret') }),
    );
  });
});

describe('a reset', () => {
  it('answers receives that wait as those at a deleted queue, and leaves no timer', async () => {
    const made = await filled();
    const polls = [1, 2].map(() => made.call('GET', '/queues/orders/messages?numOfMessages=16&waitseconds=30'));
    await polls[0];
    made.emulator.reset();
    expect(await polls[1]).toBe('QueueNotExist');
    expect(made.clock.pendingTimers).toBe(0);
    expect(made.emulator.snapshot()).toEqual({ format: 'mnsbus-emulator', version: 1 });
  });

  it('of one account leaves the others as they are, their waiting receives too', async () => {
    const made = await filled();
    const issued = [KEY.accountId, OTHER.accountId].map((accountId) => made.emulator.issueSecurityToken({ accountId }));
    for (const name of ['mine', 'quiet']) await made.call('PUT', `/queues/${name}`, '', 'other');
    await made.call('POST', '/queues/mine/messages', messageXml('kept'), 'other');
    const poll = made.call('GET', '/queues/quiet/messages?waitseconds=20', '', 'other');
    made.emulator.reset({ accountId: KEY.accountId });
    const snapshot = made.emulator.snapshot();
    expect(Object.keys(snapshot.mns ?? {})).toEqual([OTHER.accountId]);
    expect(Object.keys(snapshot.temporaryKeys ?? {})).toEqual([issued[1]?.accessKeyId]);
    expect(snapshot.nonces).toBeUndefined();
    expect(made.emulator.tasks.list()).toEqual([]);
    expect(await made.call('GET', '/queues/orders')).toBe('QueueNotExist');
    expect(bodyIn(await made.call('GET', '/queues/mine/messages', '', 'other'))).toBe('kept');
    await made.call('POST', '/queues/quiet/messages', messageXml('late'), 'other');
    expect(bodyIn(await poll)).toBe('late');
    expect(made.clock.pendingTimers).toBe(0);
  });

  it('refuses an account that there is not', async () => {
    const made = await filled();
    const before = saved(made);
    expect(() => made.emulator.reset({ accountId: '3' })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(saved(made)).toBe(before);
  });
});
