import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { UNRECEIVED_MS, UnreceivedQueues } from './unreceived-queues.js';

type Step =
  | { readonly kind: 'received' | 'deleted' | 'purged'; readonly queue: string }
  | { readonly kind: 'arrived'; readonly queue: string; readonly delayMs: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'reset' | 'restored' };

const queue = fc.constantFrom('a', 'b', 'c');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('received' as const, 'deleted' as const), queue }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('purged' as const), queue }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('arrived' as const),
      queue,
      delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4 * UNRECEIVED_MS })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: UNRECEIVED_MS }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('reset' as const, 'restored' as const) }) },
);

describe('the queues that nobody receives from', () => {
  it.prop([fc.array(step, { maxLength: 60 })])(
    'are told of once in their lives, at the first look after a message could be received for a minute, and never after a receive',
    (steps) => {
      let nowMs = 1_000_000;
      // What each queue has: when each message can be received.
      const messages = new Map<string, readonly number[]>();
      const told: string[] = [];
      const queues = new UnreceivedQueues({
        tenant: { accountId: '1', region: 'r' },
        now: () => nowMs,
        report: ({ subject }) => told.push(subject),
        receivableSinceMs: (name) => (messages.get(name) ?? []).toSorted((a, b) => a - b)[0],
      });
      // The plainest reading of the rule.
      const settled = new Set<string>();
      const expected: string[] = [];
      let replacedAtMs = 0;
      const look = (): void => {
        if (nowMs - replacedAtMs < UNRECEIVED_MS) return;
        for (const [name, sinceMs] of messages) {
          if (settled.has(name) || !sinceMs.some((ms) => nowMs - ms >= UNRECEIVED_MS)) continue;
          settled.add(name);
          expected.push(`queues/${name} of 1 in r`);
        }
      };
      const apply = (each: Step): void => {
        switch (each.kind) {
          case 'wait':
            nowMs += each.ms;
            queues.look(nowMs);
            look();
            return;
          case 'arrived':
            messages.set(each.queue, [...(messages.get(each.queue) ?? []), nowMs + each.delayMs]);
            queues.arrived(each.queue);
            look();
            return;
          case 'received':
            queues.received(each.queue);
            settled.add(each.queue);
            return;
          case 'deleted':
            messages.delete(each.queue);
            queues.deleted(each.queue);
            settled.delete(each.queue);
            return;
          case 'purged':
            messages.delete(each.queue);
            return;
          case 'reset':
            messages.clear();
            queues.replaced([]);
            settled.clear();
            return;
          case 'restored':
            queues.replaced([...messages.keys()]);
            settled.clear();
            replacedAtMs = nowMs;
        }
      };
      for (const each of steps) {
        apply(each);
        expect(told.toSorted()).toEqual(expected.toSorted());
      }
    },
  );
});
