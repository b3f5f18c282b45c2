// The bridge beside sqs-consumer and a bare loop; `--quick` runs less.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { spread } from '../load/statistics.js';
import { firstLine, startChild, stopAllChildren } from '../servers/child.js';
import { decode, parseOnly } from './decoding.js';
import { drainBare, drainBridge, filledQueue, sdkClient, type Place } from './end-to-end.js';
import { runEngine, type ConsumerRun, type ConsumerSample } from './engine.js';
import { runSqsConsumer } from './sqs.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const ROUNDS = values.quick ? 3 : 7;
const DURATION_MS = values.quick ? 500 : 1500;
const MESSAGES = values.quick ? 1600 : 8000;

const atOnce = (): number => 0;
const everyTenthSlow = (index: number): number => (index % 10 === 0 ? 100 : 0);
const steady = (index: number): number => 5 + ((index * 7) % 40);

type Samples = Map<string, number[]>;

/** Runs contenders in turns, so that a slow moment of the machine hits all; the first round is thrown away. */
async function rounds(contenders: Readonly<Record<string, () => number | Promise<number>>>): Promise<Samples> {
  const samples: Samples = new Map();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const value = await run();
      if (round > 0) samples.set(name, [...(samples.get(name) ?? []), value]);
    }
  }
  return samples;
}

const rateOf = async (sample: Promise<ConsumerSample>): Promise<number> => (await sample).messagesPerSecond;

function print(title: string, samples: Samples, notes: readonly string[]): void {
  const lines = [...samples].map(([name, numbers]) => {
    const { lowerQuartile, median, upperQuartile } = spread(numbers);
    return `  ${name.padEnd(34)}${[median, lowerQuartile, upperQuartile].map((one) => one.toFixed(0).padStart(12)).join('')}`;
  });
  const header = `  ${'msg/s'.padEnd(34)}${['median', 'quartile 1', 'quartile 3'].map((word) => word.padStart(12)).join('')}`;
  process.stdout.write(`${[title, header, ...lines, ...notes.map((note) => `  ${note}`)].join('\n')}\n\n`);
}

const medianOf = (samples: Samples, name: string): number => spread(samples.get(name) ?? []).median;

function ratio(samples: Samples, ours: string, other: string, target: string): string {
  return `${(medianOf(samples, ours) / medianOf(samples, other)).toFixed(2)} x ${other} (target ${target})`;
}

async function engines(
  title: string,
  run: Omit<ConsumerRun, 'durationMs' | 'prefetch'>,
  target: string,
): Promise<void> {
  const whole = { ...run, durationMs: DURATION_MS, prefetch: 0 };
  const samples = await rounds({
    mnsbus: () => rateOf(runEngine(whole)),
    'sqs-consumer': () => rateOf(runSqsConsumer(whole)),
  });
  print(title, samples, [ratio(samples, 'mnsbus', 'sqs-consumer', target)]);
}

async function slowTenth(): Promise<void> {
  const run = { concurrency: 10, prefetch: 0, durationMs: DURATION_MS * 2, workMs: everyTenthSlow };
  const samples = await rounds({
    mnsbus: () => rateOf(runEngine(run)),
    'sqs-consumer': () => rateOf(runSqsConsumer(run)),
  });
  const pool = (10 / 10) * 1000;
  print('ten places, every tenth message takes 100 ms', samples, [
    ratio(samples, 'mnsbus', 'sqs-consumer', '8'),
    `${(medianOf(samples, 'mnsbus') / pool).toFixed(2)} of a perfect pool, ${pool} msg/s (target 0.85)`,
  ]);
}

async function requests(): Promise<void> {
  const run = { concurrency: 16, durationMs: DURATION_MS * 2, workMs: steady };
  for (const prefetch of [0, 32]) {
    const { requestsPerMessage, messagesPerSecond } = await runEngine({ ...run, prefetch });
    process.stdout.write(
      `steady load, prefetch ${prefetch}: ${requestsPerMessage.toFixed(3)} requests per message at ${messagesPerSecond.toFixed(0)} msg/s${prefetch > 0 ? ' (target 0.15)' : ''}\n`,
    );
  }
  process.stdout.write('\n');
}

async function endToEnd(): Promise<void> {
  const program = fileURLToPath(new URL('../../../packages/emulator/dist/cli/main.js', import.meta.url));
  const child = startChild(process.execPath, [program, 'start', '--port', '0', '--json']);
  const place: Place = JSON.parse(await firstLine(child));
  const { accountId, accessKeyId, accessKeySecret, endpoint } = place;
  const connection = { accountId, accessKeyId, accessKeySecret, endpoint };
  const client = sdkClient(connection);
  let queues = 0;
  const fresh = async (): Promise<string> => {
    queues += 1;
    await filledQueue(client, `q${queues}`, MESSAGES);
    return `q${queues}`;
  };
  const samples = await rounds({
    'bare loop over @alicloud/mns': async () => drainBare(client, await fresh(), MESSAGES),
    mnsbus: async () => drainBridge(connection, await fresh(), MESSAGES, 0),
    'mnsbus, prefetch 32': async () => drainBridge(connection, await fresh(), MESSAGES, 32),
  });
  print('end to end against the emulator, 16 at once', samples, [
    ratio(samples, 'mnsbus', 'bare loop over @alicloud/mns', '0.95'),
  ]);
}

async function decoding(): Promise<void> {
  const samples = await rounds({
    'both texts parsed, and both MD5s': () => parseOnly(DURATION_MS / 3),
    'decoded, verified, typed': () => decode(DURATION_MS / 3),
  });
  print('decoding', samples, [ratio(samples, 'decoded, verified, typed', 'both texts parsed, and both MD5s', '0.5')]);
}

try {
  await engines('engine on a queue that answers at once, batches of 10', { concurrency: 10, workMs: atOnce }, '5');
  await engines('engine on a queue that answers at once, one at a time', { concurrency: 1, workMs: atOnce }, '20');
  await slowTenth();
  await requests();
  await endToEnd();
  await decoding();
} finally {
  await stopAllChildren();
}
