// Events beside polling, on a clock that only moves when told to: the same conversions, heard of in both ways.
import { SeededRandom, VirtualClock, sleep, type WireHandler } from '../../../packages/core/dist/index.js';
import { createBridge, createImm, createProvisioner } from '../../../packages/bridge/dist/index.js';
import { createEmulator } from '../../../packages/emulator/dist/emulator.js';
import { quantile } from '../load/statistics.js';

const TASKS = 200;
const INTERVALS_S = [1, 5, 30] as const;

interface Row {
  readonly way: string;
  /** From the end of a task to the moment the app knows, in milliseconds. */
  readonly latenciesMs: readonly number[];
  readonly calls: number;
}

/** Submits conversions, one every two seconds or so, and gives `learn` each of them; what it cost in calls. */
async function measure(way: string, learn: (world: World, taskId: string) => Promise<void>): Promise<Row> {
  const clock = new VirtualClock();
  // Documents take seconds to a minute: most a few, some long.
  const emulator = createEmulator({
    clock,
    seed: 'polling',
    imm: { durationMs: { kind: 'lognormal', medianMs: 8000, sigma: 0.8, mostMs: 120_000 } },
  });
  const { accountId, accessKeyId, accessKeySecret, region } = emulator;
  const keys = { accessKeyId, accessKeySecret };
  const count = { calls: 0 };
  const counted: WireHandler = (request) => {
    count.calls += 1;
    return emulator.handle(request);
  };
  const place = { accountId, ...keys, region, endpoint: 'http://mns.test' };
  const provisioner = createProvisioner({ mns: place, clock, transport: emulator.handle });
  await clock.runUntil(
    provisioner
      .ensure({ topic: { name: 'events' }, queue: { name: 'q' }, subscription: { name: 's' } })
      .then(() => undefined),
  );
  const bus = createBridge({ mns: place, queueName: 'q', clock, transport: counted, seed: 'bus' });
  const options = {
    apiVersion: '2017-09-06',
    bus,
    accountId,
    region,
    topicName: 'events',
    project: 'p',
    clock,
  } as const;
  const submitting = createImm({ ...options, ...keys, seed: 'submitting', transport: emulator.handle });
  const asking = createImm({ ...options, ...keys, seed: 'asking', transport: counted });
  await clock.runUntil(submitting.call('PutProject', { Project: 'p' }));
  const endedAtMs = (taskId: string): number => emulator.tasks.get(taskId).endedAtMs ?? Number.NaN;
  const world: World = {
    clock,
    bus,
    ask: (taskId) => asking.call('GetOfficeConversionTask', { Project: 'p', TaskId: taskId }),
  };
  if (way === 'events') await clock.runUntil(bus.start());
  const random = new SeededRandom('arrivals');
  const latenciesMs: number[] = [];
  const all: Promise<void>[] = [];
  for (let index = 0; index < TASKS; index += 1) {
    await clock.advanceBy(random.integer(0, 4000));
    const request = { SrcUri: `oss://bucket/${index}.docx`, TgtUri: 'oss://bucket/out', TgtType: 'png' } as const;
    const { taskId } = await clock.runUntil(submitting.convertOffice(request));
    all.push(learn(world, taskId).then(() => void latenciesMs.push(clock.now() - endedAtMs(taskId))));
  }
  await clock.runUntil(Promise.all(all));
  await clock.runUntil(bus.close());
  emulator.close();
  return { way, latenciesMs, calls: count.calls };
}

interface World {
  readonly clock: VirtualClock;
  readonly bus: ReturnType<typeof createBridge>;
  readonly ask: (taskId: string) => Promise<{ readonly Status: string }>;
}

const byEvents = async ({ bus }: World, taskId: string): Promise<void> => {
  await bus.waitFor({ taskId }, { timeoutMs: 3_600_000 });
};

const byPolling =
  (everyMs: number) =>
  async ({ clock, ask }: World, taskId: string): Promise<void> => {
    do await sleep(clock, everyMs);
    while ((await ask(taskId)).Status === 'Running');
  };

const rows = [await measure('events', byEvents)];
for (const seconds of INTERVALS_S) rows.push(await measure(`polling every ${seconds} s`, byPolling(seconds * 1000)));

const cell = (text: string): string => text.padStart(12);
const line = ({ way, latenciesMs, calls }: Row): string =>
  [
    way.padEnd(20),
    ...[0.5, 0.99].map((share) => cell(`${quantile(latenciesMs, share).toFixed(0)} ms`)),
    cell(String(calls)),
    cell((calls / TASKS).toFixed(2)),
  ].join('');
process.stdout.write(
  [
    `${TASKS} document conversions: from the end of a task to the moment the app knows, and what it costs`,
    '',
    [''.padEnd(20), ...['median', '99 of 100', 'calls', 'per task'].map(cell)].join(''),
    ...rows.map(line),
    '',
    'Calls of events are those of MNS, long polls of an idle queue included; those of polling GetOfficeConversionTask.',
    '',
  ].join('\n'),
);
