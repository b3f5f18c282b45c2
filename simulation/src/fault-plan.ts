import type { SeededRandom } from '@mnsbus/core';
import type { Fault, FaultKind } from '@mnsbus/emulator';
import { happens, pick, several } from './draw.js';

/** Draws one fault of a kind, without what all kinds have. */
type DrawFault = (random: SeededRandom) => Fault;

/** Every kind of fault that the emulator knows, so that a new one cannot be forgotten. */
const DRAW: { readonly [K in FaultKind]: DrawFault } = {
  refuse: (random) => ({
    kind: 'refuse',
    code: pick(random, ['InternalError', 'QpsLimitExceeded', 'AccessDenied', 'ServiceUnavailable', 'Throttling.User']),
  }),
  throttle: () => ({ kind: 'throttle' }),
  'server-error': (random) => ({ kind: 'server-error', status: pick(random, [500, 502, 503]) }),
  delay: (random) => ({ kind: 'delay', delayMs: random.integer(1, 60_000) }),
  'skew-clock': (random) => ({ kind: 'skew-clock', skewMs: random.integer(-3_600_000, 3_600_000) }),
  'reset-before-effect': () => ({ kind: 'reset-before-effect' }),
  'reset-after-effect': () => ({ kind: 'reset-after-effect' }),
  'truncate-reply': () => ({ kind: 'truncate-reply' }),
  'corrupt-reply': () => ({ kind: 'corrupt-reply' }),
  'wrong-md5': () => ({ kind: 'wrong-md5' }),
  'expire-credentials': () => ({ kind: 'expire-credentials' }),
  'duplicate-message': () => ({ kind: 'duplicate-message' }),
  'reorder-message': (random) => ({ kind: 'reorder-message', behindMs: random.integer(1, 10_000) }),
  'delay-message': (random) => ({ kind: 'delay-message', delayMs: random.integer(1, 20_000) }),
  'early-visibility': (random) => ({ kind: 'early-visibility', earlyMs: random.integer(1, 60_000) }),
  'drop-delivery': () => ({ kind: 'drop-delivery' }),
  'repeat-delivery': () => ({ kind: 'repeat-delivery' }),
  'late-delivery': (random) => ({ kind: 'late-delivery', delayMs: random.integer(1, 20_000) }),
  'hold-task': () => ({ kind: 'hold-task' }),
  'slow-task': (random) => ({ kind: 'slow-task', extraMs: random.integer(1, 60_000) }),
  'fail-task': () => ({ kind: 'fail-task', code: 'ConvertTimeout' }),
  'duplicate-event': () => ({ kind: 'duplicate-event' }),
  'no-event': () => ({ kind: 'no-event' }),
};

const [FIRST = 'refuse', ...OTHERS] = Object.keys(DRAW).filter((kind): kind is FaultKind => kind in DRAW);

/** Draws what goes wrong in a run: some kinds, each now and then for a while or for as long as faults last. */
export function drawFaults(random: SeededRandom, safetyMs: number): readonly Fault[] {
  return several(random, { least: 0, most: 8 }, (index) => {
    const fault = DRAW[pick(random, [FIRST, ...OTHERS])](random);
    const window = happens(random, 50)
      ? { afterMs: random.integer(0, safetyMs), forMs: random.integer(1000, safetyMs) }
      : {};
    return { ...fault, name: `fault-${index}`, probability: random.integer(1, 40) / 100, ...window };
  });
}
