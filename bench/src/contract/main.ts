// The contract suite against the emulator on its three mounts, in turns; `--quick` runs less.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import type { Emulator } from '../../../packages/emulator/dist/emulator.js';
import { listen } from '../../../packages/emulator/dist/mounts/http.js';
import { mswHandlers } from '../../../packages/emulator/dist/mounts/msw.js';
import {
  emulatorTarget,
  fetchHandler,
  runContract,
  type EmulatorTarget,
  type Mount,
} from '../../../packages/emulator/dist/testing/index.js';
import { quantile, spread } from '../load/statistics.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const ROUNDS = values.quick ? 3 : 7;
const RUNS = values.quick ? 10 : 20;

interface MswServer {
  listen(options: { readonly onUnhandledRequest: 'error' }): void;
  close(): void;
}

// From where the emulator has it: a peer that its users bring along.
const { setupServer }: { setupServer: (...handlers: readonly unknown[]) => MswServer } = createRequire(
  new URL('../../../packages/emulator/package.json', import.meta.url),
)('msw/node');

async function overSocket(served: Emulator): Promise<Mount> {
  const server = await listen(served);
  return { handler: fetchHandler(server.endpoint), close: () => server.close() };
}

function underMsw(served: Emulator): Mount {
  const endpoint = `http://${served.accountId}.mns.${served.region}.aliyuncs.com`;
  const server = setupServer(...mswHandlers(served));
  server.listen({ onUnhandledRequest: 'error' });
  // msw does not tell a handler that its client has gone.
  return { handler: fetchHandler(endpoint), hangUp: false, close: async () => server.close() };
}

const MOUNTS: Readonly<Record<string, () => Promise<EmulatorTarget>>> = {
  direct: () => emulatorTarget(),
  socket: () => emulatorTarget({ mount: overSocket }),
  msw: () => emulatorTarget({ mount: underMsw }),
};

interface Sample {
  /** Commands are requests of the suite that the emulator has answered. */
  readonly commandsPerSecond: number;
  /** How many hours of the emulator's time went by in a second. */
  readonly hoursPerSecond: number;
}

/** All runs of one seed against a fresh emulator. The mount is the only difference, but that nobody hangs up under msw. */
async function measure(mount: () => Promise<EmulatorTarget>, seed: number): Promise<Sample> {
  const target = await mount();
  const began = target.now();
  const startMs = performance.now();
  try {
    const { requests } = await runContract(target, { seed, runs: RUNS, concurrentRuns: RUNS });
    const seconds = (performance.now() - startMs) / 1000;
    return { commandsPerSecond: requests / seconds, hoursPerSecond: (target.now() - began) / 3_600_000 / seconds };
  } finally {
    await target.close();
  }
}

const samples = new Map<string, Sample[]>(Object.keys(MOUNTS).map((name) => [name, []]));
for (let round = -1; round < ROUNDS; round += 1) {
  for (const [name, mount] of Object.entries(MOUNTS)) {
    const sample = await measure(mount, round + 1);
    if (round >= 0) samples.get(name)?.push(sample);
  }
}

const cell = (text: string): string => text.padStart(12);
const rows = [...samples].map(([name, taken]) => {
  const { lowerQuartile, median, upperQuartile } = spread(taken.map(({ commandsPerSecond }) => commandsPerSecond));
  const hours = quantile(
    taken.map(({ hoursPerSecond }) => hoursPerSecond),
    0.5,
  );
  const rates = [median, lowerQuartile, upperQuartile].map((rate) => cell(rate.toFixed(0)));
  return `  ${name.padEnd(10)}${rates.join('')}${cell(hours.toFixed(1))}`;
});
process.stdout.write(
  [
    `the contract suite, ${RUNS} runs one step after the other and ${RUNS} with clients side by side, ${ROUNDS} seeds`,
    `  ${'commands/s'.padEnd(10)}${['median', 'quartile 1', 'quartile 3', 'hours/s'].map(cell).join('')}`,
    ...rows,
    '',
  ].join('\n'),
);
