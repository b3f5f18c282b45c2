import { VirtualClock, type WireResponse } from '@mnsbus/core';
import { createEmulator, type Emulator, type EmulatorOptions } from '../emulator.js';
import { signedRequest } from '../mns/test-support/mns-fixture.js';

/** An emulator on a virtual clock, and a client of its MNS that signs. */
export interface EmulatorWorld {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  /** What comes back, to the byte; the time moves until it is there. */
  readonly reply: (method: string, target: string, body?: string, host?: string) => Promise<WireResponse>;
  /** The text that comes back. */
  readonly call: (method: string, target: string, body?: string, host?: string) => Promise<string>;
}

/** Creates it without any queue, in `cn-hangzhou`. */
export function emulatorWorld(options: Omit<EmulatorOptions, 'clock' | 'region'> = {}): EmulatorWorld {
  const clock = new VirtualClock();
  const emulator = createEmulator({ seed: 'world', ...options, clock, region: 'cn-hangzhou' });
  const reply: EmulatorWorld['reply'] = (method, target, body = '', host) => {
    const request = signedRequest(clock.now(), method, target, body, host === undefined ? {} : { host });
    return clock.runUntil(emulator.handle(request));
  };
  const call: EmulatorWorld['call'] = async (...request) =>
    Buffer.from((await reply(...request)).body).toString('utf8');
  return { clock, emulator, reply, call };
}

/** The text of the first element with this name. */
export function textIn(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
}
