import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@mnsbus/core';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../config/config-file.js';
import { emulatorOptions } from '../config/emulator-options.js';
import { createEmulator } from '../emulator.js';
import { signedRequest } from '../mns/test-support/mns-fixture.js';
import { openEmulator } from '../open-emulator.js';
import { emulatorWorld, textIn } from '../test-support/emulator-world.js';
import { PROFILES } from './profile.js';
import { readProfile } from './read-profile.js';

const QUEUES = {
  queues: [{ name: 'q' }],
  topics: [{ name: 't', subscriptions: [{ name: 's', queue: 'q' }] }],
} as const;
const MESSAGE = '<Message><MessageBody>x</MessageBody></Message>';

describe('a profile', () => {
  it('is kind when nobody says otherwise, and leaves no trace', () => {
    const emulator = createEmulator();
    expect(emulator.profile).toEqual({ name: 'kind', changed: [] });
    expect(emulator.journal.entries()).toEqual([]);
    expect(emulator.faults.list()).toEqual([]);
    emulator.close();
  });

  it('is told by the first entry of the journal', () => {
    const emulator = createEmulator({ profile: { base: 'cloud', throttling: false } });
    expect(emulator.profile).toEqual({ name: 'cloud', changed: ['throttling'] });
    expect(emulator.journal.entries()[0]).toMatchObject({ kind: 'profile', profile: 'cloud', changed: ['throttling'] });
    emulator.close();
  });

  it('is data: a name, with what is to be otherwise', () => {
    const { behaviours } = readProfile({
      base: 'cloud',
      narrowReceives: { probability: 1 },
      paceMs: { send: { kind: 'fixed', ms: 3 } },
      earlyEndMs: { kind: 'list', valuesMs: [150] },
      repeatedEvents: 0.5,
      countsAgeMs: false,
    });
    const { cloud, kind } = PROFILES;
    expect(behaviours).toEqual({
      ...cloud,
      narrowReceives: { ...cloud.narrowReceives, probability: 1 },
      paceMs: { ...cloud.paceMs, send: { kind: 'fixed', ms: 3 } },
      earlyEndMs: { kind: 'list', valuesMs: [150] },
      repeatedEvents: 0.5,
      countsAgeMs: kind.countsAgeMs,
    });
    expect(readProfile({ base: 'kind', stripes: 4 }).behaviours).toEqual({ ...kind, stripes: 4 });
  });

  it.each([
    ['unkind', 'profile: expected kind, cloud, or an object'],
    [7, 'profile: expected kind, cloud, or an object'],
    [{ base: 'cloudy' }, 'profile.base'],
    [{}, 'profile.base'],
    [{ base: 'cloud', stripes: 17 }, 'profile.stripes'],
    [{ base: 'cloud', repeatedEvents: 2 }, 'profile.repeatedEvents'],
    [{ base: 'cloud', throttling: { messagesPerSecond: 0 } }, 'profile.throttling'],
    [{ base: 'cloud', paceMs: { send: -1 } }, 'profile.paceMs'],
    [{ base: 'cloud', latency: 5 }, 'latency'],
  ])('%j is refused, and says where', (profile, message) => {
    const create = (): unknown => createEmulator({ profile: profile as never });
    expect(create).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  it('comes from a config file, too', () => {
    const optionsOf = (text: string): unknown => emulatorOptions(parseConfig(text, 'c').config).profile;
    expect(optionsOf('profile: cloud')).toBe('cloud');
    expect(optionsOf('profile: { base: cloud, stripes: false }')).toEqual({ base: 'cloud', stripes: false });
    expect(() => optionsOf('profile: { base: cloud, stripes: many }')).toThrow(
      'c:1:34: profile.stripes: expected a whole number from 1 to 16, or false, received the text "many"',
    );
    expect(() => optionsOf('profile: { base: cloud, stripe: 3 }')).toThrow('did you mean "stripes"?');
  });

  it('gives way to the options beside it', async () => {
    const { emulator, call } = emulatorWorld({ profile: 'cloud', mns: { stripes: 1 }, resources: QUEUES });
    const ten = Array.from({ length: 10 }, () => MESSAGE).join('');
    await call('POST', '/queues/q/messages', `<Messages>${ten}</Messages>`);
    const text = await call('GET', '/queues/q/messages?numOfMessages=16&waitseconds=5');
    expect(text.match(/<ReceiptHandle>/g)).toHaveLength(10);
    emulator.close();
  });

  it('lets go of what it holds back when the emulator is closed', async () => {
    const clock = new VirtualClock();
    const emulator = createEmulator({ region: 'cn-hangzhou', clock, profile: 'cloud', resources: QUEUES });
    const answer = emulator.handle(signedRequest(clock.now(), 'POST', '/queues/q/messages', MESSAGE));
    await clock.advanceBy(1);
    emulator.close();
    expect((await answer).status).toBe(201);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('throttling', () => {
  it('refuses what is more than a second may have, after it has held it back, and lets it through a second later', async () => {
    const { clock, emulator } = emulatorWorld({
      profile: {
        base: 'kind',
        throttling: { messagesPerSecond: 3, othersPerSecond: 1, holdMs: { kind: 'uniform', leastMs: 10, mostMs: 500 } },
      },
      resources: QUEUES,
    });
    const two = `<Messages>${MESSAGE}${MESSAGE}</Messages>`;
    const at = async (method: string, target: string, body: string): Promise<string> => {
      const reply = emulator.handle(signedRequest(clock.now(), method, target, body));
      const { status, body: bytes } = await clock.runUntil(reply);
      return `${status} ${textIn(Buffer.from(bytes).toString('utf8'), 'Code')}`.trim();
    };
    // A batch counts as many as it has, and what is no message counts apart.
    expect(await at('POST', '/queues/q/messages', two)).toBe('201');
    expect(await at('GET', '/queues/q', '')).toBe('200');
    expect(await at('POST', '/queues/q/messages', MESSAGE)).toBe('201');
    const startMs = clock.now();
    expect(await at('POST', '/queues/q/messages', MESSAGE)).toBe('429 TooManyRequests');
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(10);
    expect(clock.now() - startMs).toBeLessThanOrEqual(500);
    await clock.advanceBy(1000);
    expect(await at('POST', '/queues/q/messages', MESSAGE)).toBe('201');
    const [queue] = emulator.inspect().queues({}).items;
    expect(queue?.counts.active).toBe(4);
    expect(emulator.journal.entries('request', { code: 'TooManyRequests' })).toHaveLength(1);
    emulator.close();
  });

  it('never strikes one client of the profile cloud that waits for each answer', async () => {
    const { emulator, call } = emulatorWorld({ profile: 'cloud', resources: QUEUES });
    for (let look = 0; look < 500; look += 1) await call('GET', '/queues/q');
    expect(emulator.journal.entries('request', { code: 'TooManyRequests' })).toEqual([]);
    emulator.close();
  });
});

describe('what happens now and then', () => {
  it('is a delivery that is repeated, as a message of its own', async () => {
    const { clock, emulator, call } = emulatorWorld({
      profile: { base: 'cloud', repeatedDeliveries: 1 },
      resources: QUEUES,
    });
    await call('POST', '/topics/t/messages', MESSAGE);
    await clock.advanceBy(100);
    expect(emulator.inspect().queues({}).items[0]?.counts.active).toBe(2);
    expect(emulator.journal.entries('fault')).toMatchObject([
      { faultId: 'profile/repeatedDeliveries', fault: 'repeat-delivery' },
    ]);
    // It is none of those that somebody has added, and is there when all of these are gone.
    expect(emulator.faults.list()).toEqual([]);
    emulator.faults.clear();
    await call('POST', '/topics/t/messages', MESSAGE);
    await clock.advanceBy(100);
    expect(emulator.inspect().queues({}).items[0]?.counts.active).toBe(4);
    emulator.close();
  });

  it('is a receive that asks one node for a second only, and then all', async () => {
    const { clock, emulator, call } = emulatorWorld({
      profile: { base: 'kind', stripes: 16, narrowReceives: { probability: 1, forMs: 1000 } },
      resources: QUEUES,
    });
    await call('POST', '/queues/q/messages', MESSAGE);
    const startMs = clock.now();
    const text = await call('GET', '/queues/q/messages?waitseconds=10');
    expect(textIn(text, 'MessageBody')).toBe('x');
    expect(clock.now() - startMs).toBe(1000);
    expect(emulator.journal.entries('narrow-receive')).toMatchObject([{ queueName: 'q', forMs: 1000 }]);
    emulator.close();
  });
});

describe('a data directory', () => {
  const directories: string[] = [];
  afterAll(async () => {
    for (const directory of directories) await rm(directory, { recursive: true, force: true });
  });

  it('holds the state and not the profile: what was under way in one goes on in another', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'mnsbus-profile-'));
    directories.push(dataDir);
    const clock = new VirtualClock();
    const cloud = await openEmulator({
      dataDir,
      region: 'cn-hangzhou',
      clock,
      profile: { base: 'cloud', repeatedDeliveries: false },
      resources: QUEUES,
    });
    const published = cloud.handle(signedRequest(clock.now(), 'POST', '/topics/t/messages', MESSAGE));
    expect((await clock.runUntil(published)).status).toBe(201);
    // On its way to the queue, it is in neither place but in the directory.
    expect(cloud.inspect().deliveries({})).toHaveLength(1);
    await cloud.close();
    const kind = await openEmulator({ dataDir, region: 'cn-hangzhou', clock });
    expect(kind.profile.name).toBe('kind');
    await clock.advanceBy(100);
    expect(kind.inspect().queues({}).items[0]?.counts.active).toBe(1);
    await kind.close();
    const again = await openEmulator({ dataDir, region: 'cn-hangzhou', clock, profile: 'cloud' });
    expect(again.inspect().queues({}).items[0]?.counts.active).toBe(1);
    const received = again.handle(signedRequest(clock.now(), 'GET', '/queues/q/messages?waitseconds=5', ''));
    expect((await clock.runUntil(received)).status).toBe(200);
    await again.close();
  });
});
