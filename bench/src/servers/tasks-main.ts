// An emulator on a virtual clock with so many records of ended tasks. Tells its memory per record when filled; then, when
// asked, measures a round of tasks from their submission to their events, or what is left when all records have vanished.
// Argument: number of tasks.
import { createHmac } from 'node:crypto';
import { VirtualClock } from '../../../packages/core/dist/index.js';
import { createEmulator } from '../../../packages/emulator/dist/emulator.js';
import { mnsHeaders } from '../protocols/mns.js';

/** What this program tells when it is filled. */
export interface TasksFilled {
  readonly bytesPerTask: number;
}

/** What it tells after a round. */
export interface TasksRound {
  readonly microsecondsPerTask: number;
}

/** What it tells after all records have vanished. */
export interface TasksGone {
  /** Memory above that of the beginning. */
  readonly bytesLeft: number;
}

const ROUND_TASKS = 1000;
const BATCH = 100;
const MINUTE_MS = 60_000;
const EIGHT_DAYS_MS = 8 * 86_400_000;

const count = Number(process.argv[2] ?? '0');
const clock = new VirtualClock(Date.now());
const emulator = createEmulator({ clock, seed: 'bench' });
let nonce = 0;

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

async function imm(action: string, parameters: Readonly<Record<string, string>>): Promise<void> {
  nonce += 1;
  const all: Readonly<Record<string, string>> = {
    AccessKeyId: emulator.accessKeyId,
    Action: action,
    Format: 'JSON',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: String(nonce),
    SignatureVersion: '1.0',
    Timestamp: new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    Version: '2017-09-06',
    ...parameters,
  };
  const query = Object.keys(all)
    .toSorted()
    .map((name) => `${name}=${encode(all[name] ?? '')}`)
    .join('&');
  const signature = createHmac('sha1', `${emulator.accessKeySecret}&`)
    .update(`GET&%2F&${encode(query)}`)
    .digest('base64');
  const target = `/?${query}&Signature=${encode(signature)}`;
  const { status } = await emulator.handle({
    method: 'GET',
    target,
    headers: [['Host', '127.0.0.1']],
    body: new Uint8Array(),
  });
  if (status !== 200) throw new Error(`${action} was refused with ${status}`);
}

/** Tasks from their submission until all have ended and told. */
async function run(tasks: number): Promise<void> {
  for (let submitted = 0; submitted < tasks; submitted += BATCH) {
    for (let index = submitted; index < Math.min(tasks, submitted + BATCH); index += 1) {
      await imm('CreateOfficeConversionTask', {
        Project: 'demo',
        SrcUri: `oss://bucket/in/${index}.docx`,
        TgtUri: 'oss://bucket/out',
        TgtType: 'png',
        NotifyTopicName: 'ends',
        NotifyEndpoint: `http://${emulator.accountId}.mns.${emulator.region}.aliyuncs.com`,
      });
    }
    await clock.advanceBy(MINUTE_MS);
  }
}

function memoryBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function answer(message: unknown): Promise<TasksRound | TasksGone> {
  if (message === 'round') {
    const startMs = performance.now();
    await run(ROUND_TASKS);
    return { microsecondsPerTask: ((performance.now() - startMs) * 1000) / ROUND_TASKS };
  }
  await clock.advanceBy(EIGHT_DAYS_MS);
  // Records vanish with the next call.
  await imm('GetProject', { Project: 'demo' });
  return { bytesLeft: memoryBytes() - emptyBytes };
}

const topic = '/topics/ends';
await clock.runUntil(
  emulator.handle({
    method: 'PUT',
    target: topic,
    headers: Object.entries(mnsHeaders('PUT', topic)),
    body: Buffer.from('<Topic/>'),
  }),
);
await imm('PutProject', { Project: 'demo' });
// Once through everything, so that compiled code does not count as records.
await run(BATCH);
await clock.advanceBy(EIGHT_DAYS_MS);
await imm('GetProject', { Project: 'demo' });
const emptyBytes = memoryBytes();
await run(count);
process.on('message', (message) => {
  void answer(message).then((told) => process.send?.(told));
});
const filled: TasksFilled = { bytesPerTask: (memoryBytes() - emptyBytes) / count };
process.send?.(filled);
