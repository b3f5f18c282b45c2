import { VirtualClock, type WireHandler } from '@mnsbus/core';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../../emulator.js';
import type { ContractTarget, TargetCapabilities } from '../contract-target.js';
import { Traffic } from './traffic.js';
import { wireClient } from './wire-client.js';

/** Names begin so where nothing else can be in the account. */
const PREFIX = 'contract-';

/** How an emulator is reached. */
export interface EmulatorTargetOptions extends Omit<EmulatorOptions, 'clock'> {
  /**
   * Mounts the emulator and says how to reach it, for example with `listen` and `fetchHandler`. Default the direct mount:
   * a call of its `handle`.
   */
  readonly mount?: (served: Emulator) => Promise<Mount> | Mount;
}

/** A way to a mounted emulator. */
export interface Mount {
  readonly handler: WireHandler;
  /** Whether the emulator hears of it when a client hangs up. Default `true`. */
  readonly hangUp?: boolean;
  readonly close?: () => Promise<void>;
}

/** An emulator target, and the clock it runs on. */
export interface EmulatorTarget extends ContractTarget {
  readonly clock: VirtualClock;
}

/** A fresh emulator on a virtual clock, behind any mount: hours of waiting pass in no time. */
export async function emulatorTarget(options: EmulatorTargetOptions = {}): Promise<EmulatorTarget> {
  const { mount = direct, ...emulatorOptions } = options;
  const clock = new VirtualClock();
  const emulator = createEmulator({ seed: 'contract', ...emulatorOptions, clock });
  const traffic = new Traffic();
  const { handler, hangUp = true, close } = await mount({ ...emulator, handle: traffic.handler(emulator.handle) });
  const { stripes = 1, shuffle = false } = emulatorOptions.mns ?? {};
  const { name, changed } = emulator.profile;
  const answersTakeTime = name !== 'kind' || changed.length > 0;
  const deterministic = stripes === 1 && !shuffle && !answersTakeTime;
  const inProcess = mount === direct;
  const capabilities: TargetCapabilities = {
    virtualTime: true,
    slow: true,
    deterministic,
    tampering: true,
    hangUp,
    answersTakeTime,
    inProcess,
  };
  return {
    clock,
    capabilities,
    prefix: PREFIX,
    accountId: emulator.accountId,
    region: emulator.region,
    call: traffic.client(wireClient(handler, emulator, clock)),
    now: () => clock.now(),
    sleep: async (ms) => {
      await traffic.settled();
      await clock.advanceBy(ms);
      await traffic.settled();
      // What has been read goes on to whoever awaits it.
      await clock.advanceBy(0);
    },
    close: async () => {
      emulator.close();
      await close?.();
    },
  };
}

function direct({ handle }: Emulator): Mount {
  return { handler: handle };
}
