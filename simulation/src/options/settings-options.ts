import { pick } from '../draw.js';
import type { BridgePlan, Scenario } from '../scenario-plan.js';
import { asItIs, type Apply, type Option } from './option.js';

const bridge =
  (changes: (scenario: Scenario) => Partial<BridgePlan>): Apply =>
  (scenario) => ({ bridge: { ...scenario.bridge, ...changes(scenario) } });

const set = (changes: Partial<BridgePlan>): Apply => bridge(() => changes);

const shortestVisibility = ({ queues }: Scenario): number =>
  Math.min(...queues.map(({ visibilityTimeoutSeconds }) => visibilityTimeoutSeconds));

/** The settings of a bridge. */
export const SETTINGS_OPTIONS: readonly Option[] = [
  {
    name: 'concurrency',
    part: 'settings',
    values: {
      four: asItIs,
      one: set({ concurrency: 1 }),
      two: set({ concurrency: 2 }),
      sixteen: set({ concurrency: 16 }),
    },
  },
  {
    name: 'prefetch',
    part: 'settings',
    values: { none: asItIs, four: set({ prefetch: 4 }), sixteen: set({ prefetch: 16 }) },
  },
  {
    name: 'waitSeconds',
    part: 'settings',
    values: {
      '20 s': asItIs,
      '0 s': set({ waitSeconds: 0 }),
      '1 s': set({ waitSeconds: 1 }),
      '30 s': set({ waitSeconds: 30 }),
    },
  },
  {
    name: 'deadLetterQueue',
    part: 'settings',
    values: { set: set({ hasDeadLetterQueue: true }), none: asItIs },
  },
  {
    name: 'maxDeliveries',
    part: 'settings',
    values: {
      five: asItIs,
      one: set({ maxDeliveries: 1 }),
      two: set({ maxDeliveries: 2 }),
      twelve: set({ maxDeliveries: 12 }),
    },
  },
  {
    name: 'maxSilentDeliveries',
    part: 'settings',
    values: { default: asItIs, thirty: set({ maxSilentDeliveries: 30 }) },
  },
  {
    name: 'retryDelay',
    part: 'settings',
    values: {
      '5 s': asItIs,
      '1 s': set({ retryCapSeconds: 1 }),
      'up to 30 s': (scenario, random) => ({ bridge: { ...scenario.bridge, retryCapSeconds: random.integer(6, 30) } }),
    },
  },
  {
    name: 'lease.maxSeconds',
    part: 'settings',
    values: {
      '60 s': asItIs,
      '0 s': set({ leaseMaxSeconds: 0 }),
      '10 s': set({ leaseMaxSeconds: 10 }),
      '300 s': set({ leaseMaxSeconds: 300 }),
    },
  },
  {
    name: 'lease.extendBySeconds',
    part: 'settings',
    values: {
      default: asItIs,
      short: bridge((scenario) => ({ extendBySeconds: Math.max(2, Math.floor(shortestVisibility(scenario) / 3)) })),
      equal: bridge((scenario) => ({ extendBySeconds: shortestVisibility(scenario) })),
      long: bridge((scenario) => ({ extendBySeconds: shortestVisibility(scenario) * 3 })),
    },
  },
  {
    name: 'unhandled',
    part: 'settings',
    values: { release: asItIs, delete: set({ unhandled: 'delete' }) },
  },
  {
    name: 'recentEvents',
    part: 'settings',
    values: { default: asItIs, none: set({ recentEvents: 0 }), three: set({ recentEvents: 3 }) },
  },
  {
    name: 'deduplicator',
    part: 'claims',
    values: {
      none: asItIs,
      shared: set({ deduplicator: 'shared' }),
      slow: set({ deduplicator: 'slow' }),
      throws: set({ deduplicator: 'throws' }),
      rejects: set({ deduplicator: 'rejects' }),
      hangs: set({ deduplicator: 'hangs' }),
      flaky: set({ deduplicator: 'flaky' }),
      'no-renew': set({ deduplicator: 'no-renew' }),
    },
  },
  {
    name: 'credentials',
    part: 'network',
    values: {
      static: asItIs,
      expiring: set({ credentials: 'expiring' }),
      failing: set({ credentials: 'failing' }),
      hanging: set({ credentials: 'hanging' }),
    },
  },
  {
    name: 'close',
    part: 'operation',
    values: {
      patient: asItIs,
      impatient: (scenario, random) => ({
        bridge: { ...scenario.bridge, closeDeadlineMs: pick(random, [0, 200, 1000]) },
      }),
      twice: ({ outages }) => ({
        outages: outages.map((outage) =>
          outage.kind === 'close' ? { ...outage, kind: 'close-twice' as const } : outage,
        ),
      }),
    },
  },
];
