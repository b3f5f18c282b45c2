import { inspect } from 'node:util';
import { VirtualClock } from '@mnsbus/core';
import { createEmulator } from '@mnsbus/emulator';
import { describe, expect, it } from 'vitest';
import { createBridge } from './bridge.js';
import type { CredentialsProvider } from './credentials/credentials.js';
import type { BridgeStatus } from './status/bridge-status.js';
import { callerOf, transportOf } from './test-support/mounts.js';

const HOUR_MS = 3_600_000;

describe('Temporary keys of a bridge', () => {
  it('are exchanged ahead of their end, for a day, without one refused call', async () => {
    const clock = new VirtualClock();
    const emulator = createEmulator({ clock, seed: 'sts' });
    const refused: number[] = [];
    const transport: typeof emulator.handle = async (request) => {
      const reply = await emulator.handle(request);
      if (reply.status === 403) refused.push(clock.now());
      return reply;
    };
    let issued = 0;
    const credentials: CredentialsProvider = async () => {
      issued += 1;
      const { expiresAtMs, ...temporary } = emulator.issueSecurityToken({ durationSeconds: 3600 });
      return { ...temporary, expiresAt: new Date(expiresAtMs) };
    };
    const { accountId } = emulator;
    const mns = { accountId, endpoint: 'http://mns.test', credentials };
    const admin = callerOf(transportOf(mns, clock, transport));
    await clock.runUntil(admin({ method: 'PUT', resource: '/queues/q', body: '<Queue/>' }));
    const bus = createBridge({ mns, queueName: 'q', clock, transport });
    const statuses: BridgeStatus[] = [];
    bus.status((status) => statuses.push(status));
    await clock.runUntil(bus.start());
    await clock.advanceBy(24 * HOUR_MS);
    expect(refused).toEqual([]);
    expect(issued).toBeGreaterThanOrEqual(24);
    expect(new Set(statuses.map(({ type }) => type))).toEqual(new Set(['credentials-refreshed', 'started']));
    await clock.runUntil(bus.close());
  });

  it('that are revoked are exchanged when the service refuses them, and the call is made again', async () => {
    const clock = new VirtualClock();
    const emulator = createEmulator({ clock, seed: 'revoked' });
    const { accountId, accessKeyId, accessKeySecret } = emulator;
    let asked = 0;
    const credentials: CredentialsProvider = () => {
      asked += 1;
      return asked === 1 ? { accessKeyId: 'gone', accessKeySecret } : { accessKeyId, accessKeySecret };
    };
    const mns = callerOf(transportOf({ accountId, endpoint: 'http://mns.test', credentials }, clock, emulator.handle));
    const reply = await clock.runUntil(mns({ method: 'PUT', resource: '/queues/q', body: '<Queue/>' }));
    expect([reply.code, asked]).toEqual([201, 2]);
  });

  it('and static ones are in no error, status, or picture of the bridge', async () => {
    const clock = new VirtualClock();
    const emulator = createEmulator({ clock });
    const secret = 'top-secret-value';
    const { accountId, accessKeyId } = emulator;
    const texts: string[] = [];
    for (const keysOf of [
      { accessKeyId, accessKeySecret: secret, securityToken: secret },
      { credentials: () => ({ accessKeyId, accessKeySecret: secret, securityToken: secret }) },
      { credentials: () => ({ accessKeyId: '', accessKeySecret: secret }) },
    ]) {
      const bus = createBridge({
        mns: { accountId, endpoint: 'http://mns.test', ...keysOf },
        queueName: 'q',
        clock,
        transport: emulator.handle,
      });
      bus.status((status) => texts.push(inspect(status, { depth: 20, showHidden: true })));
      const failure = await clock.runUntil(bus.start().catch((error: unknown) => error));
      texts.push(inspect(failure, { depth: 20, showHidden: true }), inspect(bus, { depth: 20 }), JSON.stringify(bus));
      texts.push(JSON.stringify(bus.health()));
      await clock.runUntil(bus.close());
    }
    expect(texts.length).toBeGreaterThan(8);
    expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  });
});
