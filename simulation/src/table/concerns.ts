import type { OptionPart } from '../options/option.js';

/** Which options an invariant is about. */
export interface Concern {
  /** Options of these parts; those of others cannot change what the invariant says. */
  readonly parts: readonly OptionPart[];
  /** By the name of an option: without one of these values the check has nothing to judge, so the cells of its other values are void. */
  readonly needs?: Readonly<Record<string, readonly string[]>>;
  /** By the name of an option: a value with which there is most to judge. Only a hint to whoever looks for a run that has something. */
  readonly favours?: Readonly<Record<string, string>>;
}

const SERVICE: Concern = { parts: ['service'] };

const CLAIMING = ['shared', 'slow', 'throws', 'rejects', 'hangs', 'flaky', 'no-renew'];

/** Options that concern what a bridge promises under whatever is asked of it. */
const ALL: readonly OptionPart[] = [
  'settings',
  'consumer',
  'claims',
  'operation',
  'network',
  'content',
  'service',
  'companions',
];

/** By the number of an invariant. What services promise does not depend on how bridges are set up. */
export const CONCERNS: Readonly<Record<string, Concern>> = {
  I1: SERVICE,
  I2: SERVICE,
  I3: SERVICE,
  I4: SERVICE,
  I5: SERVICE,
  I6: SERVICE,
  I7: SERVICE,
  I9: SERVICE,
  I10: SERVICE,
  I11: SERVICE,
  I12: SERVICE,
  I13: SERVICE,
  I15: SERVICE,
  I16: SERVICE,
  I17: SERVICE,
  I18: SERVICE,
  I19: SERVICE,
  I23: SERVICE,
  I24: SERVICE,
  I25: SERVICE,
  I26: { parts: ALL },
  I27: { parts: ALL },
  I28: { parts: ['settings', 'consumer', 'claims', 'operation'] },
  I29: { parts: ['settings', 'consumer', 'claims', 'operation', 'network'] },
  I30: { parts: ALL },
  I31: { parts: ['settings', 'consumer', 'claims', 'operation', 'network', 'content'] },
  I32: { parts: ['consumer', 'claims', 'operation', 'network'], needs: { deduplicator: CLAIMING } },
  I33: { parts: ['settings', 'claims', 'operation'], needs: { deduplicator: CLAIMING } },
  I34: {
    parts: ['settings', 'consumer', 'claims', 'content', 'operation', 'network'],
    needs: { deadLetterQueue: ['set'] },
    favours: { poison: 'some', failing: 'by throwing', maxDeliveries: 'one' },
  },
  // Only who works on after a lease was lost to an outage can meet a redelivery.
  I35: {
    parts: ['settings', 'consumer'],
    needs: {
      signal: ['ignore'],
      work: ['minutes'],
      'lease.maxSeconds': ['300 s', '60 s'],
      consumer: [
        'on',
        'once',
        'star',
        'group',
        'map',
        'pair',
        'events',
        'events-slow',
        'events-leaving',
        'events-throwing',
        'events-parallel',
      ],
      failing: ['never', 'by throwing', 'by retry', 'by hanging', 'by hanging for ever', 'by deadLetter'],
      answer: ['return'],
    },
    favours: {
      'visibility timeout': 'short',
      network: 'down for seconds',
      outages: 'none',
      content: 'plain',
      deduplicator: 'none',
      credentials: 'static',
      concurrency: 'sixteen',
      faults: 'none',
    },
  },
  I36: { parts: ALL },
  I37: { parts: ['settings', 'operation', 'network', 'service'] },
  I38: { parts: ['settings', 'consumer', 'claims'], needs: { content: ['odd'] } },
  I39: {
    parts: ['settings', 'consumer', 'claims', 'operation'],
    needs: { 'lease.maxSeconds': ['10 s', '60 s', '300 s'], work: ['some seconds', 'minutes', 'a second'] },
    favours: { work: 'minutes', 'lease.maxSeconds': '300 s', 'visibility timeout': 'short' },
  },
  I40: { parts: ['settings', 'consumer', 'claims', 'operation', 'network'] },
  I41: { parts: ['settings', 'consumer', 'claims', 'operation', 'network'] },
  I42: { parts: ['companions'], needs: { companions: ['fan-out', 'fan-out, one killed'] } },
  I43: { parts: ['network', 'companions'] },
  I44: {
    parts: ['settings', 'consumer', 'claims'],
    needs: { deduplicator: ['none', 'shared', 'throws', 'rejects', 'no-renew'] },
    favours: { work: 'minutes' },
  },
  I45: { parts: ['settings', 'operation', 'network'], favours: { pause: 'now and then' } },
  I46: { parts: ['settings', 'claims', 'consumer'], needs: { consumer: ['once'] } },
  I47: { parts: ['companions'], needs: { companions: ['fan-out', 'fan-out, one killed', 'push', 'waitFor'] } },
  I48: {
    parts: ['companions', 'consumer'],
    needs: { companions: ['push'], pushed: ['to a listener as of replicas'] },
    favours: { deadLetterQueue: 'set', failing: 'by throwing' },
  },
};
