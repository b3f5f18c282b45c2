import { SeededRandom, SteerableClock, VirtualClock, type Clock } from '@mnsbus/core';
import { createAdminApp, type AdminApp } from '../../src/admin/admin-app.js';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator.js';
import type { ResourceOptions } from '../../src/config/resource-options.js';
import type { PushSender } from '../../src/mns/push/push-sender.js';
import { Draw } from '../drawing/draw.js';
import type { AccountOptions } from '../../src/runtime/account-options.js';
import type { Keyring } from './signing.js';

/** How the emulator of a session is made, and how long the session is. */
export interface SessionPlan {
  /** Replays the session. */
  readonly seed: string;
  /** Whether the admin API is called, too: then there are faults, resets and jumps of the time. */
  readonly isOperated: boolean;
  readonly requests: number;
  readonly options: EmulatorOptions;
}

/** How an emulator comes to be; tests put a defective one in its place. */
export type MakeEmulator = (options: EmulatorOptions) => Emulator;

/** An emulator, its time and its keys. */
export interface FuzzedWorld {
  readonly emulator: Emulator;
  readonly keys: Keyring;
  now(): number;
  advance(ms: number): Promise<void>;
  /** Timers that are set: none after `close`. */
  pendingTimers(): number;
  admin(request: Request): Promise<Response>;
  /** A second emulator with the same options and the time that it is now, to put states into. */
  readonly another: () => Promise<Emulator>;
  close(): void;
}

const SECOND_ACCOUNT = '2000000000000002';

/** The accounts of every session. */
const ACCOUNTS: readonly AccountOptions[] = [
  { accountId: SECOND_ACCOUNT, accessKeys: [{ accessKeyId: 'secondKey', accessKeySecret: 'secondSecret' }] },
  {
    accountId: '1000000000000001',
    accessKeys: [{ accessKeyId: 'offKey', accessKeySecret: 'offSecret', inactive: true }],
  },
];

const subscriptions = [
  { name: 'one', queue: 'orders' },
  { name: 'two', queue: 'bills', filterTag: 'red', notifyContentFormat: 'JSON' },
] as const;

/** What most sessions begin with. */
export const RESOURCES: ResourceOptions = {
  queues: [{ name: 'orders' }, { name: 'bills', visibilityTimeoutSeconds: 2 }, { name: 'work', delaySeconds: 3 }],
  topics: [{ name: 'events', subscriptions }, { name: 'news' }],
  projects: [{ name: 'demo' }],
};

/** What a session shall be, drawn from its seed. */
export function drawPlan(seed: string): SessionPlan {
  const draw = new Draw(new SeededRandom(`${seed}/plan`));
  return {
    seed,
    isOperated: draw.once(6),
    requests: draw.once(50) ? 5000 : draw.integer(100, 900),
    options: {
      seed,
      accounts: ACCOUNTS,
      ...(draw.once(12) ? {} : { resources: RESOURCES }),
      ...(draw.once(6) ? { journalLimit: draw.one([1, 7, 500]) } : {}),
      mns: {
        strictQueryNames: draw.once(8),
        oldMessageIds: draw.once(6),
        shuffle: draw.once(6),
        stripes: draw.once(6) ? draw.one([2, 16]) : 1,
        ...(draw.once(10) ? { maxLongPolls: draw.one([0, 2]) } : {}),
      },
      imm: {
        ...(draw.once(4) ? { durationMs: { kind: 'uniform', leastMs: 0, mostMs: 9000 } } : {}),
        ...(draw.once(6) ? { projectDeletion: 'next-morning' } : {}),
        ...(draw.once(4)
          ? {
              events: {
                duplicateProbability: 0.2,
                lossProbability: 0.1,
                delayProbability: 0.2,
                reorderProbability: 0.3,
              },
            }
          : {}),
      },
    },
  };
}

/** Makes the emulator of a plan. */
export async function openWorld(plan: SessionPlan, make: MakeEmulator = createEmulator): Promise<FuzzedWorld> {
  const machine = new VirtualClock();
  const steered = plan.isOperated ? new SteerableClock({ mode: 'frozen', machine }) : undefined;
  const clock: Clock = steered ?? machine;
  let second: { readonly emulator: Emulator; readonly clock: VirtualClock } | undefined;
  const another = async (): Promise<Emulator> => {
    if (second === undefined || second.clock.now() > clock.now()) {
      second?.emulator.close();
      const standing = new VirtualClock(clock.now());
      second = {
        emulator: make({ ...plan.options, push: { sender: subscribersServer() }, clock: standing }),
        clock: standing,
      };
    }
    // What was put into it before must not see the time pass.
    second.emulator.reset();
    await second.clock.advanceTo(clock.now());
    return second.emulator;
  };
  const emulator = make({ ...plan.options, push: { sender: subscribersServer() }, clock });
  let app: AdminApp | undefined;
  const advance = async (ms: number): Promise<void> => {
    await (steered?.mode === 'frozen' ? steered.advanceBy(ms) : machine.advanceBy(ms));
  };
  const temporary = emulator.issueSecurityToken({ durationSeconds: 43_200 });
  const expired = emulator.issueSecurityToken({ durationSeconds: 1 });
  await advance(1500);
  return {
    emulator,
    keys: {
      own: { accessKeyId: emulator.accessKeyId, accessKeySecret: emulator.accessKeySecret },
      inactive: { accessKeyId: 'offKey', accessKeySecret: 'offSecret' },
      'other-account': { accessKeyId: 'secondKey', accessKeySecret: 'secondSecret' },
      temporary,
      expired,
      unknown: { accessKeyId: 'nobody', accessKeySecret: 'x' },
    },
    now: () => clock.now(),
    advance,
    pendingTimers: () => machine.pendingTimers + (steered?.pendingTimers ?? 0),
    admin: (request) => (app ??= createAdminApp(emulator, machine))(request, new AbortController().signal),
    another,
    close: () => {
      emulator.close();
      second?.emulator.close();
    },
  };
}

/** Answers pushes as web servers do: well, badly, or not at all. */
function subscribersServer(): PushSender {
  let calls = 0;
  return (_request, signal) => {
    calls += 1;
    if (calls % 5 !== 0) return Promise.resolve({ status: [204, 500, 200, 302][calls % 4] ?? 204 });
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('nobody answered')), { once: true });
    });
  };
}
