import * as fc from 'fast-check';
import type { Fault, FaultKind } from '../../faults/fault.js';

/** What a fault of {@link arbitraryFault} may be. */
export interface ArbitraryFaultOptions {
  /** Default every kind but `hold-task` and `expire-credentials`: nothing that ends only by somebody's hand. */
  readonly kinds?: readonly FaultKind[];
  /** Longest delay, extra time or skew, in milliseconds from 1. Default 60,000. */
  readonly maxMs?: number;
  /** Highest probability, 0–1. Default 0.5. */
  readonly maxProbability?: number;
}

type Times = fc.Arbitrary<number>;

/** What each kind needs besides its name; by kind, so that none can be forgotten. */
const OWN: { readonly [K in FaultKind]: (ms: Times) => fc.Arbitrary<Fault> } = {
  refuse: () =>
    fc.record({
      kind: fc.constant('refuse'),
      code: fc.constantFrom(
        'InternalError',
        'QpsLimitExceeded',
        'AccessDenied',
        'ServiceUnavailable',
        'Throttling.User',
      ),
    }),
  throttle: () => fc.constant({ kind: 'throttle' }),
  'server-error': () =>
    fc.record({ kind: fc.constant('server-error'), status: fc.constantFrom(...([500, 502, 503] as const)) }),
  delay: (ms) => fc.record({ kind: fc.constant('delay'), delayMs: ms }),
  'skew-clock': (ms) =>
    fc
      .tuple(ms, fc.boolean())
      .map(([skewMs, isBehind]) => ({ kind: 'skew-clock', skewMs: isBehind ? -skewMs : skewMs })),
  'reset-before-effect': () => fc.constant({ kind: 'reset-before-effect' }),
  'reset-after-effect': () => fc.constant({ kind: 'reset-after-effect' }),
  'truncate-reply': () => fc.constant({ kind: 'truncate-reply' }),
  'corrupt-reply': () => fc.constant({ kind: 'corrupt-reply' }),
  'wrong-md5': () => fc.constant({ kind: 'wrong-md5' }),
  'expire-credentials': () => fc.constant({ kind: 'expire-credentials' }),
  'duplicate-message': () => fc.constant({ kind: 'duplicate-message' }),
  'reorder-message': (ms) => fc.record({ kind: fc.constant('reorder-message'), behindMs: ms }),
  'delay-message': (ms) => fc.record({ kind: fc.constant('delay-message'), delayMs: ms }),
  'early-visibility': (ms) => fc.record({ kind: fc.constant('early-visibility'), earlyMs: ms }),
  'drop-delivery': () => fc.constant({ kind: 'drop-delivery' }),
  'repeat-delivery': () => fc.constant({ kind: 'repeat-delivery' }),
  'late-delivery': (ms) => fc.record({ kind: fc.constant('late-delivery'), delayMs: ms }),
  'hold-task': () => fc.constant({ kind: 'hold-task' }),
  'slow-task': (ms) => fc.record({ kind: fc.constant('slow-task'), extraMs: ms }),
  'fail-task': () => fc.constant({ kind: 'fail-task', code: 'ConvertTimeout' }),
  'duplicate-event': () => fc.constant({ kind: 'duplicate-event' }),
  'no-event': () => fc.constant({ kind: 'no-event' }),
};

const END_BY_HAND: ReadonlySet<FaultKind> = new Set(['hold-task', 'expire-credentials']);

/** Every kind of fault. */
export const FAULT_KINDS: readonly FaultKind[] = Object.keys(OWN).filter((kind): kind is FaultKind => kind in OWN);

/**
 * Any fault, for `emulator.faults.add`: what an app has to bear. It shrinks to a rarer and shorter one.
 *
 * A plan of faults is `fc.array(arbitraryFault())`.
 */
export function arbitraryFault(options: ArbitraryFaultOptions = {}): fc.Arbitrary<Fault> {
  const {
    kinds = FAULT_KINDS.filter((kind) => !END_BY_HAND.has(kind)),
    maxMs = 60_000,
    maxProbability = 0.5,
  } = options;
  const ms = fc.integer({ min: 1, max: maxMs });
  const chance = fc.integer({ min: 0, max: Math.round(maxProbability * 100) });
  return fc
    .tuple(fc.oneof(...kinds.map((kind) => OWN[kind](ms))), chance)
    .map(([fault, percent]) => ({ ...fault, probability: percent / 100 }));
}
