import { SeededRandom } from '@mnsbus/core';

import type { Fault } from '@mnsbus/emulator';
import { happens, pick, several } from './draw.js';
import { drawFaults } from './fault-plan.js';

import type { Temper } from './listener-plan.js';

/** A queue that the topic delivers to. */
export interface QueuePlan {
  readonly name: string;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly format: 'JSON' | 'XML' | 'SIMPLIFIED';
}

/** Settings of every replica's bridge. */
export interface BridgePlan {
  readonly concurrency: number;
  readonly prefetch: number;
  readonly waitSeconds: number;
  readonly maxDeliveries: number;
  readonly retryCapSeconds: number;
  readonly leaseMaxSeconds: number;
  readonly hasDeadLetterQueue: boolean;
  readonly deduplicates: boolean;
}

/** A task that an app submits. */
export interface TaskPlan {
  readonly atMs: number;
  readonly durationMs: number;
  /** The code it ends with; `undefined` for success. */
  readonly failure: string | undefined;
}

/** A message that a producer sends straight to a queue. */
export interface MessagePlan {
  readonly atMs: number;
  readonly taskId: string;
  readonly queueName: string;
  readonly priority: number;
  readonly delaySeconds: number;
}

/** What happens to a replica: killed, or closed in order, and started again after a while. */
export interface OutagePlan {
  readonly atMs: number;
  readonly replica: number;
  readonly kind: 'crash' | 'close';
  readonly downMs: number;
}

/** All that a run consists of, as plain data: it can be printed, cut down, and run again. */
export interface Scenario {
  readonly seed: string;
  readonly replicas: number;
  /** Longest time that a request, and an answer, is on its way, in milliseconds. */
  readonly latencyMs: number;
  readonly queues: readonly QueuePlan[];
  readonly bridge: BridgePlan;
  readonly temper: Temper;
  readonly tasks: readonly TaskPlan[];
  readonly messages: readonly MessagePlan[];
  readonly outages: readonly OutagePlan[];
  readonly faults: readonly Fault[];
  /** How long tasks are submitted and faults are on, in milliseconds. */
  readonly safetyMs: number;
}

/** The name of the queue for what nobody can handle. */
export const DEAD_LETTERS = 'dead-letters';

/** Draws a run from its seed. */
export function drawScenario(seed: string): Scenario {
  const random = new SeededRandom(`${seed}/scenario`);
  const safetyMs = random.integer(20, 180) * 1000;
  const queues = drawQueues(random.fork('queues'));
  const bridge = drawBridge(random.fork('bridge'));
  const replicas = random.integer(1, 4);
  const messageDraws = random.fork('messages');
  const taskDraws = random.fork('tasks');
  const outageDraws = random.fork('outages');
  return {
    seed,
    replicas,
    latencyMs: pick(random, [0, 5, 50]),
    queues,
    bridge,
    temper: {
      failingPercent: pick(random, [0, 10, 30]),
      poisonPercent: bridge.hasDeadLetterQueue ? pick(random, [0, 0, 10]) : 0,
      workMs: pick(random, [10, 1000, 20_000]),
    },
    tasks: several(taskDraws, { least: 1, most: 16 }, () => ({
      atMs: taskDraws.integer(0, safetyMs),
      durationMs: taskDraws.integer(0, 60_000),
      failure: happens(taskDraws, 20) ? 'ConvertTimeout' : undefined,
    })),
    messages: several(messageDraws, { least: 0, most: 24 }, (index) => ({
      atMs: messageDraws.integer(0, safetyMs),
      taskId: `sent-${index}`,
      queueName: queues[messageDraws.integer(0, queues.length - 1)]?.name ?? '',
      priority: messageDraws.integer(1, 16),
      delaySeconds: happens(messageDraws, 20) ? messageDraws.integer(1, 30) : 0,
    })),
    outages: several(outageDraws, { least: 0, most: 6 }, () => ({
      atMs: outageDraws.integer(1000, safetyMs),
      replica: outageDraws.integer(0, replicas - 1),
      kind: pick(outageDraws, ['crash', 'crash', 'close']),
      downMs: outageDraws.integer(0, 30_000),
    })),
    faults: drawFaults(random.fork('faults'), safetyMs),
    safetyMs,
  };
}

function drawQueues(random: SeededRandom): readonly QueuePlan[] {
  return several(random, { least: 1, most: 2 }, (index) => ({
    name: `events-${index}`,
    visibilityTimeoutSeconds: random.integer(2, 40),
    delaySeconds: happens(random, 20) ? random.integer(1, 10) : 0,
    // Now and then so short that messages expire before anybody has handled them.
    retentionSeconds: happens(random, 15) ? random.integer(60, 120) : 345_600,
    format: pick(random, ['JSON', 'JSON', 'XML', 'SIMPLIFIED']),
  }));
}

function drawBridge(random: SeededRandom): BridgePlan {
  const hasDeadLetterQueue = happens(random, 50);
  return {
    concurrency: pick(random, [1, 2, 4, 16]),
    prefetch: pick(random, [0, 0, 4, 16]),
    waitSeconds: pick(random, [0, 1, 20, 30]),
    // Without a dead-letter queue deliveries do not matter; with one they are what the poisoned need.
    maxDeliveries: hasDeadLetterQueue ? random.integer(5, 12) : 5,
    retryCapSeconds: random.integer(1, 30),
    leaseMaxSeconds: pick(random, [0, 10, 60, 300]),
    hasDeadLetterQueue,
    deduplicates: happens(random, 30),
  };
}
