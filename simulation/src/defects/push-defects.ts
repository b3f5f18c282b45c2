import type { Temper } from '../listener-plan.js';
import type { Scenario } from '../scenario-plan.js';
import { PLAIN } from '../scenario.js';
import type { BridgeDefect } from './bridge-defect.js';

/** Nothing but pushes of a topic to a listener of that temper, for as long as a topic tries. */
function pushes(temper: Partial<Temper>): Partial<Scenario> {
  return {
    companions: { hearers: 0, isOneKilled: false, hasPush: true, hasPushWork: true, waits: false },
    temper: { ...PLAIN.temper, ...temper },
    tasks: Array.from({ length: 12 }, (_, index) => ({ atMs: 1000 * index, durationMs: 3000, failure: undefined })),
    messages: [],
    outages: [],
    safetyMs: 150_000,
  };
}

/** Faults in what becomes of pushes. */
export const PUSH_DEFECTS: readonly BridgeDefect[] = [
  {
    invariant: 'I48',
    defect: 'another attempt of a topic starts a listener beside the one that runs',
    edits: [{ file: 'consume/push-consumer.js', find: '(run ?? this.#begin(', replace: '(this.#begin(' }],
    scenario: pushes({ workMs: 60_000 }),
  },
  {
    invariant: 'I48',
    defect: 'a push that fails until its topic gives up is forgotten',
    edits: [
      {
        file: 'consume/push-run.js',
        find: '#mayBeLast() {',
        replace: '#mayBeLast() {\n        if (true) return false;',
      },
    ],
    scenario: pushes({ poisonPercent: 100 }),
    bridge: { maxDeliveries: 20 },
  },
  {
    invariant: 'I48',
    defect: 'the first failure of a listener makes a push a dead letter',
    edits: [
      {
        file: 'consume/push-run.js',
        find: 'if (exhaustion === undefined)\n            return this.#retry',
        replace: 'if (false)\n            return this.#retry',
      },
    ],
    scenario: pushes({ failingPercent: 100 }),
  },
  {
    invariant: 'I47',
    defect: 'a push is taken though its listener failed',
    edits: [
      {
        file: 'consume/push-run.js',
        find: "return { verdict: { type: 'retry', error }, end: 'retried' };",
        replace: "return { verdict: { type: 'ack' }, end: 'retried' };",
      },
    ],
    scenario: pushes({ failingPercent: 100 }),
  },
];
