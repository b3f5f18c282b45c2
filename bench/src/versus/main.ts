// This build of the emulator beside another one, in turns: `npm run bench -- versus <checkout>`, which must be built.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CONNECTIONS, measureThroughput, WORKLOADS, type ThroughputSample } from '../benches/throughput.js';
import { spread } from '../load/statistics.js';
import { stopAllChildren } from '../servers/child.js';
import { EMULATOR_MAIN, OURS, startBuild } from '../servers/contender.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    launches: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '4' },
    'duration-ms': { type: 'string', default: '800' },
  },
});
const [checkout = ''] = positionals;
if (checkout === '') throw new Error('expected the folder of another checkout, which has been built');

type Measure = Pick<ThroughputSample, 'messagesPerSecond' | 'processorMicrosecondsPerMessage'>;

/** Ours over the other's, round by round: a slow moment hits both of a round. */
function ratios(samples: readonly ThroughputSample[], measure: keyof Measure): readonly number[] {
  const others = new Map(samples.filter(({ contender }) => contender !== OURS).map((one) => [one.round, one[measure]]));
  return samples
    .filter(({ contender }) => contender === OURS)
    .map((one) => one[measure] / (others.get(one.round) ?? Number.NaN));
}

function cell(numbers: readonly number[]): string {
  const { lowerQuartile, median, upperQuartile } = spread(numbers);
  return `${median.toFixed(3)} (${lowerQuartile.toFixed(3)}–${upperQuartile.toFixed(3)})`.padStart(24);
}

/** Two processes of one build differ by some percent for as long as they live, so each launch has new ones. */
async function measureLaunch(launch: number): Promise<readonly ThroughputSample[]> {
  const builds = [
    await startBuild(OURS, EMULATOR_MAIN),
    await startBuild('other', resolve(checkout, 'packages/emulator/dist/cli/main.js')),
  ];
  const plan = { rounds: Number(values.rounds), durationMs: Number(values['duration-ms']) };
  const samples = await measureThroughput(launch % 2 === 0 ? builds : builds.toReversed(), plan);
  await stopAllChildren();
  return samples.map((sample) => ({ ...sample, round: sample.round + launch * plan.rounds }));
}

try {
  const samples: ThroughputSample[] = [];
  for (let launch = 0; launch < Number(values.launches); launch += 1) samples.push(...(await measureLaunch(launch)));
  process.stdout.write(
    `${'ours : other, median (quartiles)'.padEnd(40)}${'rate'.padStart(24)}${'processor'.padStart(24)}\n`,
  );
  for (const workload of WORKLOADS) {
    for (const connections of CONNECTIONS) {
      const some = samples.filter((one) => one.workload === workload && one.connections === connections);
      const title = `${workload}, ${connections} connection${connections === 1 ? '' : 's'}`.padEnd(40);
      const cells = [ratios(some, 'messagesPerSecond'), ratios(some, 'processorMicrosecondsPerMessage')].map(cell);
      process.stdout.write(`${title}${cells.join('')}\n`);
    }
  }
} finally {
  await stopAllChildren();
}
