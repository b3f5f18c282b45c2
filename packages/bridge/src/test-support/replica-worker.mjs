// One replica of an app: prints each task it has handled, then lets its message go. Meant to be killed.
import { SeededRandom, SystemClock, freshSeed, sleep } from '@mnsbus/core';
import { createBridge } from '../../dist/index.js';

const clock = new SystemClock();
const random = new SeededRandom(freshSeed());

const [, , connection = '{}', queueName = ''] = process.argv;
const bus = createBridge({
  mns: JSON.parse(connection),
  queueName,
  concurrency: 8,
  waitSeconds: 5,
  maxDeliveries: 1000,
  retryDelay: { baseSeconds: 1, capSeconds: 1 },
});
bus.status(({ type, error }) => {
  if (type === 'stopped') process.stderr.write(`${error.message}\n`);
});
bus.on('FormatConvertJob:JobFinished', async ({ data }) => {
  await sleep(clock, random.integer(0, 20));
  // Written at once, because standard output is a pipe: what is printed has been handled.
  process.stdout.write(`${data.taskId}\n`);
});
await bus.start();
process.stdout.write('ready\n');
