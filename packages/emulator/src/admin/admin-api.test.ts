import { SteerableClock, SystemClock, VirtualClock } from '@mnsbus/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { TEST_KEY, rpcRequest } from '../imm/test-support/rpc-request.js';
import { ACCOUNT, START_MS, subscriptionXml } from '../mns/test-support/mns-fixture.js';
import { queueXml } from '../operator/test-support/operated-emulator.js';
import { MAX_STREAMS } from './routes/journal-routes.js';
import { adminClient, type AdminClient } from './test-support/admin-client.js';

let admin: AdminClient;

beforeEach(async () => {
  admin = await adminClient({ accounts: [{ accountId: ACCOUNT, accessKeys: [TEST_KEY] }] });
  await admin.call('PUT', '/queues/work', queueXml({ VisibilityTimeout: 30 }));
});

const imm = (parameters: Readonly<Record<string, string>>): Promise<unknown> =>
  admin.emulator.handle(rpcRequest(parameters, admin.clock.now()));

const newTask = async (): Promise<string> => {
  await imm({ Action: 'PutProject', Project: 'demo' });
  const source = { SrcUri: 'oss://bkt/a.doc', TgtUri: 'oss://bkt/o', TgtType: 'pdf' };
  await imm({ Action: 'CreateOfficeConversionTask', Project: 'demo', ...source });
  return admin.emulator.tasks.list().at(-1)?.taskId ?? '';
};

const refused = (status: number, code: string, more: object = {}): object =>
  expect.objectContaining({ status, body: { error: expect.objectContaining({ code, ...more }) } });

describe('health and readiness', () => {
  it('are told', async () => {
    const { body } = await admin.get('/health');
    const profile = 'kind';
    expect(body).toEqual({ status: 'ok', nowMs: START_MS, accountId: ACCOUNT, region: 'cn-hangzhou', profile });
    expect((await admin.get('/ready')).body).toEqual({ ready: true });
  });

  it('are asked for in vain with what they do not take', async () => {
    expect(await admin.get('/health?verbose=1')).toEqual(refused(400, 'INVALID_ARGUMENT', { path: ['verbose'] }));
  });
});

describe('inspection', () => {
  it('shows accounts, queues and messages, in pages', async () => {
    for (const body of ['a', 'b', 'c']) admin.emulator.operator.send({ queueName: 'work', body });
    await admin.receive('work');
    expect((await admin.get('/inspect')).body).toMatchObject({
      accounts: [{ accountId: ACCOUNT, regions: [{ region: 'cn-hangzhou', queues: 1 }] }],
      clock: { mode: 'frozen', nowMs: START_MS },
    });
    expect((await admin.get('/inspect/queues?prefix=w')).body).toMatchObject({
      items: [{ name: 'work', counts: { inactive: 3 }, visibilityTimeoutSeconds: 30 }],
    });
    expect((await admin.get('/inspect/queues?prefix=x')).body).toEqual({ items: [] });
    expect((await admin.get(`/inspect/queues/work?accountId=${ACCOUNT}&region=cn-hangzhou`)).body).toMatchObject({
      name: 'work',
    });
    const first = await admin.get('/inspect/queues/work/messages?limit=2&state=inactive');
    expect(first.body).toMatchObject({ items: [{ body: 'a' }, { body: 'b', dequeueCount: 1 }], nextMarker: '2' });
    const second = await admin.get('/inspect/queues/work/messages?limit=2&marker=2');
    expect(second.body).toMatchObject({ items: [{ body: 'c', state: 'inactive' }] });
    expect(second.body).not.toHaveProperty('nextMarker');
  });

  it('shows topics, subscriptions and deliveries', async () => {
    await admin.call('PUT', '/topics/news');
    await admin.call('PUT', '/topics/news/subscriptions/s', subscriptionXml('missing', '<FilterTag>t</FilterTag>'));
    await admin.post('/publish', { topicName: 'news', body: 'x', tag: 't' });
    expect((await admin.get('/inspect/topics')).body).toMatchObject({ items: [{ name: 'news', messageCount: 1 }] });
    expect((await admin.get('/inspect/topics/news/subscriptions')).body).toMatchObject({
      items: [{ name: 's', filterTag: 't', target: { kind: 'queue', queueName: 'missing' } }],
    });
    expect((await admin.get('/inspect/deliveries')).body).toMatchObject({
      items: [{ topicName: 'news', subscriptionName: 's', attempt: 2, dueAtMs: expect.any(Number) }],
    });
  });

  it('shows every kind of endpoint', async () => {
    await admin.call('PUT', '/topics/news');
    for (const [name, endpoint] of [
      ['http', 'http://127.0.0.1:9/x'],
      ['mail', 'mail:directmail:a@example.com'],
      ['sms', 'sms:directsms:anonymous'],
      ['sms-before', 'sms:dayu:13800000000'],
      ['the-app', 'push:23456789'],
    ]) {
      const xml = `<Subscription><Endpoint>${endpoint}</Endpoint></Subscription>`;
      await admin.call('PUT', `/topics/news/subscriptions/${name}`, xml);
    }
    expect((await admin.get('/inspect/topics/news/subscriptions')).body).toMatchObject({
      items: [
        { target: { kind: 'http' } },
        { target: { kind: 'mail' } },
        { target: { kind: 'sms', service: 'directsms', phone: 'anonymous' } },
        { target: { kind: 'sms', service: 'dayu', phone: '13800000000' } },
        { target: { kind: 'app', appKey: '23456789' } },
      ],
    });
  });

  it('shows projects of IMM', async () => {
    await newTask();
    expect((await admin.get('/inspect/projects')).body).toMatchObject({
      items: [{ name: 'demo', apiVersion: '2017-09-06', tenant: { accountId: ACCOUNT } }],
    });
  });

  it.each([
    ['/inspect/queues/nowhere', 404, 'RESOURCE_NOT_FOUND'],
    ['/inspect/queues/nowhere/messages', 404, 'RESOURCE_NOT_FOUND'],
    ['/inspect/topics/nowhere/subscriptions', 404, 'RESOURCE_NOT_FOUND'],
    ['/inspect/queues?limit=0', 400, 'INVALID_ARGUMENT'],
    ['/inspect/queues?limit=many', 400, 'INVALID_ARGUMENT'],
    ['/inspect/queues?accountId=77', 400, 'INVALID_ARGUMENT'],
    ['/inspect/queues?region=Bei%20jing', 400, 'INVALID_ARGUMENT'],
    ['/inspect/queues/work/messages?state=lost', 400, 'INVALID_ARGUMENT'],
    ['/inspect/queues/work/messages?marker=x', 400, 'INVALID_ARGUMENT'],
    ['/inspect/queues/work?queueName=other', 400, 'INVALID_ARGUMENT'],
    ['/inspect/queues/%ZZ', 404, 'RESOURCE_NOT_FOUND'],
    ['/inspect/nothing', 404, 'ROUTE_NOT_FOUND'],
  ])('refuses %s with %i %s', async (path, status, code) => {
    expect(await admin.get(path)).toEqual(refused(status, code));
  });
});

describe('the clock', () => {
  it('is read, advanced, and set to another mode', async () => {
    expect((await admin.get('/clock')).body).toEqual({ mode: 'frozen', nowMs: START_MS, offsetMs: 0 });
    admin.emulator.operator.send({ queueName: 'work', body: 'later', delaySeconds: 10 });
    const waiting = admin.receive('work', 30);
    await Promise.resolve();
    expect((await admin.get('/clock')).body).toMatchObject({ nextDueMs: START_MS + 10_000 });
    expect((await admin.post('/clock/advance', { deltaMs: 25_000 })).body).toMatchObject({ nowMs: START_MS + 25_000 });
    expect(await waiting).toMatchObject([{ body: 'later' }]);
    // It was received when it became active, not when the jump had ended.
    expect((await admin.get('/inspect/queues/work/messages')).body).toMatchObject({
      items: [{ firstDequeuedAtMs: START_MS + 10_000 }],
    });
    expect((await admin.post('/clock/advance-to', { atMs: START_MS + 60_000 })).body).toMatchObject({
      nowMs: START_MS + 60_000,
    });
    expect((await admin.put('/clock', { mode: 'offset' })).body).toMatchObject({ mode: 'offset', offsetMs: 60_000 });
    expect((await admin.put('/clock', { mode: 'real' })).body).toMatchObject({ mode: 'real', offsetMs: 0 });
    expect(await admin.post('/clock/advance', { deltaMs: 1 })).toEqual(refused(409, 'CLOCK_NOT_STEERABLE'));
    expect(admin.emulator.journal.entries('operated').map(({ operation }) => operation)).toEqual([
      'send',
      'advance-clock',
      'advance-clock',
      'set-clock',
      'set-clock',
    ]);
  });

  it.each([
    ['/clock/advance', { deltaMs: -1 }],
    ['/clock/advance', { deltaMs: '1000' }],
    ['/clock/advance', {}],
    ['/clock/advance', { deltaMs: 1e300 }],
    ['/clock/advance', { deltaMs: 1, atMs: 2 }],
    ['/clock/advance-to', { atMs: START_MS - 1 }],
    ['/clock/advance-to', { atMs: START_MS + 400 * 86_400_000 }],
    ['/clock/advance-to', { atMs: null }],
  ])('refuses %s with %j, and stays', async (path, body) => {
    expect(await admin.post(path, body)).toEqual(refused(400, 'INVALID_ARGUMENT'));
    expect(admin.clock.now()).toBe(START_MS);
  });

  it('refuses an unknown mode', async () => {
    expect(await admin.put('/clock', { mode: 'fast' })).toEqual(
      refused(400, 'INVALID_ARGUMENT', {
        path: ['mode'],
        expected: 'real or offset or frozen',
        received: 'the text "fast"',
      }),
    );
  });

  it.each([new SystemClock(), new VirtualClock()])(
    'cannot be steered when it belongs to whoever created the emulator',
    async (clock) => {
      admin = await adminClient({ clock });
      expect((await admin.get('/clock')).body).toMatchObject({ mode: 'unsteerable' });
      expect(await admin.put('/clock', { mode: 'frozen' })).toEqual(refused(409, 'CLOCK_NOT_STEERABLE'));
      expect(await admin.post('/clock/advance-to', { atMs: 0 })).toEqual(refused(409, 'CLOCK_NOT_STEERABLE'));
    },
  );

  it('passes on what goes wrong on the way as a refusal', async () => {
    const clock = new SteerableClock({ mode: 'frozen', startMs: START_MS });
    admin = await adminClient({ clock });
    const [first, second] = await Promise.all([
      admin.post('/clock/advance', { deltaMs: 10 }),
      admin.post('/clock/advance', { deltaMs: 10 }),
    ]);
    expect([first.body['nowMs'], second.body['nowMs']]).toEqual([START_MS + 10, START_MS + 20]);
  });
});

describe('tasks', () => {
  it('are listed, shown, held, finished and failed', async () => {
    const [first, second] = [await newTask(), await newTask()];
    expect((await admin.get('/tasks')).body).toMatchObject({ items: [{ taskId: first }, { taskId: second }] });
    expect((await admin.get(`/tasks/${first}`)).body).toMatchObject({ taskId: first, state: 'running' });
    expect((await admin.post(`/tasks/${first}/hold`)).body).toMatchObject({ state: 'running' });
    await admin.post('/clock/advance', { deltaMs: 3_600_000 });
    expect((await admin.get(`/tasks/${first}`)).body).toMatchObject({ state: 'running' });
    expect((await admin.post(`/tasks/${first}/finish`, { result: { pageCount: 3 } })).body).toMatchObject({
      state: 'succeeded',
      outcome: { ok: true, result: { pageCount: 3 } },
    });
    const third = await newTask();
    const failure = { code: 'OpenFileError', message: 'no' };
    expect((await admin.post(`/tasks/${third}/fail`, failure)).body).toMatchObject({
      state: 'failed',
      outcome: { ok: false, ...failure },
    });
  });

  it('must exist, and must not have ended', async () => {
    const taskId = await newTask();
    await admin.post(`/tasks/${taskId}/finish`);
    expect(await admin.get('/tasks/nobody')).toEqual(refused(404, 'TASK_NOT_FOUND'));
    for (const act of ['finish', 'hold']) {
      expect(await admin.post(`/tasks/${taskId}/${act}`)).toEqual(refused(409, 'TASK_ENDED'));
      expect(await admin.post(`/tasks/nobody/${act}`)).toEqual(refused(404, 'TASK_NOT_FOUND'));
    }
    expect(await admin.post(`/tasks/${taskId}/fail`, { code: 'X' })).toEqual(refused(409, 'TASK_ENDED'));
    expect(await admin.post('/tasks/nobody/fail', { code: 'X' })).toEqual(refused(404, 'TASK_NOT_FOUND'));
  });

  it('fail with a code only', async () => {
    const taskId = await newTask();
    expect(await admin.post(`/tasks/${taskId}/fail`)).toEqual(refused(400, 'INVALID_ARGUMENT', { path: ['code'] }));
    expect(await admin.post(`/tasks/${taskId}/fail`, { code: 'X', taskId })).toEqual(
      refused(400, 'INVALID_ARGUMENT', { path: ['taskId'] }),
    );
    expect(admin.emulator.tasks.get(taskId).state).toBe('running');
  });
});

describe('messages', () => {
  it('are published, sent, redriven, expired, deleted and purged', async () => {
    await admin.call('PUT', '/queues/dead', queueXml());
    const userProperties = [{ name: 'k', value: 'v', type: 'STRING' }];
    const sent = await admin.post('/send', {
      queueName: 'work',
      body: 'a',
      priority: 2,
      delaySeconds: 9,
      userProperties,
    });
    expect(sent).toMatchObject({
      status: 200,
      body: { messageId: expect.any(String), receiptHandle: expect.any(String) },
    });
    const { messageId } = sent.body;
    expect((await admin.post('/redrive', { queueName: 'work' })).body).toEqual({ messageIds: [messageId] });
    expect(await admin.receive('work')).toMatchObject([{ body: 'a' }]);
    const moved = await admin.post('/redrive', { queueName: 'work', toQueueName: 'dead', messageIds: [messageId] });
    expect(moved.body).toEqual({ messageIds: [messageId], newMessageIds: [expect.any(String)] });
    const [id] = moved.body['newMessageIds'] as string[];
    expect((await admin.post('/expire', { queueName: 'dead', messageIds: [id] })).body).toEqual({ messageIds: [id] });
    const again = (await admin.post('/send', { queueName: 'dead', body: 'b' })).body['messageId'];
    expect((await admin.post('/delete', { queueName: 'dead', messageIds: [again] })).body).toEqual({
      messageIds: [again],
    });
    expect((await admin.post('/purge', { queueName: 'dead' })).body).toEqual({ count: 0 });
  });

  it.each([
    ['/publish', { topicName: 'nowhere', body: 'x' }, 404, 'RESOURCE_NOT_FOUND'],
    ['/publish', { topicName: 'nowhere', body: 5 }, 400, 'INVALID_ARGUMENT'],
    ['/send', { queueName: 'nowhere', body: 'x' }, 404, 'RESOURCE_NOT_FOUND'],
    ['/send', { queueName: 'work', body: '\u0001' }, 400, 'INVALID_ARGUMENT'],
    ['/send', { queueName: 'work', body: 'x'.repeat(70_000) }, 400, 'INVALID_ARGUMENT'],
    ['/send', { queueName: 'work', body: 'x', priority: 0 }, 400, 'INVALID_ARGUMENT'],
    ['/send', { queueName: 'work' }, 400, 'INVALID_ARGUMENT'],
    ['/redrive', { queueName: 'nowhere' }, 404, 'RESOURCE_NOT_FOUND'],
    ['/redrive', { queueName: 'work', messageIds: ['x'] }, 404, 'RESOURCE_NOT_FOUND'],
    ['/expire', { queueName: 'work', messageIds: ['x'] }, 404, 'RESOURCE_NOT_FOUND'],
    ['/expire', { queueName: 'work' }, 400, 'INVALID_ARGUMENT'],
    ['/delete', { queueName: 'work', messageIds: 'x' }, 400, 'INVALID_ARGUMENT'],
    ['/delete', { queueName: 'nowhere', messageIds: [] }, 404, 'RESOURCE_NOT_FOUND'],
    ['/purge', { queueName: 'nowhere' }, 404, 'RESOURCE_NOT_FOUND'],
    ['/purge', {}, 400, 'INVALID_ARGUMENT'],
  ])('%s refuses %j with %i %s', async (path, body, status, code) => {
    expect(await admin.post(path, body)).toEqual(refused(status, code));
    expect(admin.emulator.inspect().queue('work').counts).toEqual({ active: 0, delayed: 0, inactive: 0 });
  });
});

describe('requests that are none', () => {
  const json = { 'Content-Type': 'application/json' };

  it('say where they are wrong, in one shape', async () => {
    expect(
      (await admin.post('/send', { queueName: 'work', body: 'x', userProperties: [{ name: 'k', value: 5 }] })).body,
    ).toEqual({
      error: {
        code: 'INVALID_ARGUMENT',
        message: 'userProperties.0.value: expected string, received the number 5',
        expected: 'string',
        received: 'the number 5',
        path: ['userProperties', 0, 'value'],
      },
    });
  });

  it.each([
    ['no JSON', '{"queueName":', json, 400, 'JSON_MALFORMED'],
    ['no UTF-8', new Uint8Array([123, 255, 125]), json, 400, 'JSON_MALFORMED'],
    ['a list', '[]', json, 400, 'INVALID_ARGUMENT'],
    ['null', 'null', json, 400, 'INVALID_ARGUMENT'],
    [
      'a form',
      'queueName=work',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    ['text that is JSON', '{"queueName":"work"}', { 'Content-Type': 'text/plain' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['bytes without a type', new Uint8Array([123, 125]), {}, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['too large', `{"queueName":"${'x'.repeat(1_100_000)}"}`, json, 413, 'BODY_TOO_LARGE'],
  ])('are refused: %s', async (_, body, headers, status, code) => {
    expect(await admin.send('POST', '/purge', { body, headers })).toEqual(refused(status, code));
  });

  it('are refused when the query has what the body should', async () => {
    expect(await admin.post('/purge?queueName=work', { queueName: 'work' })).toEqual(
      refused(400, 'INVALID_ARGUMENT', { path: ['queueName'] }),
    );
  });

  it.each([
    ['DELETE', '/send', 'POST'],
    ['POST', '/clock', 'GET, PUT'],
    ['PUT', '/openapi.json', 'GET'],
    ['PATCH', '/tasks', 'GET'],
  ])('are told which methods there are: %s %s', async (method, path, allow) => {
    const reply = await admin.send(method, path);
    expect(reply).toEqual(refused(405, 'METHOD_NOT_ALLOWED'));
    expect(reply.headers.get('allow')).toBe(allow);
  });

  it.each(['__proto__', 'constructor', 'toString'])('take %s for a member like any other', async (name) => {
    const body = `{"queueName":"work",${JSON.stringify(name)}:{"polluted":1}}`;
    expect(await admin.send('POST', '/purge', { body, headers: json })).toEqual(
      refused(400, 'INVALID_ARGUMENT', { path: [name] }),
    );
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('the journal', () => {
  it('is listed by kind, task, message and queue', async () => {
    const taskId = await newTask();
    const { messageId } = admin.emulator.operator.send({ queueName: 'work', body: 'x' });
    admin.emulator.operator.expire({ queueName: 'work', messageIds: [messageId] });
    const kinds = async (query: string): Promise<readonly unknown[]> => {
      const { items } = (await admin.get(`/journal${query}`)).body as { items: { kind: string }[] };
      return items.map(({ kind }) => kind);
    };
    expect(await kinds(`?messageId=${messageId}`)).toEqual(['operated', 'sent', 'operated', 'expired']);
    expect(await kinds(`?messageId=${messageId}&kind=operated&queueName=work`)).toEqual(['operated', 'operated']);
    expect(await kinds(`?taskId=${taskId}`)).toEqual(['task-submitted']);
    expect(await kinds('?kind=nothing')).toEqual([]);
    expect(await kinds('?limit=2')).toEqual(['operated', 'expired']);
    expect(await kinds('?limit=2&since=0')).toEqual(['request', 'request']);
    const { length } = admin.emulator.journal;
    expect(await kinds(`?since=${length - 1}`)).toEqual(['expired']);
    expect((await admin.get(`/journal?since=${length}`)).body).toEqual({
      items: [],
      lastSequence: length,
      firstSequence: 1,
    });
  });

  it('tells what is kept of it', async () => {
    admin = await adminClient({ journalLimit: 5 });
    expect((await admin.get('/journal')).body).toEqual({ items: [], lastSequence: 0, firstSequence: 1 });
    for (let index = 0; index < 20; index += 1) await admin.call('PUT', `/queues/q${index}`, queueXml());
    expect((await admin.get('/journal')).body).toMatchObject({ lastSequence: 20, firstSequence: 16 });
  });

  it.each(['?since=-1', '?since=x', '?limit=0', '?limit=1001', '?state=x'])('is not listed with %s', async (query) => {
    expect(await admin.get(`/journal${query}`)).toEqual(refused(400, 'INVALID_ARGUMENT'));
    expect(await admin.get(`/journal/stream${query.replace('limit', 'limits')}`)).toEqual(
      refused(400, 'INVALID_ARGUMENT'),
    );
  });

  const open = async (path: string, init: RequestInit = {}, signal?: AbortSignal): Promise<Response> =>
    admin.fetch(new Request(`http://emulator/_emulator/journal/stream${path}`, init), signal);

  it('streams from now on, after a number, or after the last event that a reader had', async () => {
    const { operator, journal } = admin.emulator;
    operator.send({ queueName: 'work', body: 'a' });
    const before = journal.length;
    const replies = [
      await open('?kind=operated'),
      await open('?kind=operated&since=0'),
      await open('?kind=operated&since=0', { headers: { 'Last-Event-ID': String(before - 2) } }),
    ];
    operator.send({ queueName: 'work', body: 'b' });
    const ids = await Promise.all(
      replies.map(async (reply) => {
        expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
        const reader = reply.body?.getReader();
        let text = '';
        while (!text.includes(`id: ${before + 1}\n`)) text += new TextDecoder().decode((await reader?.read())?.value);
        await reader?.cancel();
        return [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
      }),
    );
    expect(ids).toEqual([[before + 1], [before - 1, before + 1], [before - 1, before + 1]]);
  });

  it('feeds a limited number of readers, and another when one has gone', async () => {
    const controllers = Array.from({ length: MAX_STREAMS }, () => new AbortController());
    for (const { signal } of controllers) expect((await open('', {}, signal)).status).toBe(200);
    expect(await admin.get('/journal/stream')).toEqual(refused(503, 'TOO_MANY_STREAMS'));
    controllers[0]?.abort();
    expect((await open('', {}, controllers[1]?.signal)).status).toBe(200);
    expect(await admin.get('/journal/stream')).toEqual(refused(503, 'TOO_MANY_STREAMS'));
    for (const controller of controllers) controller.abort();
  });
});

describe('the state', () => {
  it('is taken out, forgotten and put back', async () => {
    await newTask();
    admin.emulator.operator.send({ queueName: 'work', body: 'kept' });
    const [held] = await admin.receive('work');
    const taken = await admin.get('/snapshot');
    expect(taken.body).toMatchObject({ format: 'mnsbus-emulator', version: 1 });
    expect((await admin.post('/reset')).body).toEqual({ done: true });
    expect((await admin.get('/inspect/queues')).body).toEqual({ items: [] });
    expect((await admin.get('/tasks')).body).toEqual({ items: [] });
    expect((await admin.post('/restore', taken.body)).body).toEqual({ done: true });
    expect((await admin.get('/inspect/queues/work/messages')).body).toMatchObject({
      items: [{ body: 'kept', state: 'inactive', messageId: held?.messageId }],
    });
    expect((await admin.get('/snapshot')).body).toEqual(taken.body);
    expect((await admin.call('DELETE', `/queues/work/messages?ReceiptHandle=${held?.receiptHandle}`)).status).toBe(204);
  });

  it('of one account is forgotten alone', async () => {
    admin = await adminClient({
      accounts: [{ accountId: '42', accessKeys: [{ accessKeyId: 'k', accessKeySecret: 's' }] }],
    });
    await admin.call('PUT', '/queues/work', queueXml());
    expect((await admin.post('/reset', { accountId: '42' })).body).toEqual({ done: true });
    expect((await admin.get('/inspect/queues')).body).toMatchObject({ items: [{ name: 'work' }] });
    await admin.post('/reset', { accountId: ACCOUNT });
    expect((await admin.get('/inspect/queues')).body).toEqual({ items: [] });
  });

  it('keeps a held task held', async () => {
    const taskId = await newTask();
    await admin.post(`/tasks/${taskId}/hold`);
    const { body } = await admin.get('/snapshot');
    await admin.post('/reset');
    await admin.post('/restore', body);
    await admin.post('/clock/advance', { deltaMs: 3_600_000 });
    expect((await admin.get(`/tasks/${taskId}`)).body).toMatchObject({ state: 'running' });
  });

  it.each([
    ['/reset', { accountId: '77' }],
    ['/reset', { everything: true }],
    ['/restore', {}],
    ['/restore', { format: 'other', version: 1 }],
    ['/restore', { format: 'mnsbus-emulator', version: 2 }],
    ['/restore', { format: 'mnsbus-emulator', version: 1, mns: { x: 5 } }],
  ])('is not changed by %s with %j', async (path, body) => {
    const before = await admin.get('/snapshot');
    expect(await admin.post(path, body)).toEqual(refused(400, 'INVALID_ARGUMENT'));
    expect((await admin.get('/snapshot')).body).toEqual(before.body);
  });
});

describe('seeding', () => {
  const resources = {
    queues: [{ name: 'seeded', visibilityTimeoutSeconds: 77 }],
    topics: [{ name: 'news', subscriptions: [{ name: 's', queue: 'seeded', notifyContentFormat: 'SIMPLIFIED' }] }],
    projects: [{ name: 'demo' }],
  };

  it('makes what is asked for, as often as it is asked', async () => {
    for (let time = 0; time < 2; time += 1) {
      expect((await admin.post('/seed', resources)).body).toEqual({ done: true });
    }
    expect((await admin.get('/inspect/queues?prefix=seeded')).body).toMatchObject({
      items: [{ name: 'seeded', visibilityTimeoutSeconds: 77 }],
    });
    expect((await admin.get('/inspect/projects')).body).toMatchObject({
      items: [
        { name: 'demo', apiVersion: '2017-09-06' },
        { name: 'demo', apiVersion: '2020-09-30' },
      ],
    });
    await admin.post('/publish', { topicName: 'news', body: 'hello' });
    expect(await admin.receive('seeded')).toMatchObject([{ body: 'hello' }]);
    expect(admin.emulator.journal.entries('operated').filter(({ operation }) => operation === 'seed')).toHaveLength(2);
  });

  it('says which resource cannot be made', async () => {
    expect(await admin.post('/seed', { queues: [{ name: 'fine' }, { name: 'work', delaySeconds: 9 }] })).toEqual(
      refused(400, 'INVALID_ARGUMENT', { path: ['queues', 1], message: expect.stringContaining('QueueAlreadyExist') }),
    );
    expect(await admin.post('/seed', { topics: [{ name: 't', subscriptions: [{ name: 's' }] }] })).toEqual(
      refused(400, 'INVALID_ARGUMENT', { path: ['topics', 0, 'subscriptions', 0] }),
    );
    expect(await admin.post('/seed', { queues: [{ name: '-bad' }] })).toEqual(
      refused(400, 'INVALID_ARGUMENT', { path: ['queues', 0, 'name'] }),
    );
    expect(await admin.post('/seed', { projects: [{ name: 'x', accountId: '77' }] })).toEqual(
      refused(400, 'INVALID_ARGUMENT', { path: ['projects', 0, 'accountId'] }),
    );
    expect((await admin.get('/inspect/topics')).body).toEqual({ items: [] });
  });
});
