import { createProvisioner } from '@mnsbus/bridge';
import { VirtualClock, type WireHandler } from '@mnsbus/core';
import { createEmulator, type Emulator } from '@mnsbus/emulator';
import { TOPIC } from './app.js';
import type { Defect } from './defect.js';
import { DEAD_LETTERS, type Scenario } from './scenario.js';

/** The services of a run, and their time. */
export interface World {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  readonly connection: {
    readonly accountId: string;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly region: string;
  };
}

/** Creates the services with the queues and subscriptions of a scenario. */
export async function createWorld({ seed, queues }: Scenario, defect: Defect = {}): Promise<World> {
  const clock = new VirtualClock();
  const emulator = createEmulator({ ...defect.emulator, clock, seed });
  const { accountId, accessKeyId, accessKeySecret, region } = emulator;
  const connection = { accountId, accessKeyId, accessKeySecret, region };
  const transport: WireHandler = emulator.handle;
  const provisioner = createProvisioner({
    mns: { ...connection, endpoint: 'http://mns.test' },
    clock,
    transport,
    seed: `${seed}/provisioner`,
  });
  const ensure = provisioner.ensure;
  await clock.runUntil(ensure({ topic: { name: TOPIC }, queue: { name: DEAD_LETTERS } }));
  for (const plan of queues) {
    const { name, format, delaySeconds, visibilityTimeoutSeconds, retentionSeconds } = defect.queue?.(plan) ?? plan;
    await clock.runUntil(
      ensure({
        topic: { name: TOPIC },
        queue: { name, delaySeconds, visibilityTimeoutSeconds, retentionSeconds },
        subscription: { name, format },
      }),
    );
  }
  provisioner.close();
  return { clock, emulator, connection };
}
