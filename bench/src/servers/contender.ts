import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HttpConnection } from '../load/http-connection.js';
import { azureQueue } from '../protocols/azure-queue.js';
import { mns, mnsWithoutBatches } from '../protocols/mns.js';
import { accepted, type Protocol } from '../protocols/protocol.js';
import { sqs } from '../protocols/sqs.js';
import { eventually, freePort, startChild, stopChild } from './child.js';

/** A server that takes part. */
export interface Contender {
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** The id of its process. */
  readonly pid: number;
  /** How its process has ended; `undefined` while it runs. */
  readonly end?: () => string | undefined;
}

interface Candidate {
  readonly name: string;
  readonly start: (port: number) => ChildProcess;
  readonly protocol: (port: number) => Protocol;
}

/** The name of the server that the others are measured by. */
export const FLOOR = 'node:http floor';

/** The name of the server that does what the protocol demands of any server, and nothing else. */
export const PROTOCOL_FLOOR = 'protocol floor';

/** The name of the emulator in all tables. */
export const OURS = 'mnsbus emulator';

/** The file that starts the emulator's command line, as it is shipped. */
export const EMULATOR_MAIN: string = fileURLToPath(
  new URL('../../../packages/emulator/dist/cli/main.js', import.meta.url),
);

const require = createRequire(import.meta.url);
const folderOf = (name: string): string => dirname(require.resolve(`${name}/package.json`));
const ownProgram = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const node = (...args: readonly string[]): ChildProcess => startChild(process.execPath, args);

const build = (name: string, main: string): Candidate => ({
  name,
  start: (port) => node(main, 'start', '--port', String(port), '--json'),
  protocol: () => mns,
});

const CANDIDATES: readonly Candidate[] = [
  { name: FLOOR, start: (port) => node(ownProgram('floor-main.js'), String(port)), protocol: () => mnsWithoutBatches },
  {
    name: PROTOCOL_FLOOR,
    start: (port) => node(ownProgram('protocol-floor-main.js'), String(port)),
    protocol: () => mnsWithoutBatches,
  },
  build(OURS, EMULATOR_MAIN),
  {
    name: 'ElasticMQ 0.7.1',
    start: (port) =>
      startChild('java', [
        '--add-opens',
        'java.base/java.util.regex=ALL-UNNAMED',
        `-Drest-sqs.bind-port=${port}`,
        '-Drest-sqs.bind-hostname=127.0.0.1',
        `-Dnode-address.port=${port}`,
        '-Dnode-address.host=127.0.0.1',
        '-jar',
        join(folderOf('elasticmq'), 'elasticmq-server-0.7.1.jar'),
      ]),
    protocol: (port) => sqs(port, { url: (name) => `/queue/${name}`, target: (name) => `/queue/${name}` }),
  },
  {
    name: 'sqslite 2.1.1',
    start: (port) => node(ownProgram('sqslite-main.js'), String(port)),
    protocol: (port) => sqs(port, { url: (name) => `/queues/${name}`, target: () => '/' }),
  },
  {
    name: 'Azurite 3.35.0',
    start: (port) =>
      node(
        join(folderOf('azurite'), 'dist/src/queue/main.js'),
        '--queueHost',
        '127.0.0.1',
        '--queuePort',
        String(port),
        '--inMemoryPersistence',
        '--silent',
        '--skipApiVersionCheck',
        '--disableTelemetry',
      ),
    protocol: () => azureQueue,
  },
];

/** Starts every contender that this machine can run; tells of those that it cannot. */
export async function startContenders(tell: (line: string) => void): Promise<readonly Contender[]> {
  const started: Contender[] = [];
  for (const candidate of CANDIDATES) {
    try {
      started.push(await startContender(candidate));
    } catch (error) {
      tell(`left out: ${candidate.name} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  return started;
}

/** Starts a build of the emulator from the file of its command line; rejects when it does not start. */
export function startBuild(name: string, main: string): Promise<Contender> {
  return startContender(build(name, main));
}

async function startContender({ name, start, protocol: protocolOf }: Candidate): Promise<Contender> {
  const port = await freePort();
  const child = start(port);
  const protocol = protocolOf(port);
  try {
    await eventually(async () => {
      if (child.exitCode !== null || child.pid === undefined) return;
      const connection = await HttpConnection.open(port);
      try {
        accepted(await connection.request(protocol.queue('ready').create));
      } finally {
        connection.close();
      }
    });
    if (child.exitCode !== null || child.pid === undefined) throw new Error('it does not start on this machine');
    return { name, port, protocol, pid: child.pid, end: () => child.signalCode ?? child.exitCode?.toString() };
  } catch (error) {
    await stopChild(child);
    throw error;
  }
}
