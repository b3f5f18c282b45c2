import { SystemClock, VirtualClock, type Clock, type WireHandler } from '@mnsbus/core';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../emulator.js';
import { listen } from '../../mounts/http.js';

/** Everything that a bridge, an IMM client or a provisioner must be told to use the emulator: spread it into their options. */
export interface EmulatorConnection {
  /** Who calls, and where. */
  readonly mns: {
    readonly accountId: string;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly region: string;
    /** Absent where the services' real addresses are intercepted. */
    readonly endpoint?: string;
  };
  readonly clock: Clock;
  readonly seed: string;
  /** Of the direct mount: calls this function instead of the network. */
  readonly transport?: WireHandler;
}

/** How to reach an emulator that was mounted. */
export interface FixtureMount {
  /** Base URL; absent where the services' real addresses are intercepted. */
  readonly endpoint?: string;
  readonly close: () => Promise<void> | void;
}

/** What is told to {@link emulatorFixtures}. */
export interface EmulatorFixtureOptions extends Omit<EmulatorOptions, 'clock'> {
  /**
   * Mounts the emulator of each test, in real time: {@link socketMount}, or a function that starts msw with
   * `mswHandlers`. Default the direct mount, a call of a function in virtual time.
   */
  readonly mount?: (emulator: Emulator) => Promise<FixtureMount> | FixtureMount;
}

/** What each test gets. */
export interface EmulatorFixtures {
  /** A fresh emulator, closed after the test. */
  readonly emulator: Emulator;
  /** Time, of both sides; virtual on the direct mount. */
  readonly clock: Clock;
  /** The options to spread into `createBridge` and its like. */
  readonly connection: EmulatorConnection;
  /** Awaits a promise: on the direct mount by moving virtual time until it settles. */
  readonly until: <T>(promise: Promise<T>) => Promise<T>;
  /** The mounted emulator, of which the others are parts. */
  readonly mounted: MountedEmulator;
}

/** An emulator behind a mount. */
export interface MountedEmulator extends Omit<EmulatorFixtures, 'mounted'> {
  readonly close: () => Promise<void>;
}

/** The fixtures in the form that `test.extend` of vitest takes. */
export type FixtureSet<Fixtures> = {
  readonly [Name in keyof Fixtures]: (
    context: Omit<Fixtures, Name>,
    use: (value: Fixtures[Name]) => Promise<void>,
  ) => Promise<void>;
};

/**
 * Fixtures for vitest: `const test = base.extend(emulatorFixtures())`, and each test has an emulator, a clock, and the
 * connection of a bus, `createBridge({ ...connection, queueName })`.
 *
 * A fresh emulator for each test that asks for one; nothing is imported from the runner.
 */
export function emulatorFixtures(options: EmulatorFixtureOptions = {}): FixtureSet<EmulatorFixtures> {
  return {
    // vitest reads from the text of these functions which fixtures they need.
    // oxlint-disable-next-line eslint/no-empty-pattern
    mounted: async ({}, use) => {
      const mounted = await mountEmulator(options);
      try {
        await use(mounted);
      } finally {
        await mounted.close();
      }
    },
    emulator: ({ mounted }, use) => use(mounted.emulator),
    clock: ({ mounted }, use) => use(mounted.clock),
    connection: ({ mounted }, use) => use(mounted.connection),
    until: ({ mounted }, use) => use(mounted.until),
  };
}

/** What the fixtures give, for runners without fixtures. Close it. */
export async function mountEmulator({ mount, ...options }: EmulatorFixtureOptions = {}): Promise<MountedEmulator> {
  if (mount === undefined) return mountDirectly(options);
  const clock = new SystemClock();
  const emulator = createEmulator({ seed: 'test', ...options, clock });
  const { endpoint, close } = await mount(emulator);
  return {
    emulator,
    clock,
    connection: connectionOf(emulator, clock, endpoint === undefined ? {} : { endpoint }),
    until: (promise) => promise,
    close: async () => {
      emulator.close();
      await close();
    },
  };
}

/** Serves the emulator of each test over a socket on a free port of this machine. */
export async function socketMount(emulator: Emulator): Promise<FixtureMount> {
  const server = await listen(emulator);
  return { endpoint: server.endpoint, close: () => server.close() };
}

function mountDirectly(options: EmulatorOptions): MountedEmulator {
  const clock = new VirtualClock();
  const emulator = createEmulator({ seed: 'test', ...options, clock });
  return {
    emulator,
    clock,
    connection: {
      ...connectionOf(emulator, clock, { endpoint: 'http://emulator.test' }),
      transport: emulator.handle,
    },
    until: (promise) => clock.runUntil(promise),
    close: async () => emulator.close(),
  };
}

function connectionOf(
  { accountId, accessKeyId, accessKeySecret, region, seed }: Emulator,
  clock: Clock,
  where: { endpoint?: string },
): EmulatorConnection {
  return { mns: { accountId, accessKeyId, accessKeySecret, region, ...where }, clock, seed };
}
