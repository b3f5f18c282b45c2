// Runs all benchmarks; `--quick` runs less of each.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { measureBacklogs } from './benches/backlog.js';
import { measureLaunches } from './benches/launch.js';
import { measureTasks } from './benches/tasks.js';
import { measureThroughput } from './benches/throughput.js';
import { measureWakeUps } from './benches/wake-up.js';
import { readPlan, type Plan } from './plan.js';
import { report, type Results } from './report.js';
import { stopAllChildren } from './servers/child.js';
import { OURS, startContenders } from './servers/contender.js';

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function measure(plan: Plan): Promise<Results> {
  tell('throughput…');
  const contenders = await startContenders(tell);
  const throughput = await measureThroughput(contenders, plan, tell);
  tell('wake-ups…');
  const ours = contenders.find(({ name }) => name === OURS);
  if (ours === undefined) throw new Error('the emulator did not start');
  const wakeUpMs = await measureWakeUps(ours, plan.wakeUps);
  await stopAllChildren();
  tell('launches…');
  const launchMs = await measureLaunches(plan.launches);
  tell('backlogs…');
  const backlogs = await measureBacklogs(plan.backlogs, plan.backlogRounds, plan.backlogRoundMs);
  tell('tasks…');
  const tasks = await measureTasks(plan.tasks, plan.taskRounds);
  const [cpu] = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${memoryGb} GB, Node ${process.version}, ${process.platform}`;
  return { machine, throughput, backlogs, tasks, wakeUpMs, launchMs };
}

async function save(results: Results): Promise<void> {
  const folder = new URL('../results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const name = new Date().toISOString().replaceAll(':', '-');
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(results, undefined, 2)}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void stopAllChildren().then(() => process.exit(1));
  });
}

const plan = readPlan(process.argv.slice(2));
try {
  const results = await measure(plan);
  await save(results);
  process.stdout.write(report(results));
} finally {
  await stopAllChildren();
}
