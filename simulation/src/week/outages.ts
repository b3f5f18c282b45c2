import type { NetworkPlan } from '../scenario-plan.js';
import type { SteadyWorld } from './steady-world.js';

/** How long each outage lasts, in milliseconds: several leases. */
export const OUTAGE_MS = 240_000;

/** Something that goes wrong, and ends after {@link OUTAGE_MS}. */
export interface Outage {
  readonly name: string;
  readonly begin: (world: SteadyWorld) => void;
  readonly end: (world: SteadyWorld) => void;
}

const network = (name: string, kind: NetworkPlan['kind']): Outage => ({
  name,
  begin: (world) => {
    world.network = kind;
  },
  end: (world) => {
    world.network = undefined;
  },
});

const fault = (name: string, kind: 'throttle' | 'server-error' | 'expire-credentials'): Outage => ({
  name,
  begin: ({ emulator }) => void emulator.faults.add({ kind, match: { service: 'mns' }, name: 'outage' }),
  end: ({ emulator }) => emulator.faults.clear(),
});

/** One outage of each kind, in the order in which they come, one an hour. */
export const OUTAGES: readonly Outage[] = [
  network('no network', 'down'),
  network('no answer', 'hangs'),
  network('a gateway: 200', 200),
  network('a gateway: 403', 403),
  network('a gateway: 404', 404),
  network('a gateway: 502', 502),
  fault('throttling', 'throttle'),
  fault('errors of the service', 'server-error'),
  fault('refused keys', 'expire-credentials'),
  {
    name: 'queue deleted, and made again',
    begin: (world) => void world.remove('events'),
    end: (world) => void world.create('events'),
  },
  {
    name: 'dead-letter queue gone',
    begin: (world) => void world.remove('dead-letters'),
    end: (world) => void world.create('dead-letters'),
  },
  {
    name: 'a process killed, and started again',
    begin: (world) => world.kill(),
    end: (world) => world.restart(),
  },
  {
    name: 'a process closed, and started again',
    begin: (world) => void world.close(),
    end: (world) => world.restart(),
  },
  {
    name: 'clock set back',
    begin: (world) => world.setClock(-600_000),
    end: (world) => world.setClock(600_000),
  },
  {
    name: 'clock set back by a day',
    begin: (world) => world.setClock(-86_400_000),
    end: (world) => world.setClock(86_400_000),
  },
  {
    name: 'deduplicator down',
    begin: (world) => {
      world.deduplicator = 'rejects';
    },
    end: (world) => {
      world.deduplicator = 'works';
    },
  },
  {
    name: 'deduplicator hanging',
    begin: (world) => {
      world.deduplicator = 'hangs';
    },
    end: (world) => {
      world.deduplicator = 'works';
    },
  },
];
