import type { ListenerPlan } from '../listener-plan.js';
import type { ConsumerWay, Scenario } from '../scenario-plan.js';
import { asItIs, type Apply, type Option } from './option.js';

const temper =
  (changes: Partial<Scenario['temper']>): Apply =>
  (scenario) => ({ temper: { ...scenario.temper, ...changes } });

const way =
  (consumer: ConsumerWay): Apply =>
  () => ({ consumer });

const failing = (fails: ListenerPlan['fails']): Apply => temper({ failingPercent: 40, fails });

/** How events are listened to, and what listeners do. */
export const CONSUMER_OPTIONS: readonly Option[] = [
  {
    name: 'consumer',
    part: 'consumer',
    values: {
      on: asItIs,
      once: way('once'),
      star: way('star'),
      group: way('group'),
      map: way('map'),
      pair: way('pair'),
      events: way('events'),
      'events-slow': way('events-slow'),
      'events-leaving': way('events-leaving'),
      'events-throwing': way('events-throwing'),
      'events-parallel': way('events-parallel'),
      'events-unread': way('events-unread'),
    },
  },
  {
    name: 'work',
    part: 'consumer',
    values: {
      'a second': temper({ workMs: 1000 }),
      none: temper({ workMs: 0 }),
      'some seconds': temper({ workMs: 20_000 }),
      minutes: temper({ workMs: 120_000 }),
    },
  },
  {
    name: 'failing',
    part: 'consumer',
    values: {
      'by throwing': failing('throw'),
      never: asItIs,
      'by retry': failing('retry'),
      'by hanging': failing('hang'),
      'by hanging for ever': failing('forever'),
      'by deadLetter': failing('condemn'),
    },
  },
  {
    name: 'poison',
    part: 'consumer',
    values: {
      none: asItIs,
      some: (scenario) =>
        scenario.bridge.hasDeadLetterQueue ? { temper: { ...scenario.temper, poisonPercent: 20 } } : {},
    },
  },
  {
    name: 'answer',
    part: 'consumer',
    values: {
      return: asItIs,
      'early ack': temper({ answer: 'early' }),
      'early ack, then hanging': temper({ answer: 'early-forever' }),
    },
  },
  {
    name: 'signal',
    part: 'consumer',
    values: { throw: asItIs, return: temper({ onAbort: 'return' }), ignore: temper({ onAbort: 'ignore' }) },
  },
  {
    name: 'callbacks',
    part: 'consumer',
    values: {
      plain: asItIs,
      throwing: () => ({ callbacks: 'throws' }),
      rejecting: () => ({ callbacks: 'rejects' }),
    },
  },
];
