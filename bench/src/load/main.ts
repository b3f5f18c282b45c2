// Many clients that wait, and many that do nothing, against the emulator as it is shipped; `--quick` runs less.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mns } from '../protocols/mns.js';
import { accepted } from '../protocols/protocol.js';
import { firstLine, nextMessage, startChild, stopAllChildren } from '../servers/child.js';
import { EMULATOR_MAIN } from '../servers/contender.js';
import type { Holding } from '../servers/memory-probe.js';
import { Crowd } from './crowd.js';
import { drive } from './drive.js';
import { quantile } from './statistics.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const CLIENTS = 500;
const ROUNDS = values.quick ? 3 : 8;
const WAKE_UPS = values.quick ? 200 : 1000;
const IDLE_MS = values.quick ? 2000 : 20_000;
/** Fills the journal, which keeps so many facts and no more: what grows after that is a leak. */
const WARM_UP_MS = values.quick ? 3000 : 10_000;

const PROBE = fileURLToPath(new URL('../servers/memory-probe.js', import.meta.url));

interface Server {
  readonly port: number;
  readonly holding: () => Promise<Holding>;
}

async function start(): Promise<Server> {
  const child = startChild(process.execPath, [
    '--expose-gc',
    '--import',
    PROBE,
    EMULATOR_MAIN,
    'start',
    '--port',
    '0',
    '--json',
  ]);
  const { endpoint }: { readonly endpoint: string } = JSON.parse(await firstLine(child));
  const holding = async (): Promise<Holding> => {
    child.send('hold');
    const told = await nextMessage(child);
    if (!isHolding(told)) throw new Error('the emulator told something else than what it holds');
    return told;
  };
  return { port: Number(new URL(endpoint).port), holding };
}

function isHolding(message: unknown): message is Holding {
  return typeof message === 'object' && message !== null && 'heapBytes' in message && 'descriptors' in message;
}

async function warmUp({ port }: Server): Promise<void> {
  const queue = mns.queue('warm-up');
  await drive(port, 1, 1, async (connection) => {
    accepted(await connection.request(queue.create));
    return 0;
  });
  await drive(port, 16, WARM_UP_MS, async (connection) => {
    accepted(await connection.request(queue.send));
    for (const handle of queue.handlesIn(await connection.request(queue.receive))) {
      accepted(await connection.request(queue.delete(handle)));
    }
    return 1;
  });
}

const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function printHolding(when: string, { heapBytes, residentBytes, descriptors }: Holding): void {
  print(
    `  ${when.padEnd(40)}heap ${mb(heapBytes).padStart(6)} MB   resident ${mb(residentBytes).padStart(6)} MB   descriptors ${descriptors}`,
  );
}

function printLatencies(what: string, ms: readonly number[]): void {
  const [half, most] = [0.5, 0.99].map((share) => quantile(ms, share).toFixed(2));
  print(`  ${what}: p50 ${half} ms, p99 ${most} ms (${ms.length} of them)`);
}

/** As many long polls, again and again over new connections. */
async function waitInRounds(server: Server): Promise<void> {
  print(`${CLIENTS} long polls at once, ${ROUNDS} times over new connections`);
  const [single, all]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const crowd = await Crowd.gather(server.port, 'crowd', CLIENTS);
    await crowd.wait();
    if (round === 0) printHolding('while all wait, the first time', await server.holding());
    single.push(...(await crowd.wakeOneByOne(WAKE_UPS)));
    all.push(...(await crowd.wakeAll()));
    await crowd.empty();
    if (round === ROUNDS - 1) {
      await crowd.wait();
      printHolding('while all wait, the last time', await server.holding());
    }
    crowd.leave();
    if (round === 0 || round === ROUNDS - 1) {
      printHolding(`all gone, round ${round + 1}`, await withoutConnections(server));
    }
  }
  printLatencies('one message → one of them wakes', single);
  printLatencies(`${CLIENTS} messages in batches of 16 → each wakes`, all);
}

/** Connections that have asked once, and do nothing; then all ask at once. */
async function idle(server: Server): Promise<void> {
  print(
    `\n${CLIENTS} connections that do nothing for ${IDLE_MS / 1000} s: ${(CLIENTS * IDLE_MS) / 1000} seconds in all`,
  );
  const crowd = await Crowd.gather(server.port, 'idle', CLIENTS);
  await crowd.askAll();
  printHolding('at the beginning', await server.holding());
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  printHolding('at the end', await server.holding());
  printLatencies('all of them ask at once', await crowd.askAll());
  const again: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) again.push(...(await crowd.askAll()));
  printLatencies('and again, without a pause', again);
  crowd.leave();
  printHolding('all gone', await withoutConnections(server));
}

/** What is held when the server has noticed that everybody went. */
async function withoutConnections({ holding }: Server): Promise<Holding> {
  for (let last = await holding(); ;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = await holding();
    if (!(now.descriptors < last.descriptors)) return now;
    last = now;
  }
}

try {
  const server = await start();
  await warmUp(server);
  printHolding('warm, nobody there', await withoutConnections(server));
  await waitInRounds(server);
  await idle(server);
} finally {
  await stopAllChildren();
}
