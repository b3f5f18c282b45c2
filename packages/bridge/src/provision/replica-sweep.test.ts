import { fc, it as prop } from '@fast-check/vitest';
import { SeededRandom, VirtualClock } from '@mnsbus/core';
import { describe, expect } from 'vitest';
import type { SdkReply } from '../mns/sdk-client.js';
import type { MnsCall } from '../mns/transport.js';
import type { QueueFact } from '../status/bridge-status.js';
import { scriptedTransport, sdkRefusal } from '../test-support/scripted-transport.js';
import { AdminClient } from './admin-client.js';
import { ReplicaFamily } from './replica-family.js';
import { ReplicaQueue } from './replica-queue.js';

const FAMILY = { accountId: '1', region: 'cn-beijing', topicName: 't', prefix: 'events' } as const;
const family = new ReplicaFamily(FAMILY);
const ENDPOINT = (name: string): string => `acs:mns:cn-beijing:1:queues/${name}`;
const MINUTE_MS = 60_000;

/** How the service's clocks behave. */
interface ServiceClock {
  /** One for each of its machines; a call meets any of them. */
  readonly skewsSeconds: readonly number[];
  readonly jumps: readonly { readonly atMinute: number; readonly bySeconds: number }[];
  /** LastModifyTime stays what it was at first. */
  readonly isFrozen: boolean;
}

type Attributes = Record<string, string>;

/** Queues and subscriptions of a service whose clocks cannot be trusted, and whose lists come in pages of any size. */
class OddService {
  readonly queues = new Map<string, Attributes>();
  readonly subscriptions = new Map<string, Attributes>();
  readonly #clock: VirtualClock;
  readonly #startMs: number;
  readonly #odd: ServiceClock;
  readonly #pageSize: number;
  #calls = 0;

  constructor(clock: VirtualClock, odd: ServiceClock, pageSize: number) {
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#odd = odd;
    this.#pageSize = pageSize;
  }

  nowSeconds(): number {
    const { skewsSeconds, jumps } = this.#odd;
    const minutes = (this.#clock.now() - this.#startMs) / MINUTE_MS;
    const jumped = jumps
      .filter(({ atMinute }) => atMinute <= minutes)
      .reduce((sum, { bySeconds }) => sum + bySeconds, 0);
    this.#calls += 1;
    const skew = skewsSeconds[this.#calls % skewsSeconds.length] ?? 0;
    return 1_800_000_000 + Math.floor(minutes * 60) + jumped + skew;
  }

  /** Changes a queue; without effect, nothing is touched. */
  change(name: string, changes: Attributes): void {
    const queue = this.queues.get(name);
    if (queue === undefined) throw sdkRefusal('QueueNotExist', 404);
    const hasEffect = Object.entries(changes).some(([key, value]) => queue[key] !== value);
    Object.assign(queue, changes);
    if (hasEffect && !this.#odd.isFrozen) queue['LastModifyTime'] = String(this.nowSeconds());
  }

  answer(call: MnsCall): SdkReply {
    const { method, resource, headers = {} } = call;
    const [path = '', query] = resource.split('?');
    const given = Object.fromEntries(
      [...call.body.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, key, text]) => [key, text ?? '']),
    );
    if (path === '/topics/t/subscriptions') return this.#list(headers['x-mns-prefix'] ?? '', headers['x-mns-marker']);
    const name = path.replace(/^.*\//, '');
    const isQueue = path.startsWith('/queues/');
    const all = isQueue ? this.queues : this.subscriptions;
    const existing = all.get(name);
    const reply = (code: number, body?: Attributes): SdkReply => ({ code, headers: {}, ...(body && { body }) });
    if (method === 'DELETE') {
      all.delete(name);
      return reply(204);
    }
    if (method === 'PUT' && query === undefined) {
      if (existing !== undefined) return reply(204);
      all.set(name, { ...given, LastModifyTime: String(this.nowSeconds()) });
      return reply(201);
    }
    if (existing === undefined) throw sdkRefusal(isQueue ? 'QueueNotExist' : 'SubscriptionNotExist', 404);
    if (method === 'GET') return reply(200, { ...existing });
    this.change(name, given);
    return reply(204);
  }

  // Names that were not asked for, and some twice: a list is only what somebody says.
  #list(prefix: string, marker: string | undefined): SdkReply {
    const names = [...this.subscriptions.keys()].toSorted();
    const from = Number(marker ?? 0);
    const page = names.slice(from, from + this.#pageSize);
    const isLast = from + this.#pageSize >= names.length;
    const urls = [...page, ...page.slice(0, 1), prefix, `${prefix}/x`];
    return {
      code: 200,
      headers: {},
      body: {
        Subscription: urls.map((name) => ({ SubscriptionURL: `http://1.mns.test/topics/t/subscriptions/${name}` })),
        ...(isLast ? {} : { NextMarker: String(from + this.#pageSize) }),
      },
    };
  }
}

const asMade = (name: string): Attributes => ({ Endpoint: ENDPOINT(name), NotifyContentFormat: 'JSON' });

/** What may stand beside a replica: what is left of dead ones, living ones, and what only looks like either. */
const KINDS = {
  dead: (name) => ({ queue: name, subscription: { name, ...asMade(name) } }),
  orphan: (name) => ({ queue: undefined, subscription: { name, ...asMade(name) } }),
  living: (name) => ({ queue: name, subscription: { name, ...asMade(name) } }),
  'living slowly': (name) => ({ queue: name, subscription: { name, ...asMade(name) } }),
  'queue alone': (name) => ({ queue: name, subscription: undefined }),
  'other endpoint': (name) => ({ queue: name, subscription: { name, ...asMade(`${name.slice(0, -1)}g`) } }),
  'other account': (name) => ({
    queue: name,
    subscription: { name, ...asMade(name), Endpoint: ENDPOINT(name).replace(':1:', ':2:') },
  }),
  pushed: (name) => ({ queue: name, subscription: { name, ...asMade(name), Endpoint: `http://h/queues/${name}` } }),
  'other format': (name) => ({ queue: name, subscription: { name, ...asMade(name), NotifyContentFormat: 'XML' } }),
  filtered: (name) => ({ queue: name, subscription: { name, ...asMade(name), FilterTag: 'paid' } }),
  longer: (name) => ({ queue: `${name}0`, subscription: { name: `${name}0`, ...asMade(`${name}0`) } }),
  shorter: (name) => ({
    queue: name.slice(0, -1),
    subscription: { name: name.slice(0, -1), ...asMade(name.slice(0, -1)) },
  }),
  capitals: (name) => {
    const other = `${name.slice(0, -1)}A`;
    return { queue: other, subscription: { name: other, ...asMade(other) } };
  },
  'other prefix': (name) => ({ queue: `my-${name}`, subscription: { name: `my-${name}`, ...asMade(`my-${name}`) } }),
  'prefix of ours': (name) => {
    const other = name.replace('events-r-', 'events-r-r-');
    return { queue: other, subscription: { name: other, ...asMade(other) } };
  },
} satisfies Record<string, (name: string) => { queue: string | undefined; subscription: Attributes | undefined }>;

const neighbour = fc.record({
  kind: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
  id: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }).map((value) => value.toString(16).padStart(16, '0')),
  ageSeconds: fc.constantFrom('0', '899', '901', '86400', '-7200', 'NaN'),
});

const neighbours = fc.uniqueArray(neighbour, { maxLength: 12, selector: ({ id }) => id });

async function live(
  given: readonly { readonly kind: keyof typeof KINDS; readonly id: string; readonly ageSeconds: string }[],
  odd: ServiceClock,
  pageSize: number,
  minutes: number,
): Promise<{ lost: string[]; left: string[]; facts: QueueFact[] }> {
  const clock = new VirtualClock();
  const service = new OddService(clock, odd, pageSize);
  const lost: string[] = [];
  const removable: string[] = [];
  for (const [index, { kind, id, ageSeconds }] of given.entries()) {
    const { queue, subscription } = KINDS[kind](family.nameOf(() => id));
    const modified = { LastModifyTime: String(service.nowSeconds() - Number(ageSeconds)) };
    if (queue !== undefined) service.queues.set(queue, { ...modified, PollingWaitSeconds: '0' });
    if (subscription !== undefined) {
      const { name, ...attributes } = subscription;
      service.subscriptions.set(name, { ...attributes, ...modified });
    }
    if ((kind === 'dead' || kind === 'orphan') && ageSeconds !== 'NaN') removable.push(subscription?.['name'] ?? '');
    if (queue === undefined || !kind.startsWith('living')) continue;
    const everyMs = kind === 'living' ? MINUTE_MS : 170_000;
    const beat = (): void => {
      if (service.queues.has(queue)) {
        service.change(queue, {
          PollingWaitSeconds: service.queues.get(queue)?.['PollingWaitSeconds'] === '1' ? '0' : '1',
        });
      }
      clock.after(everyMs, beat, { isBackground: true });
    };
    clock.after(index * 4000, beat, { isBackground: true });
  }
  const before = { queues: [...service.queues.keys()], subscriptions: [...service.subscriptions.keys()] };
  const facts: QueueFact[] = [];
  const random = new SeededRandom('sweep');
  const replica = new ReplicaQueue({
    ...FAMILY,
    admin: new AdminClient({ transport: scriptedTransport((call) => service.answer(call)), clock, random }),
    clock,
    random,
    report: (fact) => facts.push(fact),
    onRecreated: () => {},
  });
  await clock.runUntil(replica.open());
  await clock.advanceBy(minutes * MINUTE_MS);
  await clock.runUntil(replica.close());
  for (const name of before.queues) if (!service.queues.has(name)) lost.push(name);
  for (const name of before.subscriptions) if (!service.subscriptions.has(name)) lost.push(name);
  const left = removable.filter((name) => service.queues.has(name) || service.subscriptions.has(name));
  return { lost: lost.filter((name) => !removable.includes(name)), left, facts };
}

const steady: ServiceClock = { skewsSeconds: [0], jumps: [], isFrozen: false };

describe('A sweep', () => {
  prop.prop([neighbours, fc.integer({ min: 1, max: 5 })], { numRuns: 60 })(
    'removes all that dead replicas have left, and nothing else',
    async (given, pageSize) => {
      const { lost, left, facts } = await live(given, steady, pageSize, 180);
      expect({ lost, left }).toEqual({ lost: [], left: [] });
      expect(facts.filter(({ type }) => type !== 'replica-removed')).toEqual([]);
    },
  );

  prop.prop([
    neighbours,
    fc.record({
      skewsSeconds: fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 1, maxLength: 3 }),
      jumps: fc.array(
        fc.record({
          atMinute: fc.integer({ min: 0, max: 200 }),
          bySeconds: fc.integer({ min: -100_000, max: 100_000 }),
        }),
        { maxLength: 4 },
      ),
      isFrozen: fc.boolean(),
    }),
    fc.integer({ min: 1, max: 5 }),
  ])('removes nothing of the living and of others, whatever the service’s clocks say', async (given, odd, pageSize) => {
    expect((await live(given, odd, pageSize, 240)).lost).toEqual([]);
  });
});
