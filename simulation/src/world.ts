import { createProvisioner } from '@mnsbus/bridge';
import { VirtualClock, sleep, type WireHandler } from '@mnsbus/core';
import { createEmulator, type Emulator } from '@mnsbus/emulator';
import { TOPIC } from './app.js';
import { CERTIFICATE_URL, PUSH_URL, type PushDoor } from './companions.js';
import type { Defect } from './defect.js';
import { mnsCalls } from './producer.js';
import { DEAD_LETTERS, type QueuePlan, type Scenario } from './scenario-plan.js';

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

/** Queues of somebody else whose names might be taken for those of replicas, all of them older than any replica. */
export const BYSTANDERS: readonly string[] = ['app-r-orders', 'hearers-r-0123456789abcdef', 'hearers-r-archive'];

/** Creates the services with the queues and subscriptions of a scenario; a queue that is missing at first comes `later`. */
export async function createWorld(
  { seed, queues, companions, missingQueueMs, profile }: Scenario,
  door: PushDoor,
  defect: Defect = {},
): Promise<World & { readonly later: () => Promise<void> }> {
  const clock = new VirtualClock();
  const push = { certificateUrl: CERTIFICATE_URL, sender: door.sender };
  const emulator = createEmulator({ profile, ...defect.emulator, push, clock, seed });
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
  const create = async (plan: QueuePlan): Promise<void> => {
    const { name, format, delaySeconds, visibilityTimeoutSeconds, retentionSeconds } = defect.queue?.(plan) ?? plan;
    await ensure({
      topic: { name: TOPIC },
      queue: { name, delaySeconds, visibilityTimeoutSeconds, retentionSeconds },
      subscription: { name, format },
    });
  };
  const missing = missingQueueMs > 0 ? queues.at(-1) : undefined;
  for (const plan of queues) if (plan !== missing) await clock.runUntil(create(plan));
  for (const name of BYSTANDERS) await clock.runUntil(ensure({ queue: { name } }));
  // Nobody has changed them for so long that a replica's would count as left behind.
  if (companions.hearers > 0) await clock.advanceBy(OLD_MS);
  if (companions.hasPush) {
    const calls = mnsCalls(connection, clock, emulator.handle);
    const body = `<Subscription><Endpoint>${PUSH_URL}</Endpoint><NotifyContentFormat>JSON</NotifyContentFormat></Subscription>`;
    const resource = `/topics/${TOPIC}/subscriptions/pushes`;
    const timeoutMs = 10_000;
    await clock.runUntil(
      calls.call({ method: 'PUT', resource, rootName: 'Subscription', expected: [201], body, timeoutMs }),
    );
  }
  const later = async (): Promise<void> => {
    // Whoever makes it meets the faults of the run as well.
    for (let isThere = missing === undefined; !isThere;) {
      isThere =
        missing !== undefined &&
        (await create(missing).then(
          () => true,
          () => false,
        ));
      if (!isThere) await sleep(clock, AGAIN_MS);
    }
    provisioner.close();
  };
  return { clock, emulator, connection, later };
}

/** Between two attempts to make a queue, in milliseconds. */
const AGAIN_MS = 1000;

/** Longer than a queue of a replica may go without a sign of life, in milliseconds. */
const OLD_MS = 3_600_000;
