import { MnsbusError, SeededRandom, SystemClock, freshSeed, sleep, type Clock, type WireHandler } from '@mnsbus/core';
import { createTransport } from '../mns/mns-transport.js';
import type { MnsConnection } from '../mns/sdk-client.js';
import { inRange } from '../options/checks.js';
import { AdminClient } from './admin-client.js';
import { describePlan, stepFor, type PlanStep } from './plan.js';
import { wantedOf, type Resources, type Wanted } from './resources.js';

/** What a provisioner needs to know. */
export interface ProvisionerOptions {
  /** Who calls, and where the service is. `region` is needed for subscriptions of queues, beside an `endpoint` too. */
  readonly mns: MnsConnection;
  /** Source of time. Default the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Seed of the jitter. Default a fresh one. */
  readonly seed?: string | number | undefined;
  /** Calls this function instead of the network, for example the `handle` of an emulator. */
  readonly transport?: WireHandler | undefined;
}

/** How long to wait for resources, and how to stop. */
export interface WaitForResourcesOptions {
  /** Longest wait in milliseconds from 1. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** Creates topics, queues and subscriptions, or waits for those that others create. */
export interface Provisioner {
  /** Says what `ensure` would do; changes nothing. */
  readonly plan: (resources: Resources) => Promise<readonly PlanStep[]>;
  /**
   * Creates what is missing and changes what differs, of the named attributes only; returns what was done. May run any number
   * of times, and in several processes at once. Deletes nothing.
   *
   * Rejects with `PROVISION_CONFLICT` before anything is changed when something exists that cannot be changed.
   */
  readonly ensure: (resources: Resources) => Promise<readonly PlanStep[]>;
  /** Resolves as soon as all of it exists. Rejects with `WAIT_TIMEOUT`, `ABORTED`, or what the service refuses with. */
  readonly waitFor: (resources: Resources, options?: WaitForResourcesOptions) => Promise<void>;
  /** Ends every connection. */
  readonly close: () => void;
}

/** Between two looks at what others create. */
const LOOK_MS = { low: 500, high: 1500 } as const;

/** Others may change a resource between our look and our change; after this many times it is theirs. */
const MAX_ROUNDS = 3;

/** Creates a provisioner. Throws `INVALID_ARGUMENT` for an option out of range. */
export function createProvisioner(options: ProvisionerOptions): Provisioner {
  const { mns, clock = new SystemClock(), transport: handler } = options;
  const random = new SeededRandom(options.seed ?? freshSeed());
  const transport = createTransport(mns, { clock, random: random.fork('credentials'), handler });
  const admin = new AdminClient({ transport, clock, random: random.fork('retry') });
  const account = { accountId: mns.accountId, region: mns.region };

  const compare = async (wanted: readonly Wanted[]): Promise<readonly PlanStep[]> =>
    Promise.all(wanted.map(async (one) => stepFor(one, await admin.read(one))));

  return {
    plan: async (resources) => compare(wantedOf(resources, account)),
    ensure: async (resources) => {
      const wanted = wantedOf(resources, account);
      const plan = await compare(wanted);
      const conflicts = plan.filter(({ action }) => action === 'conflict');
      if (conflicts.length > 0) throw conflict(conflicts);
      // In order: a subscription needs its topic.
      for (const [index, one] of wanted.entries()) await carryOut(admin, one, plan[index]);
      return plan;
    },
    waitFor: async (resources, { timeoutMs = 60_000, signal } = {}) => {
      inRange('timeoutMs', timeoutMs, 1, Number.MAX_SAFE_INTEGER);
      const wanted = wantedOf(resources, account);
      const deadlineMs = clock.now() + timeoutMs;
      for (;;) {
        if (signal?.aborted === true) {
          throw new MnsbusError({
            code: 'ABORTED',
            message: 'the wait for resources was aborted',
            cause: signal.reason,
          });
        }
        const missing = (await compare(wanted)).filter(({ action }) => action === 'create');
        if (missing.length === 0) return;
        const pauseMs = Math.min(random.integer(LOOK_MS.low, LOOK_MS.high), deadlineMs - clock.now());
        if (pauseMs <= 0) throw missed(missing, timeoutMs);
        await sleep(clock, pauseMs, signal);
      }
    },
    close: () => transport.close(),
  };
}

async function carryOut(admin: AdminClient, wanted: Wanted, planned: PlanStep | undefined): Promise<void> {
  let step = planned;
  for (let round = 1; step !== undefined && step.action !== 'none'; round += 1) {
    if (step.action === 'conflict' || round > MAX_ROUNDS) throw conflict([step]);
    if (step.action === 'update') {
      await admin.update(wanted, Object.fromEntries(step.changes.map(({ attribute, to }) => [attribute, to])));
      return;
    }
    if ((await admin.create(wanted)) !== 'other') return;
    // Somebody else has created it meanwhile, in another way.
    step = stepFor(wanted, await admin.read(wanted));
  }
}

function conflict(steps: readonly PlanStep[]): MnsbusError<'PROVISION_CONFLICT'> {
  return new MnsbusError({
    code: 'PROVISION_CONFLICT',
    message: `what exists cannot be changed to what is wanted; delete it, or choose another name:\n${describePlan(steps)}`,
  });
}

function missed(missing: readonly PlanStep[], timeoutMs: number): MnsbusError<'WAIT_TIMEOUT'> {
  const names = missing.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  return new MnsbusError({
    code: 'WAIT_TIMEOUT',
    message: `expected ${names} to exist within ${timeoutMs} ms. Has somebody created it, in this account and region?`,
    retryable: true,
  });
}
