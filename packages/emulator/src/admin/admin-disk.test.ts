import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MnsbusError, VirtualClock } from '@mnsbus/core';
import { expect, it, onTestFinished } from 'vitest';
import { createEmulator, type Emulator } from '../emulator.js';
import { HOST, START_MS, signedRequest } from '../mns/test-support/mns-fixture.js';
import { openEmulator } from '../open-emulator.js';
import { createAdminApp } from './admin-app.js';
import type { AdminTarget } from './admin-target.js';

const call = (target: AdminTarget, method: string, path: string, body?: object): Promise<Response> => {
  const headers = { 'Content-Type': 'application/json' };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  return createAdminApp(target)(new Request(`http://emulator/_emulator${path}`, init), new AbortController().signal);
};

it('answers when what was done is on the disk', async () => {
  const steps: string[] = [];
  const emulator: Emulator = {
    ...createEmulator(),
    flushed: async () => {
      await Promise.resolve();
      steps.push('on the disk');
    },
  };
  await call(emulator, 'POST', '/seed', { queues: [{ name: 'q' }] });
  steps.push('answered');
  await call(emulator, 'GET', '/snapshot');
  expect(steps).toEqual(['on the disk', 'answered']);
});

it('refuses when the disk has failed', async () => {
  const failed = new MnsbusError({ code: 'STORE_FAILED', message: 'the disk is full' });
  const emulator: Emulator = { ...createEmulator(), flushed: () => Promise.reject(failed) };
  const reply = await call(emulator, 'POST', '/reset');
  expect(reply.status).toBe(503);
  expect(await reply.json()).toMatchObject({ error: { code: 'STORE_FAILED', message: 'the disk is full' } });
  expect((await call(emulator, 'GET', '/snapshot')).status).toBe(200);
});

it('does not let a virtual clock move while a request waits for the disk', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mnsbus-disk-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const clock = new VirtualClock(START_MS);
  const emulator = await openEmulator({ dataDir, clock, region: 'cn-hangzhou' });
  onTestFinished(() => emulator.close());
  const key = { accessKeyId: 'emuKey', accessKeySecret: 'emuSecret' };
  const answered = emulator
    .handle(signedRequest(START_MS, 'PUT', '/queues/q', '', { host: HOST, key }))
    .then(() => clock.now());
  await clock.advanceBy(60_000);
  expect(await answered).toBe(START_MS);
});
