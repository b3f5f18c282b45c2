import { beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../faults/fault.js';
import { queueXml } from '../../operator/test-support/operated-emulator.js';
import { adminClient, type AdminClient } from '../test-support/admin-client.js';

let admin: AdminClient;

beforeEach(async () => {
  admin = await adminClient();
  await admin.call('PUT', '/queues/work', queueXml());
});

const refused = (status: number, code: string, more: object = {}): object =>
  expect.objectContaining({ status, body: { error: expect.objectContaining({ code, ...more }) } });
const throttle: Fault = { kind: 'throttle', match: { operation: 'ReceiveMessage' }, times: 2 };

describe('faults', () => {
  it('are added, strike, are listed with how often, and removed', async () => {
    expect((await admin.get('/faults')).body).toEqual({ items: [] });
    expect((await admin.post('/faults', { fault: throttle })).body).toEqual({
      id: 'fault-1',
      fault: throttle,
      appliedCount: 0,
    });
    const named: Fault = { kind: 'hold-task', name: 'stuck' };
    expect((await admin.post('/faults', { fault: named })).body).toMatchObject({ id: 'stuck', fault: named });
    const reply = await admin.call('GET', '/queues/work/messages');
    expect(reply).toMatchObject({ status: 400, text: expect.stringContaining('QpsLimitExceeded') });
    expect((await admin.get('/faults')).body).toMatchObject({
      items: [
        { id: 'fault-1', appliedCount: 1 },
        { id: 'stuck', appliedCount: 0 },
      ],
    });
    expect((await admin.remove('/faults/fault-1')).body).toMatchObject({ id: 'fault-1', appliedCount: 1 });
    expect((await admin.call('GET', '/queues/work/messages')).status).toBe(404);
    expect((await admin.get('/faults')).body).toMatchObject({ items: [{ id: 'stuck' }] });
  });

  it('are cleared at once, and each act is in the journal', async () => {
    for (const name of ['a', 'b', 'c']) await admin.post('/faults', { fault: { kind: 'no-event', name } });
    await admin.remove('/faults/b');
    expect((await admin.remove('/faults')).body).toEqual({ count: 2 });
    expect((await admin.remove('/faults')).body).toEqual({ count: 0 });
    expect(admin.emulator.faults.list()).toEqual([]);
    const acts = admin.emulator.journal.entries('operated');
    expect(acts.map(({ operation, faultId, count }) => [operation, faultId ?? count])).toEqual([
      ['add-fault', 'a'],
      ['add-fault', 'b'],
      ['add-fault', 'c'],
      ['remove-fault', 'b'],
      ['remove-fault', 2],
      ['remove-fault', 0],
    ]);
  });

  it('that the emulator was created with are there, too', async () => {
    admin = await adminClient({ faults: [throttle] });
    expect((await admin.get('/faults')).body).toMatchObject({ items: [{ fault: throttle }] });
  });

  it.each(['a/b', '故障 %2F?#', '..a'])('may be called %s', async (name) => {
    await admin.post('/faults', { fault: { kind: 'no-event', name } });
    expect((await admin.remove(`/faults/${encodeURIComponent(name)}`)).body).toMatchObject({ id: name });
    expect(admin.emulator.faults.list()).toEqual([]);
  });

  it.each<[fault: unknown, more: object]>([
    [undefined, { path: ['fault'] }],
    ['throttle', { path: ['fault'], expected: 'object', received: 'the text "throttle"' }],
    [{}, { path: ['fault', 'kind'], expected: expect.stringContaining('refuse or throttle or '), received: 'nothing' }],
    [{ kind: 'delay' }, { path: ['fault', 'delayMs'], expected: 'number' }],
    [{ kind: 'delay', delayMs: -1 }, { path: ['fault', 'delayMs'] }],
    [{ kind: 'no-event', match: { queueName: 'x' } }, { path: ['fault', 'match', 'queueName'] }],
    [
      { kind: 'no-event', name: 'taken' },
      { path: ['fault', 'name'], received: 'the text "taken"' },
    ],
  ])('are refused, and nothing is added: %j', async (fault, more) => {
    admin.emulator.faults.add({ kind: 'no-event', name: 'taken' });
    expect(await admin.post('/faults', { fault })).toEqual(refused(400, 'INVALID_ARGUMENT', more));
    expect(admin.emulator.faults.list()).toHaveLength(1);
    expect(admin.emulator.journal.entries('operated')).toEqual([]);
  });

  it('cannot be removed when there is none of that name', async () => {
    await admin.post('/faults', { fault: { kind: 'no-event' } });
    expect(await admin.remove('/faults/fault-2')).toEqual(refused(404, 'RESOURCE_NOT_FOUND'));
    expect(await admin.remove('/faults?name=fault-1')).toEqual(refused(400, 'INVALID_ARGUMENT', { path: ['name'] }));
    expect(admin.emulator.faults.list()).toHaveLength(1);
  });
});

describe('hints', () => {
  it('are listed once each, with what to do', async () => {
    expect((await admin.get('/hints')).body).toEqual({ items: [] });
    await admin.call('PUT', '/topics/news', '');
    for (const body of ['a', 'b']) await admin.post('/publish', { topicName: 'news', body });
    expect((await admin.get('/hints')).body).toEqual({
      items: [
        {
          code: 'topic-without-subscription',
          subject: 'topics/news',
          message: expect.any(String),
          advice: expect.any(String),
          atMs: admin.clock.now(),
        },
      ],
    });
  });

  it('also tell of what time alone has brought about', async () => {
    await admin.post('/send', { queueName: 'work', body: 'a' });
    await admin.post('/clock/advance', { deltaMs: 3_600_000 });
    expect((await admin.get('/hints')).body).toMatchObject({ items: [{ code: 'queue-without-receiver' }] });
  });
});
