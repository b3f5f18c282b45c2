import type { Fault } from '@mnsbus/emulator';
import { happens, pick, several } from '../draw.js';
import { drawFaults } from '../fault-plan.js';
import type { BodyKind } from '../message-body.js';
import type { MeddlingPlan, NetworkPlan, OutagePlan, QueuePlan, Scenario } from '../scenario-plan.js';
import type { OwnCode } from '../simulated-bus.js';
import { asItIs, type Apply, type Option } from './option.js';

const queues =
  (change: (plan: QueuePlan) => QueuePlan): Apply =>
  (scenario) => ({ queues: scenario.queues.map(change) });

const outages =
  (kinds: readonly [OutagePlan['kind'], ...OutagePlan['kind'][]]): Apply =>
  ({ replicas, safetyMs }, random) => ({
    outages: several(random, { least: 1, most: 5 }, () => ({
      atMs: random.integer(1000, safetyMs),
      replica: random.integer(0, replicas - 1),
      kind: pick(random, kinds),
      downMs: random.integer(0, 30_000),
    })),
  });

const network =
  (kind: (index: number) => NetworkPlan['kind'], most: { readonly times: number; readonly seconds: number }): Apply =>
  ({ safetyMs, replicas }, random) => ({
    networks: several(random, { least: 1, most: most.times }, (index) => ({
      atMs: random.integer(0, safetyMs),
      forMs: random.integer(1, most.seconds) * 1000,
      replica: happens(random, 50) ? undefined : random.integer(0, replicas - 1),
      kind: kind(index),
    })),
  });

/** Statuses that a gateway may answer with; 204, which has no body, cannot be told from the service's own. */
const STATUSES = [200, 301, 304, 400, 401, 403, 404, 407, 413, 429, 500, 502, 503, 504];

const meddlings =
  (draw: (atMs: number, replica: number, scenario: Scenario) => readonly MeddlingPlan[]): Apply =>
  (scenario, random) => ({
    meddlings: [
      ...scenario.meddlings,
      ...several(random, { least: 1, most: 4 }, () =>
        draw(random.integer(0, scenario.safetyMs), random.integer(0, scenario.replicas - 1), scenario),
      ).flat(),
    ],
  });

/** A wall clock is set, and a minute later set right again. */
const clock = (byMs: number): Apply =>
  meddlings((atMs, replica) => [
    { atMs, replica, kind: 'set-clock', byMs },
    { atMs: atMs + 60_000, replica, kind: 'set-clock', byMs: -byMs },
  ]);

const content =
  (...kinds: readonly [BodyKind, ...BodyKind[]]): Apply =>
  ({ messages }, random) => ({
    messages: messages.map((message) => (happens(random, 50) ? { ...message, body: pick(random, kinds) } : message)),
  });

/** The code of the app's event types fails, and some messages hold events that it reads. */
const ownCode =
  (kind: OwnCode): Apply =>
  (scenario, random) => ({ ownCode: kind, ...content('custom', 'refused')(scenario, random) });

const faults =
  (draw: (scenario: Scenario, random: Parameters<Apply>[1]) => readonly Fault[]): Apply =>
  (scenario, random) => ({ faults: [...scenario.faults, ...draw(scenario, random)] });

/** What the services, the network between, and those who run the replicas do; and what messages hold. */
export const SERVICE_OPTIONS: readonly Option[] = [
  {
    name: 'visibility timeout',
    part: 'settings',
    values: {
      'some seconds': (scenario, random) =>
        queues((queue) => ({ ...queue, visibilityTimeoutSeconds: random.integer(8, 40) }))(scenario, random),
      short: (scenario, random) =>
        queues((queue) => ({ ...queue, visibilityTimeoutSeconds: random.integer(2, 5) }))(scenario, random),
    },
  },
  {
    name: 'queue delay',
    part: 'service',
    values: { none: asItIs, some: queues((queue) => ({ ...queue, delaySeconds: 7 })) },
  },
  {
    name: 'retention',
    part: 'service',
    // So short that messages expire before anybody has handled them.
    values: { days: asItIs, short: queues((queue) => ({ ...queue, retentionSeconds: 90 })) },
  },
  {
    name: 'format',
    part: 'service',
    values: {
      JSON: asItIs,
      XML: queues((queue) => ({ ...queue, format: 'XML' })),
      SIMPLIFIED: queues((queue) => ({ ...queue, format: 'SIMPLIFIED' })),
    },
  },
  {
    name: 'profile',
    part: 'service',
    values: { kind: asItIs, cloud: () => ({ profile: 'cloud' }) },
  },
  {
    name: 'faults',
    part: 'service',
    values: { some: faults(({ safetyMs }, random) => drawFaults(random, safetyMs)), none: asItIs },
  },
  {
    name: 'content',
    part: 'content',
    values: {
      plain: asItIs,
      several: content('several'),
      mixed: content('mixed'),
      'without listener': content('unheard', 'unknown'),
      custom: content('custom'),
      odd: content('odd-number', 'odd-missing', 'odd-time', 'odd-beside', 'odd-envelope', 'proto'),
      deep: content('deep'),
      huge: content('huge'),
      unreadable: content('text', 'bad-json', 'bad-base64', 'list', 'empty'),
    },
  },
  {
    name: 'code of event types',
    part: 'content',
    values: { plain: asItIs, throwing: ownCode('throws'), 'answering nonsense': ownCode('nonsense') },
  },
  {
    name: 'outages',
    part: 'operation',
    values: {
      none: asItIs,
      kills: outages(['crash']),
      'rolling restarts': outages(['close']),
      both: outages(['crash', 'close']),
    },
  },
  {
    name: 'network',
    part: 'network',
    values: {
      whole: asItIs,
      'down for seconds': network(() => 'down', { times: 4, seconds: 10 }),
      'down for minutes': network(() => 'down', { times: 1, seconds: 150 }),
      hanging: network(() => 'hangs', { times: 2, seconds: 60 }),
      gateway: (scenario, random) =>
        network((index) => STATUSES[(index + random.integer(0, STATUSES.length - 1)) % STATUSES.length] ?? 500, {
          times: 6,
          seconds: 20,
        })(scenario, random),
    },
  },
  {
    name: 'latency',
    part: 'network',
    values: { none: asItIs, '5 ms': () => ({ latencyMs: 5 }), '50 ms': () => ({ latencyMs: 50 }) },
  },
  {
    name: 'clock',
    part: 'operation',
    values: {
      right: asItIs,
      'back by seconds': clock(-30_000),
      'back by an hour': clock(-3_600_000),
      'back by days': clock(-3 * 86_400_000),
      'forward by seconds': clock(30_000),
      'forward by an hour': clock(3_600_000),
    },
  },
  {
    name: 'pause',
    part: 'operation',
    values: {
      never: asItIs,
      'now and then': (scenario, random) =>
        meddlings((atMs, replica) => [{ atMs, replica, kind: 'pause', forMs: random.integer(0, 40_000) }])(
          scenario,
          random,
        ),
      'before start': meddlings((_, replica) => [{ atMs: 0, replica, kind: 'pause', forMs: 20_000 }]),
    },
  },
  {
    name: 'configure',
    part: 'operation',
    values: {
      never: asItIs,
      concurrency: (scenario, random) =>
        meddlings((atMs, replica) => [
          {
            atMs,
            replica,
            kind: 'configure',
            change: { concurrency: random.integer(1, 20), prefetch: random.integer(0, 4) },
          },
        ])(scenario, random),
      'nested settings': (scenario, random) =>
        meddlings((atMs, replica) => [
          { atMs, replica, kind: 'configure', change: { lease: { maxSeconds: random.integer(5, 120) } } },
          { atMs, replica, kind: 'configure', change: { retryDelay: { capSeconds: random.integer(1, 30) } } },
        ])(scenario, random),
      waitSeconds: (scenario, random) =>
        meddlings((atMs, replica) => [
          { atMs, replica, kind: 'configure', change: { waitSeconds: random.integer(0, 30) } },
        ])(scenario, random),
    },
  },
  {
    name: 'missing queue',
    part: 'operation',
    values: { never: asItIs, 'at the start': () => ({ missingQueueMs: 10_000 }) },
  },
  {
    name: 'companions',
    part: 'companions',
    values: {
      app: asItIs,
      'fan-out': (scenario) => ({ companions: { ...scenario.companions, hearers: 2 } }),
      'fan-out, one killed': (scenario) => ({ companions: { ...scenario.companions, hearers: 2, isOneKilled: true } }),
      push: (scenario) => ({ companions: { ...scenario.companions, hasPush: true } }),
      waitFor: (scenario) => ({ companions: { ...scenario.companions, waits: true } }),
    },
  },
  {
    name: 'pushed',
    part: 'companions',
    values: {
      'handled at once': asItIs,
      'to a listener as of replicas': ({ companions }) => ({
        companions: { ...companions, hasPushWork: companions.hasPush },
      }),
    },
  },
];
