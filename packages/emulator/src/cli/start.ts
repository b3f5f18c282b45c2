import { SteerableClock } from '@mnsbus/core';
import { createEmulator, type Emulator } from '../emulator.js';
import { openEmulator } from '../open-emulator.js';
import { listen, type EmulatorServer } from '../mounts/http.js';

/** The options of `mns-emulator start`, as the command line gives them. */
export interface StartOptions {
  readonly port: number;
  readonly host: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Milliseconds. */
  readonly taskDuration?: number;
  readonly seed?: string;
  readonly dataDir?: string;
  readonly json: boolean;
}

/** Runs an emulator until the process is told to end. Rejects as `listen` and `openEmulator` do. */
export async function start(options: StartOptions): Promise<void> {
  const { dataDir } = options;
  const settings = {
    clock: new SteerableClock(),
    accountId: options.account,
    region: options.region,
    accessKeyId: options.accessKeyId,
    accessKeySecret: options.accessKeySecret,
    ...(options.taskDuration === undefined ? {} : { imm: { durationMs: options.taskDuration } }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  };
  const emulator = dataDir === undefined ? createEmulator(settings) : await openEmulator({ ...settings, dataDir });
  const server = await listen(emulator, { port: options.port, host: options.host });
  // Listened for before it is told to be ready: who reads that line may end it at once.
  const ended = endOfProcess();
  console.log(options.json ? readyLine(emulator, server) : welcome(emulator, server));
  await ended;
  await server.close();
}

function readyLine(
  { accountId, region, accessKeyId, accessKeySecret, seed }: Emulator,
  { endpoint }: EmulatorServer,
): string {
  return JSON.stringify({
    event: 'ready',
    endpoint,
    accountId,
    region,
    accessKeyId,
    accessKeySecret,
    seed,
    pid: process.pid,
  });
}

function welcome(
  { accountId, region, accessKeyId, accessKeySecret, seed }: Emulator,
  { endpoint }: EmulatorServer,
): string {
  return `
IMM and MNS are ready.

  endpoint           ${endpoint}
  account id         ${accountId}
  region             ${region}
  access key id      ${accessKeyId}
  access key secret  ${accessKeySecret}
  seed               ${seed}

@alicloud/mns

  new MNSClient('${accountId}', {
    endpoint: '${endpoint}',
    accessKeyId: '${accessKeyId}',
    accessKeySecret: '${accessKeySecret}',
  });

@alicloud/pop-core, for IMM

  new RPCClient({
    endpoint: '${endpoint}',
    apiVersion: '2017-09-06',
    accessKeyId: '${accessKeyId}',
    accessKeySecret: '${accessKeySecret}',
  });

@mnsbus/bridge

  createBridge({
    mns: {
      accountId: '${accountId}',
      endpoint: '${endpoint}',
      accessKeyId: '${accessKeyId}',
      accessKeySecret: '${accessKeySecret}',
    },
    queueName: 'imm-events',
  });

Ctrl-C ends it.
`;
}

function endOfProcess(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end).off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end).on('SIGTERM', end);
  });
}
