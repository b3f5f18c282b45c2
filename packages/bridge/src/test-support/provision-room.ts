import { VirtualClock, type WireHandler } from '@mnsbus/core';
import { createEmulator, type Emulator } from '@mnsbus/emulator';
import { createBridge, type Bridge } from '../bridge.js';
import type { BridgeOptions } from '../options/bridge-options.js';
import { createProvisioner, type Provisioner } from '../provision/provisioner.js';
import { callerOf, transportOf, type Mounted } from './mounts.js';

/** A provisioner on a virtual clock, and what it and the bridges have written. */
export interface ProvisionRoom {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  readonly provisioner: Provisioner;
  readonly writes: string[];
  readonly mns: Mounted['mns'];
  readonly bridge: (options: Partial<BridgeOptions>) => Bridge;
}

/** An account in which there is nothing; `wrap` may come between clients and service. */
export function provisionRoom(wrap: (handle: WireHandler) => WireHandler = (handle) => handle): ProvisionRoom {
  const clock = new VirtualClock();
  const emulator = createEmulator({ clock, seed: 'provision' });
  const { accountId, accessKeyId, accessKeySecret, region } = emulator;
  const mns = { accountId, accessKeyId, accessKeySecret, region, endpoint: 'http://mns.test' };
  const writes: string[] = [];
  const transport = wrap(async (request) => {
    if (request.method !== 'GET') writes.push(`${request.method} ${request.target}`);
    return emulator.handle(request);
  });
  return {
    clock,
    emulator,
    writes,
    provisioner: createProvisioner({ mns, clock, transport, seed: 'p' }),
    mns: callerOf(transportOf(mns, clock, emulator.handle)),
    bridge: (options) => createBridge({ mns, clock, transport, ...options }),
  };
}
