import type { BridgePlan, Scenario } from '../scenario-plan.js';
import { PLAIN } from '../scenario.js';

/** A run in which nothing goes wrong, with a little of everything else. */
export function plainScenario(changes: Partial<Scenario> = {}, bridge: Partial<BridgePlan> = {}): Scenario {
  return {
    ...PLAIN,
    replicas: 2,
    latencyMs: 5,
    queues: [
      { name: 'events-0', visibilityTimeoutSeconds: 20, delaySeconds: 0, retentionSeconds: 345_600, format: 'JSON' },
    ],
    bridge: { ...PLAIN.bridge, hasDeadLetterQueue: true, ...bridge },
    temper: { ...PLAIN.temper, failingPercent: 30, workMs: 500 },
    tasks: [1000, 2000, 9000, 9000].map((atMs) => ({ atMs, durationMs: 3000, failure: undefined })),
    messages: [0, 1, 2, 3, 4, 5].map((index) => ({
      atMs: 3000 + 2000 * index,
      taskId: `sent-${index}`,
      queueName: 'events-0',
      priority: 8,
      delaySeconds: index % 2 === 0 ? 0 : 3,
      body: 'event',
    })),
    outages: [{ atMs: 25_000, replica: 0, kind: 'close', downMs: 2000 }],
    safetyMs: 30_000,
    ...changes,
  };
}
