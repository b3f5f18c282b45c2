import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { START_MS, messageXml, signedRequest } from '../mns/test-support/mns-fixture.js';
import { put } from './test-support/conformance-row.js';
import { ConformanceWorld } from './test-support/conformance-world.js';
import { ReferencePolls, type PollEnd } from './test-support/reference-polls.js';

// Invariants I16, I17 and I18, through the front door: receives that wait, messages that come at once or
// later, clients that go, and time that passes, in any order and several within one instant.

type Action =
  | { readonly kind: 'send'; readonly delaySeconds: number }
  | { readonly kind: 'poll'; readonly count: number; readonly waitSeconds: number }
  | { readonly kind: 'leave'; readonly which: number };

/** What happens within one instant, and how much time passes after it. */
interface Round {
  readonly actions: readonly Action[];
  readonly thenMs: number;
}

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), delaySeconds: fc.constantFrom(0, 0, 1, 2, 3) }),
  fc.record({
    kind: fc.constant('poll' as const),
    count: fc.integer({ min: 1, max: 3 }),
    waitSeconds: fc.constantFrom(0, 1, 2, 3, 30),
  }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat({ max: 9 }) }),
);
const round: fc.Arbitrary<Round> = fc.record({
  actions: fc.array(action, { maxLength: 5 }),
  // Instants at which delays end, waits end, and both by a millisecond apart.
  thenMs: fc.constantFrom(0, 1, 99, 100, 899, 900, 901, 999, 1000, 1900, 2000),
});

/** Plays rounds on an emulator, and tells how each receive ended. */
async function play(rounds: readonly Round[]): Promise<ReadonlyMap<number, PollEnd>> {
  const world = new ConformanceWorld();
  // What is received stays away until everything is over.
  await world.begin([
    { call: put('/queues/orders?metaoverride=true', '<Queue><VisibilityTimeout>43200</VisibilityTimeout></Queue>') },
  ]);
  const { clock, emulator } = world;
  const ends = new Map<number, PollEnd>();
  const clients: AbortController[] = [];
  const request = (
    method: string,
    target: string,
    body = '',
    signal?: AbortSignal,
  ): ReturnType<typeof emulator.handle> =>
    emulator.handle(signedRequest(clock.now(), method, target, body, signal === undefined ? {} : { signal }));
  let sent = 0;

  const act = (step: Action): void => {
    if (step.kind === 'send') {
      sent += 1;
      void request(
        'POST',
        '/queues/orders/messages',
        messageXml(`m${sent}`, `<DelaySeconds>${step.delaySeconds}</DelaySeconds>`),
      );
    } else if (step.kind === 'poll') {
      const id = clients.length;
      const client = new AbortController();
      clients.push(client);
      const target = `/queues/orders/messages?numOfMessages=${step.count}&waitseconds=${step.waitSeconds}`;
      void request('GET', target, '', client.signal).then(({ body }) => {
        const bodies = [
          ...Buffer.from(body)
            .toString('utf8')
            .matchAll(/<MessageBody>(\w+)</g),
        ].map(([, text = '']) => text);
        return ends.set(id, { atMs: clock.now(), bodies });
      });
    } else {
      clients[step.which]?.abort();
    }
  };

  for (const { actions, thenMs } of rounds) {
    for (const step of actions) act(step);
    await clock.advanceBy(thenMs);
  }
  await clock.advanceBy(40_000);
  world.close();
  return ends;
}

/** What the same rounds must come to. */
function expected(rounds: readonly Round[]): ReadonlyMap<number, PollEnd> {
  const reference = new ReferencePolls(START_MS);
  let nowMs = START_MS;
  let sent = 0;
  let polls = 0;
  for (const { actions, thenMs } of rounds) {
    for (const step of actions) {
      if (step.kind === 'send') reference.send(`m${(sent += 1)}`, step.delaySeconds);
      else if (step.kind === 'poll') reference.poll(polls++, step.count, step.waitSeconds);
      else if (step.which < polls) reference.leave(step.which);
    }
    reference.advanceTo((nowMs += thenMs));
  }
  reference.advanceTo(nowMs + 40_000);
  return reference.ends;
}

describe('receives that wait', () => {
  it.prop([fc.array(round, { maxLength: 12 })], { numRuns: 300 })(
    'end at the first instant with something for them, in order, else just before their limit (I16, I17, I18)',
    async (rounds) => {
      const byId = (ends: ReadonlyMap<number, PollEnd>): readonly unknown[] => [...ends].toSorted(([a], [b]) => a - b);
      expect(byId(await play(rounds))).toEqual(byId(expected(rounds)));
    },
  );

  it.prop([fc.array(round, { maxLength: 12 })], { numRuns: 100 })(
    'give no message twice, and none that was not sent',
    async (rounds) => {
      const bodies = [...(await play(rounds)).values()].flatMap((end) => end.bodies);
      const sent = rounds.flatMap(({ actions }) => actions).filter(({ kind }) => kind === 'send').length;
      expect(new Set(bodies).size).toBe(bodies.length);
      expect(bodies.every((body) => Number(body.slice(1)) <= sent)).toBe(true);
    },
  );

  it.prop([fc.scheduler(), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })], { numRuns: 100 })(
    'share what is sent, one message each, whoever comes first (I17)',
    async (scheduler, senders, pollers) => {
      const world = new ConformanceWorld();
      await world.begin();
      const outcomes: string[] = [];
      const poll = scheduler.scheduleFunction(async (index: number) => {
        const target = '/queues/orders/messages?waitseconds=30';
        const pending = world.emulator.handle(signedRequest(world.clock.now(), 'GET', target, ''));
        void pending.then(({ status }) => outcomes.push(`${index}:${status}`));
      });
      const send = scheduler.scheduleFunction(async (index: number) => {
        await world.emulator.handle(
          signedRequest(world.clock.now(), 'POST', '/queues/orders/messages', messageXml(`m${index}`)),
        );
      });
      for (let index = 0; index < pollers; index += 1) void poll(index);
      for (let index = 0; index < senders; index += 1) void send(index);
      await scheduler.waitIdle();
      await world.clock.advanceBy(0);
      expect(outcomes).toHaveLength(Math.min(senders, pollers));
      expect(outcomes.every((outcome) => outcome.endsWith(':200'))).toBe(true);
      await world.clock.advanceBy(29_900);
      expect(outcomes.filter((outcome) => outcome.endsWith(':404'))).toHaveLength(Math.max(0, pollers - senders));
      world.close();
    },
  );
});
