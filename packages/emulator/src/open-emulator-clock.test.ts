import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@mnsbus/core';
import { expect, it, onTestFinished } from 'vitest';
import { HOST, START_MS, signedRequest } from './mns/test-support/mns-fixture.js';
import { openEmulator } from './open-emulator.js';

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
