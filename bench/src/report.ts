import type { BacklogSamples } from './benches/backlog.js';
import type { TaskSamples } from './benches/tasks.js';
import { CONNECTIONS, WORKLOADS, type ThroughputSample } from './benches/throughput.js';
import { quantile, spread } from './load/statistics.js';
import { FLOOR, OURS, PROTOCOL_FLOOR } from './servers/contender.js';

/** Everything that one run measured. */
export interface Results {
  readonly machine: string;
  readonly throughput: readonly ThroughputSample[];
  readonly backlogs: readonly BacklogSamples[];
  readonly tasks: readonly TaskSamples[];
  readonly wakeUpMs: readonly number[];
  readonly launchMs: readonly number[];
}

interface Row {
  readonly name: string;
  readonly rates: readonly number[];
}

/** The results as text: tables of rates, then the single numbers with their targets. */
export function report({ machine, throughput, backlogs, tasks, wakeUpMs, launchMs }: Results): string {
  const tables = WORKLOADS.flatMap((workload) =>
    CONNECTIONS.map((connections) => {
      const samples = throughput.filter((one) => one.workload === workload && one.connections === connections);
      return rateTable(`${workload}, ${connections} connection${connections === 1 ? '' : 's'}`, samples);
    }),
  );
  return [machine, ...tables, backlogLines(backlogs), taskLines(tasks), latencyLines(wakeUpMs, launchMs), ''].join(
    '\n\n',
  );
}

function rateTable(title: string, samples: readonly ThroughputSample[]): string {
  const names = [...new Set(samples.map(({ contender }) => contender))];
  const rows = names.map((name): Row => ({
    name,
    rates: samples.filter(({ contender }) => contender === name).map((one) => one.messagesPerSecond),
  }));
  const median = (name: string): number => quantile(rows.find((row) => row.name === name)?.rates ?? [], 0.5);
  const peers = names.filter((name) => ![FLOOR, PROTOCOL_FLOOR, OURS].includes(name)).map((name) => median(name));
  const ratios = [
    ...(names.includes(FLOOR) ? [`${(median(OURS) / median(FLOOR)).toFixed(2)} of the floor (target 0.60)`] : []),
    ...(names.includes(PROTOCOL_FLOOR)
      ? [`${(median(OURS) / median(PROTOCOL_FLOOR)).toFixed(2)} of the protocol floor`]
      : []),
    ...(peers.length > 0 ? [`${(median(OURS) / Math.max(...peers)).toFixed(2)} × the best peer (target 1.30)`] : []),
  ];
  const lines = rows.map(({ name, rates }) => {
    const { lowerQuartile, median: middle, upperQuartile } = spread(rates);
    return `  ${name.padEnd(18)}${[middle, lowerQuartile, upperQuartile].map((rate) => rate.toFixed(0).padStart(12)).join('')}`;
  });
  const header = `  ${'msg/s'.padEnd(18)}${['median', 'quartile 1', 'quartile 3'].map((word) => word.padStart(12)).join('')}`;
  return [title, header, ...lines, ...(ratios.length > 0 ? [`  ours: ${ratios.join(', ')}`] : [])].join('\n');
}

function backlogLines(backlogs: readonly BacklogSamples[]): string {
  const lines = backlogs.map((one) => {
    const model = quantile(one.modelMicroseconds, 0.5).toFixed(2);
    const http = quantile(one.httpMicroseconds, 0.5).toFixed(0);
    const memory =
      one.stored < 1000
        ? ''
        : `; per message beyond its body ${one.emulatorBytesPerMessage.toFixed(0)} B` +
          ` (bare model ${one.modelBytesPerMessage.toFixed(0)} B, target 1024)`;
    return `  ${one.stored} stored: model ${model} µs, HTTP ${http} µs${memory}`;
  });
  const [few] = backlogs;
  const many = backlogs.at(-1);
  const ratio = (key: 'modelMicroseconds' | 'httpMicroseconds'): string =>
    (quantile(many?.[key] ?? [], 0.5) / quantile(few?.[key] ?? [], 0.5)).toFixed(2);
  const ratios = `  ratio: model ${ratio('modelMicroseconds')}, HTTP ${ratio('httpMicroseconds')} (target 1.15)`;
  return ['send + receive + delete with a backlog, 1 connection', ...lines, ratios].join('\n');
}

/** Microseconds of one task. */
function medianTask({ microseconds }: Pick<TaskSamples, 'microseconds'>): number {
  return quantile(microseconds, 0.5);
}

function taskLines(tasks: readonly TaskSamples[]): string {
  const lines = tasks.map(
    (one) =>
      `  ${one.kept} kept: ${medianTask(one).toFixed(0)} µs; ` +
      // Few records are lost in what else grows.
      (one.kept < 1000 ? '' : `per record ${one.bytesPerTask.toFixed(0)} B, `) +
      `after all have vanished ${(one.bytesLeft / 1024).toFixed(0)} KB are left`,
  );
  const none = { microseconds: [] };
  const ratio = medianTask(tasks.at(-1) ?? none) / medianTask(tasks[0] ?? none);
  return [
    'a task from its submission to its event, on the virtual clock',
    ...lines,
    `  ratio: ${ratio.toFixed(2)}`,
  ].join('\n');
}

function ms(numbers: readonly number[], share: number): string {
  return `${quantile(numbers, share).toFixed(2)} ms`;
}

function latencyLines(wakeUpMs: readonly number[], launchMs: readonly number[]): string {
  return [
    `send → long poll wakes: p50 ${ms(wakeUpMs, 0.5)}, p99 ${ms(wakeUpMs, 0.99)} (target 5)`,
    `launch → first answer: median ${ms(launchMs, 0.5)}, quartiles ${ms(launchMs, 0.25)} to ${ms(launchMs, 0.75)} (target 500)`,
  ].join('\n');
}
