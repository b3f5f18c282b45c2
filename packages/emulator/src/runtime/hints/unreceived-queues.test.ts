import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { UNRECEIVED_MS, UnreceivedQueues } from './unreceived-queues.js';

type Step =
  | { readonly kind: 'arrived' | 'received' | 'deleted'; readonly queue: string }
  | { readonly kind: 'wait'; readonly ms: number };

const queue = fc.constantFrom('a', 'b', 'c');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('arrived' as const, 'received' as const, 'deleted' as const), queue }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: UNRECEIVED_MS }) }),
);

describe('the queues that nobody receives from', () => {
  it.prop([fc.array(step, { maxLength: 40 })])(
    'are told of once in their lives, at the first look after a minute with messages, and never after a receive',
    (steps) => {
      let nowMs = 1_000_000;
      const told: string[] = [];
      const queues = new UnreceivedQueues(
        { accountId: '1', region: 'r' },
        () => nowMs,
        ({ subject }) => told.push(subject),
      );
      // The plainest reading of the rule: what each queue has gone through since it was made.
      const since = new Map<string, number>();
      const settled = new Set<string>();
      const expected: string[] = [];
      const look = (): void => {
        for (const [name, atMs] of [...since].toSorted(([, a], [, b]) => a - b)) {
          if (settled.has(name) || nowMs - atMs < UNRECEIVED_MS) continue;
          settled.add(name);
          expected.push(`queues/${name} of 1 in r`);
        }
      };
      for (const each of steps) {
        if (each.kind === 'wait') {
          nowMs += each.ms;
          queues.look(nowMs);
          look();
          continue;
        }
        queues[each.kind](each.queue);
        if (each.kind === 'arrived') {
          if (!settled.has(each.queue) && !since.has(each.queue)) since.set(each.queue, nowMs);
        } else {
          since.delete(each.queue);
          if (each.kind === 'received') settled.add(each.queue);
          else settled.delete(each.queue);
        }
        expect(told.toSorted()).toEqual(expected.toSorted());
      }
      expect(told.toSorted()).toEqual(expected.toSorted());
    },
  );
});
