// How fast virtual time goes: the same 1,000 messages over the same hours, on each mount; and the worst night of one conversion.
import { setupServer } from 'msw/node';
import { VirtualClock, sleep, type Clock } from '../../../packages/core/dist/index.js';
import { createBridge, createImm, createProvisioner } from '../../../packages/bridge/dist/index.js';
import { createEmulator, type Emulator } from '../../../packages/emulator/dist/emulator.js';
import { listen } from '../../../packages/emulator/dist/mounts/http.js';
import { mswHandlers } from '../../../packages/emulator/dist/mounts/msw.js';
import { SimulatedProcess } from '../../../packages/emulator/dist/testing/users/simulated-process.js';
import { quantile } from '../load/statistics.js';

const MESSAGES = 1000;
/** From one message to the next, in milliseconds: 1,000 of them take almost three hours. */
const EVERY_MS = 10_000;
const WORK_MS = 2000;
const ROUNDS = 5;

interface Mount {
  readonly options: (emulator: Emulator) => Promise<{ readonly reach: object; readonly close: () => Promise<void> }>;
}

const MOUNTS: Readonly<Record<string, Mount>> = {
  direct: {
    options: async (emulator) => ({
      reach: { endpoint: 'http://mns.test', transport: emulator.handle },
      close: async () => emulator.close(),
    }),
  },
  socket: {
    options: async (emulator) => {
      const server = await listen(emulator);
      return { reach: { endpoint: server.endpoint }, close: () => server.close() };
    },
  },
  msw: {
    options: async (emulator) => {
      const network = setupServer(...mswHandlers(emulator));
      network.listen({ onUnhandledRequest: 'error' });
      return {
        reach: {},
        close: async () => {
          network.close();
          emulator.close();
        },
      };
    },
  },
};

/** Virtual hours per second of wall time. */
async function workload({ options }: Mount): Promise<number> {
  const clock = new VirtualClock();
  const emulator = createEmulator({ clock, seed: 'bench' });
  const { reach, close } = await options(emulator);
  const { endpoint, transport }: { endpoint?: string; transport?: Emulator['handle'] } = reach;
  const { accountId, accessKeyId, accessKeySecret, region } = emulator;
  const mns = { accountId, accessKeyId, accessKeySecret, region, ...(endpoint === undefined ? {} : { endpoint }) };
  const ways = { mns, clock, ...(transport === undefined ? {} : { transport }) };
  const provisioner = createProvisioner(ways);
  await clock.runUntil(provisioner.ensure({ topic: { name: 't' }, queue: { name: 'q' }, subscription: { name: 's' } }));
  provisioner.close();
  const bus = createBridge({ ...ways, queueName: 'q', seed: 'bus' });
  let handled = 0;
  bus.on('FormatConvertJob:JobFinished', async () => {
    await sleep(clock, WORK_MS);
    handled += 1;
  });
  await clock.runUntil(bus.start());
  const [startMs, wallMs] = [clock.now(), performance.now()];
  for (let index = 0; index < MESSAGES; index += 1) {
    emulator.operator.publish({ topicName: 't', body: eventText(index) });
    await clock.advanceBy(EVERY_MS);
  }
  const hours = (clock.now() - startMs) / 3_600_000;
  const seconds = (performance.now() - wallMs) / 1000;
  await clock.runUntil(bus.close());
  await close();
  if (handled !== MESSAGES) throw new Error(`expected ${MESSAGES} messages handled, found ${handled}`);
  return hours / seconds;
}

/** A conversion of ten minutes whose first listener fails, whose replica is killed then, and whose delete is not answered: wall time in milliseconds. */
async function worstNight(): Promise<number> {
  const clock = new VirtualClock();
  const emulator = createEmulator({ clock, seed: 'night', imm: { durationMs: 600_000 } });
  const { accountId, accessKeyId, accessKeySecret, region } = emulator;
  const keys = { accountId, accessKeyId, accessKeySecret, region };
  const mns = { ...keys, endpoint: 'http://mns.test' };
  const direct = { clock, transport: emulator.handle };
  const wallMs = performance.now();
  const provisioner = createProvisioner({ mns, ...direct });
  await clock.runUntil(provisioner.ensure({ topic: { name: 't' }, queue: { name: 'q' }, subscription: { name: 's' } }));
  const replica = (clockOfIt: Clock, transport: Emulator['handle'], seed: string, work: () => void) => {
    const bus = createBridge({ mns, clock: clockOfIt, transport, queueName: 'q', seed });
    bus.status(() => {});
    bus.on('FormatConvertJob:JobFinished', work);
    return bus;
  };
  const doomed = new SimulatedProcess('doomed', clock, emulator.handle);
  const failed = new Promise<void>((resolve) => {
    const first = replica(doomed.clock, doomed.transport, 'first', () => {
      resolve();
      throw new Error('the database is down');
    });
    void first.start();
  });
  const imm = createImm({
    ...keys,
    ...direct,
    apiVersion: '2017-09-06',
    bus: { waitFor: () => new Promise(() => {}) },
    topicName: 't',
    project: 'p',
    endpoint: 'http://imm.test',
  });
  await clock.runUntil(imm.call('PutProject', { Project: 'p' }));
  await clock.runUntil(
    imm.convertOffice({ SrcUri: 'oss://bucket/a.docx', TgtUri: 'oss://bucket/out', TgtType: 'png' }),
  );
  await clock.runUntil(failed);
  doomed.kill();
  emulator.faults.add({ kind: 'reset-after-effect', match: { operation: 'BatchDeleteMessage' }, times: 1 });
  const second = replica(clock, emulator.handle, 'second', () => {});
  const handled = second.waitFor('FormatConvertJob:JobFinished');
  await clock.runUntil(second.start());
  await clock.runUntil(handled);
  await clock.runUntil(second.close());
  emulator.close();
  return performance.now() - wallMs;
}

function eventText(index: number): string {
  const imm = { code: 'NoError', pageCount: '1', percent: '100', taskId: `t${index}` };
  const event = {
    eventName: 'FormatConvertJob:JobFinished',
    eventSource: 'acs:imm',
    eventTime: '2026-01-01T00:00:00.000Z',
    eventVersion: '1.0',
    imm,
  };
  return JSON.stringify({ events: [event] });
}

const samples: Record<string, number[]> = {};
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, mount] of Object.entries(MOUNTS)) (samples[name] ??= []).push(await workload(mount));
}
process.stdout.write(`virtual hours of a workload of ${MESSAGES} messages per second of wall time\n\n`);
const row = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(8) : cell.padStart(12))).join('');
process.stdout.write(`${row(['mount', 'median', 'quartile 1', 'quartile 3'])}\n`);
for (const [name, values] of Object.entries(samples)) {
  process.stdout.write(`${row([name, ...[0.5, 0.25, 0.75].map((share) => quantile(values, share).toFixed(2))])}\n`);
}
const nights: number[] = [];
for (let round = 0; round < 20; round += 1) nights.push(await worstNight());
process.stdout.write(
  `\na conversion of ten minutes with a retry, a killed replica and a lost answer: ${quantile(nights, 0.5).toFixed(1)} ms of wall time in the middle, ${quantile(nights, 0.99).toFixed(1)} ms at most (target 50), the first ${(nights[0] ?? 0).toFixed(1)} ms\n`,
);
