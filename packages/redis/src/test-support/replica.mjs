// One replica of an app: says what it begins, ends and fails at, each at once, because standard output is a pipe. Meant to be killed.
import { SeededRandom, SystemClock, freshSeed, sleep } from '@mnsbus/core';
import { createBridge } from '@mnsbus/bridge';
import { Redis } from 'ioredis';
import { createRedisDeduplicator } from '../../dist/index.js';

const { mns, redisPort, settings } = JSON.parse(process.argv[2] ?? '{}');
const say = (...words) => process.stdout.write(`${words.join(' ')}\n`);
const clock = new SystemClock();
const random = new SeededRandom(freshSeed());

const redis = new Redis({ port: redisPort, host: '127.0.0.1', maxRetriesPerRequest: 1 });
const deduplicator = createRedisDeduplicator({ redis, prefix: 'replicas:' });
const bus = createBridge({ mns, deduplicator, ...settings });
bus.status(({ type, error }) => {
  if (type === 'stopped' || type === 'deduplicator-failed') process.stderr.write(`${type}: ${error.message}\n`);
});
bus.on('FormatConvertJob:JobFinished', async ({ data: { taskId } }) => {
  say('begin', taskId);
  await sleep(clock, random.integer(0, 60));
  if (taskId.startsWith('poisoned')) {
    say('fail', taskId);
    throw new Error('poisoned');
  }
  say('end', taskId);
});
await bus.start();
const [, address] = / addr=(\S+)/.exec(await redis.client('INFO')) ?? [];
say('ready', address);
