import { createHmac } from 'node:crypto';
import RPCClient from '@alicloud/pop-core';
import { SeededRandom, SystemClock, VirtualClock, type Clock, type WireHandler } from '@mnsbus/core';
import { createEmulator, listen, type Emulator, type EmulatorOptions } from '@mnsbus/emulator';
import { mswHandlers } from '@mnsbus/emulator/msw';
import { setupServer } from 'msw/node';
import type { AccessKeys } from '../credentials/credentials.js';
import { createBridge, type Bridge } from '../bridge.js';
import type { BridgeOptions } from '../options/bridge-options.js';
import { createTransport } from '../mns/mns-transport.js';
import type { MnsConnection, MnsPlace, SdkReply } from '../mns/sdk-client.js';
import type { MnsCall, MnsTransport } from '../mns/transport.js';

/** An emulator behind one of its doors, and the clients that go through it. */
export interface Mounted {
  readonly emulator: Emulator;
  readonly clock: Clock;
  readonly connection: MnsPlace & AccessKeys;
  /** Creates a bridge through this door. */
  readonly bridge: (options: Omit<BridgeOptions, 'mns' | 'clock' | 'transport'>) => Bridge;
  /** Calls MNS through the same client as the bridge does. */
  readonly mns: (call: Partial<MnsCall> & Pick<MnsCall, 'method' | 'resource'>) => Promise<SdkReply>;
  /** Calls IMM 2017-09-06; rejects with the error's code as `code`. */
  readonly imm: <Result>(action: string, parameters: Readonly<Record<string, string | number>>) => Promise<Result>;
  /** Waits for a promise: by moving the virtual clock where there is one. */
  readonly until: <T>(promise: Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** What the emulator behind a door may be told. */
export type MountOptions = Pick<EmulatorOptions, 'imm' | 'profile' | 'seed'>;

/** The doors by name. A test that takes its `Mounted` from here says the same of all three. */
export const mounts: Readonly<Record<'direct' | 'http' | 'msw', (options: MountOptions) => Promise<Mounted>>> = {
  direct: async (options) => mountDirect(options),
  http: async (options) => {
    const clock = new SystemClock();
    const emulator = createEmulator({ seed: 'mounts', ...options, clock });
    const server = await listen(emulator);
    const connection = connectionOf(emulator, { endpoint: server.endpoint });
    return overSockets(emulator, clock, connection, server.endpoint, () => server.close());
  },
  msw: async (options) => {
    const clock = new SystemClock();
    const emulator = createEmulator({ seed: 'mounts', ...options, clock });
    const server = setupServer(...mswHandlers(emulator));
    server.listen({ onUnhandledRequest: 'error' });
    // No endpoint at all: the clients believe that they talk to Alibaba Cloud.
    const connection = connectionOf(emulator, { region: emulator.region });
    return overSockets(emulator, clock, connection, `http://imm.${emulator.region}.aliyuncs.com`, async () => {
      server.close();
      emulator.close();
    });
  },
};

/** The door without a network, where time is virtual; `wrap` may come between client and emulator. */
export function mountDirect(
  options: MountOptions = {},
  wrap: (handle: WireHandler) => WireHandler = (handle) => handle,
): Mounted & { readonly clock: VirtualClock } {
  const clock = new VirtualClock();
  const emulator = createEmulator({ seed: 'mounts', ...options, clock });
  const handle = wrap(emulator.handle);
  const connection = connectionOf(emulator, { endpoint: 'http://mns.test' });
  const nonces = new SeededRandom('nonces');
  return {
    emulator,
    clock,
    connection,
    bridge: (bridgeOptions) =>
      createBridge({ seed: 'bridge', ...bridgeOptions, mns: connection, clock, transport: handle }),
    mns: callerOf(transportOf(connection, clock, handle)),
    imm: (action, parameters) => callImm(handle, emulator, clock, nonces.uuid(), action, parameters),
    until: (promise) => clock.runUntil(promise),
    close: async () => emulator.close(),
  };
}

function overSockets(
  emulator: Emulator,
  clock: Clock,
  connection: MnsPlace & AccessKeys,
  immEndpoint: string,
  close: () => Promise<void>,
): Mounted {
  const { accessKeyId, accessKeySecret } = emulator;
  const popCore = new RPCClient({ endpoint: immEndpoint, apiVersion: '2017-09-06', accessKeyId, accessKeySecret });
  const transport = transportOf(connection, clock);
  return {
    emulator,
    clock,
    connection,
    bridge: (options) => createBridge({ seed: 'bridge', ...options, mns: connection, clock }),
    mns: callerOf(transport),
    imm: (action, parameters) => popCore.request(action, parameters),
    until: (promise) => promise,
    close: async () => {
      transport.close();
      await close();
    },
  };
}

function connectionOf(emulator: Emulator, where: { endpoint: string } | { region: string }): MnsPlace & AccessKeys {
  const { accountId, accessKeyId, accessKeySecret } = emulator;
  return { accountId, accessKeyId, accessKeySecret, ...where };
}

/** The way of the bridge to MNS, for tests. */
export function transportOf(
  connection: MnsConnection,
  clock: Clock,
  handler?: WireHandler,
  maxReplyBytes?: number,
): MnsTransport {
  return createTransport(connection, { clock, random: new SeededRandom('transport'), handler, maxReplyBytes });
}

/** Calls MNS through a transport, with the usual defaults. */
export function callerOf(transport: MnsTransport): Mounted['mns'] {
  return (call) =>
    transport.call({ rootName: 'Message', expected: [200, 201, 204], body: '', timeoutMs: 40_000, ...call });
}

// pop-core cannot call a function, so this signs as it does (spec imm §1.4).
async function callImm<Result>(
  handle: WireHandler,
  { accessKeyId, accessKeySecret }: Emulator,
  clock: Clock,
  nonce: string,
  action: string,
  parameters: Readonly<Record<string, string | number>>,
): Promise<Result> {
  const all: Readonly<Record<string, string | number>> = {
    Action: action,
    Version: '2017-09-06',
    Format: 'JSON',
    AccessKeyId: accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: nonce,
    Timestamp: new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    ...parameters,
  };
  const encode = (text: string): string =>
    encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const query = Object.keys(all)
    .toSorted()
    .map((name) => `${encode(name)}=${encode(String(all[name]))}`)
    .join('&');
  const signature = createHmac('sha1', `${accessKeySecret}&`)
    .update(`GET&%2F&${encode(query)}`)
    .digest('base64');
  const target = `/?${query}&Signature=${encode(signature)}`;
  const reply = await handle({ method: 'GET', target, headers: [['host', 'imm.test']], body: new Uint8Array() });
  const result: Result & { Code?: string; Message?: string } = JSON.parse(Buffer.from(reply.body).toString('utf8'));
  if (result.Code !== undefined) throw Object.assign(new Error(result.Message), { code: result.Code });
  return result;
}
