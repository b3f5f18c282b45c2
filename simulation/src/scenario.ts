import { SeededRandom } from '@mnsbus/core';
import { happens, several } from './draw.js';
import { OPTIONS } from './options/options-table.js';
import type { Choices, Scenario } from './scenario-plan.js';

/** Draws a run from its seed; `given` values of options are taken instead of those that would be drawn. */
export function drawScenario(seed: string, given: Choices = {}): Scenario {
  const random = new SeededRandom(`${seed}/scenario`);
  const choices = Object.fromEntries(
    OPTIONS.map(({ name, values }) => [name, given[name] ?? drawValue(random.fork(`option/${name}`), values)]),
  );
  return applied({ ...drawTraffic(seed, random), choices }, random);
}

/** A scenario with what its options make of it. */
export function applied(scenario: Scenario, random: SeededRandom): Scenario {
  return OPTIONS.reduce((so, { name, values }) => {
    const apply = values[scenario.choices[name] ?? ''];
    return apply === undefined ? so : { ...so, ...apply(so, random.fork(`value/${name}`)) };
  }, scenario);
}

/** The plain value of each option. */
export const PLAIN_CHOICES: Choices = Object.fromEntries(
  OPTIONS.map(({ name, values }) => [name, Object.keys(values)[0] ?? '']),
);

/** The plain value in three of ten runs, each of all in the others. */
function drawValue(random: SeededRandom, values: object): string {
  const names = Object.keys(values);
  return names[happens(random, 30) ? 0 : random.integer(0, names.length - 1)] ?? '';
}

/** Who sends what when, to queues of which nothing is drawn yet. */
function drawTraffic(seed: string, random: SeededRandom): Scenario {
  const safetyMs = random.integer(20, 180) * 1000;
  const queues = several(random.fork('queues'), { least: 1, most: 2 }, (index) => ({
    name: `events-${index}`,
    visibilityTimeoutSeconds: 20,
    delaySeconds: 0,
    retentionSeconds: 345_600,
    format: 'JSON' as const,
  }));
  const messages = random.fork('messages');
  const tasks = random.fork('tasks');
  return {
    ...PLAIN,
    seed,
    replicas: random.integer(1, 3),
    queues,
    tasks: several(tasks, { least: 1, most: 10 }, () => ({
      atMs: tasks.integer(0, safetyMs),
      durationMs: tasks.integer(0, 60_000),
      failure: happens(tasks, 20) ? 'ConvertTimeout' : undefined,
    })),
    messages: several(messages, { least: 4, most: 20 }, (index) => ({
      atMs: messages.integer(0, safetyMs),
      taskId: `sent-${index}`,
      queueName: queues[messages.integer(0, queues.length - 1)]?.name ?? '',
      priority: messages.integer(1, 16),
      delaySeconds: happens(messages, 20) ? messages.integer(1, 30) : 0,
      body: 'event' as const,
    })),
    safetyMs,
  };
}

/** A run in which nothing goes wrong, and nothing comes. */
export const PLAIN: Scenario = {
  seed: 'plain',
  choices: {},
  replicas: 1,
  profile: 'kind',
  latencyMs: 0,
  queues: [],
  bridge: {
    concurrency: 4,
    prefetch: 0,
    waitSeconds: 20,
    maxDeliveries: 5,
    maxSilentDeliveries: undefined,
    retryCapSeconds: 5,
    leaseMaxSeconds: 60,
    extendBySeconds: undefined,
    hasDeadLetterQueue: false,
    unhandled: 'release',
    recentEvents: undefined,
    deduplicator: 'none',
    credentials: 'static',
    closeDeadlineMs: 5000,
  },
  consumer: 'on',
  callbacks: 'plain',
  ownCode: 'plain',
  companions: { hearers: 0, isOneKilled: false, hasPush: false, hasPushWork: false, waits: false },
  temper: { failingPercent: 0, fails: 'throw', poisonPercent: 0, workMs: 0, answer: 'return', onAbort: 'throw' },
  tasks: [],
  messages: [],
  outages: [],
  meddlings: [],
  networks: [],
  faults: [],
  missingQueueMs: 0,
  safetyMs: 30_000,
};
