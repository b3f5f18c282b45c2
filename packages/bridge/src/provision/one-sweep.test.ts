import { MnsbusError, SeededRandom, VirtualClock } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { MnsServiceError } from '../mns/mns-error.js';
import { ReplicaFamily } from './replica-family.js';
import { ReplicaSweep, type SweepCalls } from './replica-sweep.js';

const family = new ReplicaFamily({ accountId: '1', region: 'cn-beijing', topicName: 't', prefix: 'events' });
const nameOf = (digit: string): string => family.nameOf((digits) => digit.repeat(digits));
const [OWN, DEAD, OTHER] = [nameOf('0'), nameOf('d'), nameOf('e')];
const START_SECONDS = 1_800_000_000;

interface Room {
  readonly queues: Map<string, string | undefined>;
  readonly subscriptions: Map<string, string>;
  readonly calls: string[];
  readonly removed: string[];
  readonly failing: Map<string, Error>;
  /** Sweeps after so many minutes, by the service's clock and ours. */
  readonly sweep: (minutes: number, serviceSeconds?: number) => Promise<void>;
}

/** A service with a queue and a subscription of each name, changed so long ago. */
function room(names: readonly string[], agoSeconds: number, draw = 0): Room {
  const clock = new VirtualClock(0);
  const modified = String(START_SECONDS - agoSeconds);
  const queues = new Map<string, string | undefined>(names.map((name) => [family.queue(name).path, modified]));
  const subscriptions = new Map(names.map((name) => [family.subscription(name).path, name]));
  const calls: string[] = [];
  const removed: string[] = [];
  const failing = new Map<string, Error>();
  const noted = (call: string): void => {
    calls.push(call);
    const error = failing.get(call);
    if (error !== undefined) throw error;
  };
  const admin: SweepCalls = {
    subscriptionsOf: async () => [...subscriptions.values()],
    read: async ({ kind, path }) => {
      noted(`read ${path}`);
      if (kind === 'queue') return queues.has(path) ? { LastModifyTime: queues.get(path) ?? '' } : undefined;
      const name = subscriptions.get(path);
      if (name === undefined) return undefined;
      const { attributes, onCreation } = family.subscription(name);
      return { ...attributes, ...onCreation, LastModifyTime: modified };
    },
    remove: async ({ path }) => {
      noted(`remove ${path}`);
      queues.delete(path);
      subscriptions.delete(path);
    },
  };
  const random = Object.assign(new SeededRandom('sweep'), { integer: () => draw });
  const sweeper = new ReplicaSweep({ family, ownName: OWN, clock, random, onRemoved: (name) => removed.push(name) });
  return {
    queues,
    subscriptions,
    calls,
    removed,
    failing,
    sweep: async (minutes, serviceSeconds = minutes * 60) => {
      await clock.advanceBy(minutes * 60_000 - clock.now());
      await sweeper.run(admin, START_SECONDS + serviceSeconds);
    },
  };
}

function refusal(mnsCode: string, status: number, message = 'm'): MnsServiceError {
  return new MnsServiceError({ mnsCode, status, message, requestId: undefined, cause: undefined });
}

const removals = ({ calls }: Room): string[] => calls.filter((call) => call.startsWith('remove'));

describe('A single sweep', () => {
  it('removes queue and subscription, the queue first, of what has stood still for three minutes under its eyes', async () => {
    const made = room([OWN, DEAD], 10_000);
    await made.sweep(10);
    await made.sweep(12.99);
    expect(removals(made)).toEqual([]);
    await made.sweep(13);
    expect(removals(made)).toEqual([`remove ${family.queue(DEAD).path}`, `remove ${family.subscription(DEAD).path}`]);
    expect(made.removed).toEqual([DEAD]);
    expect(made.calls.filter((call) => call.includes(OWN))).toEqual([]);
  });

  it.each([
    [720, 3, 0],
    [721, 3, 1],
  ])(
    'leaves alone what was changed %d s before it was first seen, %d minutes later: %d',
    async (ago, minutes, count) => {
      const made = room([DEAD], ago);
      await made.sweep(0);
      await made.sweep(minutes);
      expect(made.removed).toHaveLength(count);
    },
  );

  it.each<[string, (made: Room) => void]>([
    ['is changed meanwhile', ({ queues }) => queues.set(family.queue(DEAD).path, String(START_SECONDS - 5000))],
    ['is gone meanwhile', ({ queues }) => queues.delete(family.queue(DEAD).path)],
  ])('watches anew a queue that %s', async (_, change) => {
    const made = room([DEAD], 10_000);
    await made.sweep(0);
    change(made);
    await made.sweep(3);
    expect(made.removed).toEqual([]);
    await made.sweep(6);
    expect(made.removed).toEqual([DEAD]);
  });

  it('watches anew when the subscription was gone in between', async () => {
    const made = room([DEAD], 10_000);
    const { path } = family.subscription(DEAD);
    await made.sweep(0);
    made.subscriptions.delete(path);
    await made.sweep(1);
    made.subscriptions.set(path, DEAD);
    await made.sweep(3);
    expect(made.removed).toEqual([]);
  });

  it.each([
    ['stands still', [0, 0], 0],
    ['was set back', [0, -60], 0],
    ['has gone on', [0, 1], 1],
  ])('believes the service only if its clock %s', async (_, [first, second], count) => {
    const made = room([DEAD], 10_000);
    await made.sweep(0, first);
    await made.sweep(3, second);
    expect(made.removed).toHaveLength(count);
  });

  it('watches anew when the clock of the service was set back, but not when it stood still for a while', async () => {
    const [back, still] = [room([DEAD], 10_000), room([DEAD], 10_000)];
    for (const [minutes, serviceSeconds] of [
      [0, 0],
      [3, -60],
      [4, 10],
    ] as const)
      await back.sweep(minutes, serviceSeconds);
    expect(back.removed).toEqual([]);
    await back.sweep(6, 130);
    expect(back.removed).toEqual([DEAD]);
    await still.sweep(0, 0);
    await still.sweep(2, 0);
    await still.sweep(3, 1);
    expect(still.removed).toEqual([DEAD]);
  });

  it('goes by the subscription where there is no queue', async () => {
    for (const [ago, count] of [
      [10_000, 1],
      [600, 0],
    ] as const) {
      const made = room([DEAD], ago);
      made.queues.clear();
      await made.sweep(0);
      await made.sweep(3);
      expect(made.removed).toHaveLength(count);
    }
  });

  it('touches nothing whose time cannot be read', async () => {
    const made = room([DEAD], 10_000);
    made.queues.set(family.queue(DEAD).path, 'soon');
    for (const minutes of [0, 3, 6]) await made.sweep(minutes);
    expect(made.removed).toEqual([]);
  });

  it('touches nothing that has not the name of a replica, or is not made as replicas make theirs', async () => {
    const made = room([`${DEAD}0`, DEAD], 10_000);
    made.subscriptions.set(family.subscription(DEAD).path, OTHER);
    for (const minutes of [0, 3, 6]) await made.sweep(minutes);
    expect([made.removed, removals(made)]).toEqual([[], []]);
  });

  it('is left to two of the replicas at a time', async () => {
    for (const [draw, count] of [
      [1, 1],
      [2, 0],
    ] as const) {
      const made = room([DEAD], 10_000, draw);
      await made.sweep(0);
      await made.sweep(3);
      expect(made.removed).toHaveLength(count);
    }
  });

  it('goes on with the next where one is refused for good, and says so in the end', async () => {
    const made = room([DEAD, OTHER], 10_000);
    const refusals = [DEAD, OTHER].map((name) => refusal('AccessDenied', 403, name));
    await made.sweep(0);
    for (const [index, name] of [DEAD, OTHER].entries())
      made.failing.set(`remove ${family.queue(name).path}`, refusals[index] ?? new Error());
    await expect(made.sweep(3)).rejects.toBe(refusals[0]);
    expect(removals(made)).toHaveLength(2);
    made.failing.delete(`remove ${family.queue(OTHER).path}`);
    await expect(made.sweep(4)).rejects.toBe(refusals[0]);
    expect(made.removed).toEqual([OTHER]);
  });

  it.each([
    ['fails in passing', refusal('InternalError', 500)],
    ['is not answered', new MnsbusError({ code: 'MNS_UNREACHABLE', message: 'm', retryable: true })],
  ])('ends where a call %s', async (_, error) => {
    const made = room([DEAD, OTHER], 10_000);
    made.failing.set(`read ${family.subscription(DEAD).path}`, error);
    await expect(made.sweep(0)).rejects.toBe(error);
    expect(made.calls).toHaveLength(1);
  });
});
