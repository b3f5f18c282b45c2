import { readFile } from 'node:fs/promises';
import { SystemClock, sleep, type ClockMode } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import envPaths from 'env-paths';
import { ResourceRefused } from '../config/apply-config.js';
import type { ConfigFile } from '../config/config-file.js';
import { emulatorOptions } from '../config/emulator-options.js';
import { createEmulator, type Emulator, type EmulatorOptions } from '../emulator.js';
import { listen, type EmulatorServer } from '../mounts/http.js';
import { listenHost } from '../mounts/listen-host.js';
import { PUSH_TIMEOUT_MS } from '../mns/push/pushes.js';
import { openEmulator, type PersistentEmulator } from '../open-emulator.js';
import { PROFILES } from '../profile/profile.js';
import { readProfile } from '../profile/read-profile.js';
import type { Hint } from '../runtime/hints/hint.js';
import { defined } from '../runtime/defined.js';
import type { StoreNews } from '../store/store-news.js';
import { certificateHosts } from '../tls/certificate-hosts.js';
import type { ServerCertificate } from '../tls/certificate-store.js';
import type { EmulatorFlags } from './emulator-flags.js';
import { flaggedConfig } from './flagged-config.js';
import { servedAdmin, type ServedAdmin } from './served-admin.js';
import { servedClock } from './served-clock.js';
import { TRUST_VARIABLES } from './trust-advice.js';

/** An emulator that listens. */
export interface ServedEmulator {
  readonly emulator: Emulator | PersistentEmulator;
  readonly server: EmulatorServer;
  /** Who may operate it. */
  readonly admin: ServedAdmin;
  /** Absent without `--tls`. */
  readonly certificate?: ServerCertificate;
}

/** What a command decides about its emulator. */
export interface ServeSettings {
  /** The port when no flag names one; default what the config file says, else `fallbackPort`. */
  readonly port?: number;
  readonly fallbackPort: number;
  readonly onHint: (hint: Hint) => void;
  readonly onStoreNews: (news: StoreNews) => void;
}

/**
 * Runs the emulator that flags and config file describe: a flag counts before its variable, and that before the file.
 *
 * Rejects with `CONFIG_INVALID`, `INVALID_ARGUMENT`, `CERTIFICATE_UNAVAILABLE` or `LISTEN_FAILED`, and as
 * `openEmulator` with a data directory.
 */
export async function serveEmulator(flags: EmulatorFlags, settings: ServeSettings): Promise<ServedEmulator> {
  const file = await flaggedConfig(flags.config);
  const config = file?.config ?? {};
  const dataDir = flags.dataDir ?? config.dataDir;
  const { tls, tlsDir, cors } = flags;
  const server = { ...config.server, ...defined({ tls, tlsDir, cors }) };
  const host = listenHost(flags.host ?? server.host);
  const admin = servedAdmin(flags, config.admin, host);
  const options = withFlags(emulatorOptions(config), flags);
  const clock = servedClock(flags, config.clock);
  checkGoes(clock.mode, options.profile);
  const emulator = await configured(file, {
    ...options,
    ...defined({ dataDir }),
    clock,
    onHint: settings.onHint,
    onStoreNews: settings.onStoreNews,
  });
  const certificate = server.tls === true ? await certificateIn(server.tlsDir, emulator.region) : undefined;
  const address = {
    port: flags.port ?? settings.port ?? server.port ?? settings.fallbackPort,
    host,
    ...defined({ cors: server.cors }),
    admin: admin.access,
  };
  if (certificate === undefined) return { emulator, admin, server: await listen(emulator, address) };
  return { emulator, admin, certificate, server: await listen(emulator, { ...address, tls: certificate }) };
}

/** Waits for pushes that are under way, at most as long as they may take: by the machine's clock, because the emulator's may stand still. */
export async function finishPushes({ emulator }: ServedEmulator): Promise<void> {
  const done = new AbortController();
  const finished = emulator.pushesFinished().then(() => done.abort());
  await Promise.race([finished, sleep(new SystemClock(), PUSH_TIMEOUT_MS, done.signal)]);
}

async function certificateIn(directory: string | undefined, region: string): Promise<ServerCertificate> {
  // Loaded here, because what makes certificates is large, and few emulators need one.
  const { serverCertificate } = await import('../tls/certificate-store.js');
  return serverCertificate({
    // An empty one, as of a variable that was set to nothing, would be the working directory.
    directory: directory || envPaths('mns-emulator', { suffix: '' }).cache,
    hosts: certificateHosts(region),
    alsoTrusted: await trustedAlready(process.env),
    nowMs: new SystemClock().now(),
  });
}

/** What programs of this environment trust by the variables that `exec` is going to set. */
async function trustedAlready(environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const paths = TRUST_VARIABLES.map((name) => environment[name] ?? '').filter((path) => path !== '');
  // What cannot be read is not trusted by anybody now.
  return Promise.all([...new Set(paths)].map((path) => readFile(path, 'utf8').catch(() => '')));
}

/** While the time stands still, a request that takes time has no answer. Throws `INVALID_ARGUMENT`. */
function checkGoes(mode: ClockMode, option: EmulatorOptions['profile']): void {
  const { name, behaviours } = readProfile(option);
  const takesTime = behaviours.paceMs !== PROFILES.kind.paceMs || behaviours.slowReceives.probability > 0;
  if (mode !== 'frozen' || !takesTime) return;
  const expected =
    'a clock that goes, or paceMs and slowReceives false: no request would be answered while it stands still';
  throw invalidArgument('profile', expected, name);
}

/** Resources that cannot be made are an error of the file, at their place in it. */
async function configured(
  file: ConfigFile | undefined,
  {
    dataDir,
    onStoreNews,
    ...options
  }: EmulatorOptions & { readonly dataDir?: string; readonly onStoreNews: (news: StoreNews) => void },
): Promise<Emulator | PersistentEmulator> {
  try {
    return dataDir === undefined ? createEmulator(options) : await openEmulator({ ...options, dataDir, onStoreNews });
  } catch (error) {
    if (file !== undefined && error instanceof ResourceRefused) throw file.errorAt(error.path, error.reason);
    throw error;
  }
}

/** A flag that names another account or key takes the place of the file's; one that names a key of the file needs no secret. */
function withFlags(options: EmulatorOptions, flags: EmulatorFlags): EmulatorOptions {
  const { account, region, accessKeyId, accessKeySecret, taskDuration, seed, profile } = flags;
  return {
    ...options,
    ...defined({ accountId: account, region, accessKeyId, accessKeySecret, seed, profile }),
    ...(taskDuration === undefined ? {} : { imm: { ...options.imm, durationMs: taskDuration } }),
  };
}
