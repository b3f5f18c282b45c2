import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MnsbusError, SteerableClock, VirtualClock } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../emulator.js';
import { TEST_KEY, rpcRequest } from '../imm/test-support/rpc-request.js';
import { START_MS } from '../mns/test-support/mns-fixture.js';
import { listen } from '../mounts/http.js';
import { openEmulator, type PersistentEmulator } from '../open-emulator.js';
import { createAdminApp } from './admin-app.js';
import { ADMIN_ROUTES } from './admin-routes.js';
import type { AdminTarget } from './admin-target.js';

const ACCOUNT = '1000000000000001';

/** The admin API of an emulator that is flushed when `flushed` says so. */
function appWith(flushed: AdminTarget['flushed']): (method: string, path: string, body?: object) => Promise<Response> {
  const app = createAdminApp({ ...createEmulator({ seed: 'kept' }), flushed });
  return (method, path, body) => {
    const json = { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    const request = new Request(`http://e/_emulator${path}`, { method, ...(body === undefined ? {} : json) });
    return app(request, AbortSignal.abort());
  };
}

describe('an answer of the admin API', () => {
  it.each(ADMIN_ROUTES.map(({ method, path }) => [method, path] as const))(
    'waits until what it tells of is on the disk: %s %s',
    async (method, path) => {
      let written = (): void => {};
      const disk = new Promise<void>((resolve) => (written = resolve));
      const call = appWith(() => disk);
      let isAnswered = false;
      const answered = call(method, path.replaceAll(/\{\w+\}/g, 'nobody')).then((reply) => {
        isAnswered = true;
        return reply;
      });
      for (let turn = 0; turn < 20; turn += 1) await eventLoopTurn();
      expect(isAnswered).toBe(false);
      written();
      expect((await answered).status).toBeLessThan(500);
    },
  );

  it('is a refusal when it could not be kept', async () => {
    const call = appWith(() => Promise.reject(new MnsbusError({ code: 'STORE_FAILED', message: 'the disk is full' })));
    const reply = await call('POST', '/seed', { queues: [{ name: 'q' }] });
    expect([reply.status, await reply.json()]).toEqual([
      503,
      { error: { code: 'STORE_FAILED', message: 'the disk is full', expected: null, received: null, path: [] } },
    ]);
  });
});

interface Served {
  readonly emulator: PersistentEmulator;
  readonly post: (path: string, body?: object) => Promise<Record<string, unknown>>;
  readonly get: (path: string) => Promise<Record<string, unknown>>;
}

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'mnsbus-admin-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function opened(dataDir: string): Promise<PersistentEmulator> {
  const clock = new SteerableClock({ mode: 'frozen', machine: new VirtualClock(START_MS) });
  const emulator = await openEmulator({ dataDir, clock, accounts: [{ accountId: ACCOUNT, accessKeys: [TEST_KEY] }] });
  onTestFinished(() => emulator.close());
  return emulator;
}

async function served(dataDir: string): Promise<Served> {
  const emulator = await opened(dataDir);
  const server = await listen(emulator);
  onTestFinished(() => server.close());
  const call = async (path: string, init?: RequestInit): Promise<Record<string, unknown>> => {
    const reply = await fetch(`${server.endpoint}/_emulator${path}`, init);
    const body = (await reply.json()) as Record<string, unknown>;
    expect({ path, status: reply.status, ...body }).toMatchObject({ status: 200 });
    return body;
  };
  return {
    emulator,
    get: (path) => call(path),
    post: (path, body = {}) =>
      call(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      }),
  };
}

/** What another emulator finds in the directory as it is at this moment, as after a sudden end of the process. */
async function foundNow(dataDir: string): Promise<PersistentEmulator> {
  const copy = await directory();
  await cp(dataDir, copy, { recursive: true });
  return opened(copy);
}

describe('with a data directory, what the admin API has acknowledged is on the disk', () => {
  it('when messages are sent, redriven, deleted and purged', async () => {
    const dataDir = await directory();
    const { post, get } = await served(dataDir);
    await post('/seed', {
      queues: [{ name: 'q' }],
      topics: [{ name: 't', subscriptions: [{ name: 's', queue: 'q' }] }],
    });
    expect((await foundNow(dataDir)).inspect().topics().items).toMatchObject([{ name: 't' }]);
    const { messageId } = await post('/send', { queueName: 'q', body: 'a', delaySeconds: 60 });
    await post('/publish', { topicName: 't', body: 'b' });
    const messages = (emulator: PersistentEmulator): readonly object[] =>
      emulator.inspect().messages({ queueName: 'q' }).items;
    expect(messages(await foundNow(dataDir))).toMatchObject([{ state: 'delayed' }, { state: 'active' }]);
    await post('/redrive', { queueName: 'q', messageIds: [messageId] });
    expect(messages(await foundNow(dataDir))).toMatchObject([{ state: 'active' }, { state: 'active' }]);
    // What is looked at is no other than what is on the disk.
    expect(messages(await foundNow(dataDir))).toEqual((await get('/inspect/queues/q/messages'))['items']);
    await post('/delete', { queueName: 'q', messageIds: [messageId] });
    expect(messages(await foundNow(dataDir))).toMatchObject([{ state: 'active' }]);
    await post('/purge', { queueName: 'q' });
    expect(messages(await foundNow(dataDir))).toEqual([]);
  });

  it('when tasks end by hand, and the state is reset and restored', async () => {
    const dataDir = await directory();
    const { emulator, post, get } = await served(dataDir);
    const imm = (parameters: Readonly<Record<string, string>>): Promise<unknown> =>
      emulator.handle(rpcRequest(parameters, emulator.clock.now()));
    await imm({ Action: 'PutProject', Project: 'demo' });
    const source = { SrcUri: 'oss://bkt/a.doc', TgtUri: 'oss://bkt/o', TgtType: 'pdf' };
    await imm({ Action: 'CreateOfficeConversionTask', Project: 'demo', ...source });
    const taskId = emulator.tasks.list()[0]?.taskId ?? '';
    await post(`/tasks/${taskId}/fail`, { code: 'OpenFileError' });
    expect((await foundNow(dataDir)).tasks.list()).toMatchObject([{ taskId, state: 'failed' }]);
    const snapshot = await get('/snapshot');
    await post('/reset');
    expect((await foundNow(dataDir)).tasks.list()).toEqual([]);
    await post('/restore', snapshot);
    expect((await foundNow(dataDir)).snapshot()).toEqual(snapshot);
  });

  it('when an advance of the clock has let something happen', async () => {
    const dataDir = await directory();
    const { emulator, post } = await served(dataDir);
    await emulator.handle(rpcRequest({ Action: 'PutProject', Project: 'demo' }, emulator.clock.now()));
    const source = { SrcUri: 'oss://bkt/a.doc', TgtUri: 'oss://bkt/o', TgtType: 'pdf' };
    const create = { Action: 'CreateOfficeConversionTask', Project: 'demo', ...source };
    await emulator.handle(rpcRequest(create, emulator.clock.now()));
    await post('/clock/advance', { deltaMs: 3_600_000 });
    // The other one begins at an earlier time; what it takes from the disk has ended already.
    expect((await foundNow(dataDir)).tasks.list()).toMatchObject([{ state: 'succeeded' }]);
  });
});
