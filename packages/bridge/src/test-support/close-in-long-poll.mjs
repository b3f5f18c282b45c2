// A program of its own: closes a bridge in the middle of a long poll, and must then end by itself.
import { createBridge } from '../../dist/index.js';
import { SystemClock } from '@mnsbus/core';
import { createEmulator, listen } from '@mnsbus/emulator';
import MNSClient from '@alicloud/mns';

const emulator = createEmulator();
const server = await listen(emulator);
const { accountId, accessKeyId, accessKeySecret } = emulator;
const mns = { accountId, accessKeyId, accessKeySecret, endpoint: server.endpoint };
await new MNSClient(accountId, mns).createQueue('q');
const bus = createBridge({ mns, queueName: 'q', waitSeconds: 30 });
await bus.start();
const clock = new SystemClock();
const startedMs = clock.now();
await bus.close();
const tookMs = clock.now() - startedMs;
await server.close();
console.log(`closed after ${tookMs} ms`);
