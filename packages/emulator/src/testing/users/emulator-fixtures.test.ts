import { SystemClock } from '@mnsbus/core';
import { describe, expect, it, test as base } from 'vitest';
import { createQueue } from '../contract/requests.js';
import { fetchHandler, wireClient } from '../contract/targets/wire-client.js';
import { emulatorFixtures, mountEmulator, socketMount } from './emulator-fixtures.js';

describe('the fixtures of the direct mount', () => {
  const test = base.extend(emulatorFixtures({ seed: 'fixtures', region: 'cn-hangzhou' }));
  const seen = new Set<object>();

  test.for([1, 2])('are fresh for test %i', async (_, { emulator, clock, connection, until }) => {
    expect(seen.has(emulator)).toBe(false);
    seen.add(emulator);
    expect(connection).toMatchObject({ seed: 'fixtures', clock, transport: emulator.handle });
    expect(connection.mns).toMatchObject({ region: 'cn-hangzhou', endpoint: 'http://emulator.test' });
    const reply = await until(wireClient(emulator.handle, emulator, clock)(createQueue('q')));
    expect(reply.status).toBe(201);
  });

  it('are made for those who ask for one only', () => {
    expect(seen.size).toBe(2);
  });
});

describe('a mount of a socket', () => {
  it('is reached at its endpoint, in real time, until it is closed', async () => {
    const { connection, emulator, clock, until, close } = await mountEmulator({ mount: socketMount });
    const { endpoint = '' } = connection.mns;
    expect(clock).toBeInstanceOf(SystemClock);
    expect(connection.transport).toBeUndefined();
    const call = wireClient(fetchHandler(endpoint), emulator, clock);
    expect((await until(call(createQueue('q')))).status).toBe(201);
    await close();
    await expect(call(createQueue('q'))).rejects.toThrow('fetch failed');
  });

  it('without an address has none in its connection', async () => {
    let closed = 0;
    const mount = () => ({
      close: () => {
        closed += 1;
      },
    });
    const { connection, close } = await mountEmulator({ mount });
    expect(connection.mns).not.toHaveProperty('endpoint');
    await close();
    expect(closed).toBe(1);
  });
});
