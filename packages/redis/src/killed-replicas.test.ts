import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SeededRandom, SystemClock, freshSeed } from '@mnsbus/core';
import { createEmulator, listen } from '@mnsbus/emulator';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { Ledger } from './test-support/ledger.js';
import { startRedis } from './test-support/redis-server.js';

const PROGRAM = fileURLToPath(new URL('test-support/replica.mjs', import.meta.url));
const KILLS = process.env['MNSBUS_LONG'] === '1' ? 100 : 20;
/** Far more than it takes, about a second for each, also on a machine that is busy with something else. */
const LIMIT_MS = KILLS * 10_000;
const REPLICAS = 3;
/** Of the queue: whoever dies costs the events in his hands so long. */
const LEASE_SECONDS = 3;
const LONGEST_FREE_MS = 2 * LEASE_SECONDS * 1000;
/** So many events wait or are in hand at least, more than the places of all replicas. */
const BACKLOG = 36;
const SETTINGS = {
  queueName: 'events',
  deadLetterQueue: 'dead',
  concurrency: 8,
  waitSeconds: 5,
  maxDeliveries: 3,
  retryDelay: { baseSeconds: 1, capSeconds: 1 },
};

/** At which instant a replica is killed: Redis has just taken a claim of it, its copy has just come into the dead-letter queue, or whenever. */
type Moment = 'claim' | 'dead-letter' | 'whenever';

interface Replica {
  readonly child: ChildProcess;
  readonly moment: Moment | 'never';
  /** How many events it may begin, or claim, before it is killed. */
  left: number;
  /** Where its connection to Redis comes from. */
  address: string | undefined;
  state: 'starting' | 'ready' | 'killed';
}

const eventText = (taskId: string): string => {
  const imm = { code: 'NoError', pageCount: '5', percent: '100', taskId };
  const event = { eventName: 'FormatConvertJob:JobFinished', eventSource: 'acs:imm', eventVersion: '1.0', imm };
  return JSON.stringify({ events: [{ ...event, eventTime: '2026-01-01T00:00:00.000Z' }] });
};
const taskIdIn = (body: string): string => /"taskId":"([^"]+)"/.exec(body)?.[1] ?? expect.fail(`no task in ${body}`);
/** Resolves when what is read is as wanted. */
async function becomes(read: () => unknown, wanted: unknown): Promise<void> {
  await expect.poll(read, { timeout: LIMIT_MS, interval: 100 }).toEqual(wanted);
}

it(
  `three replicas that share a Redis, killed ${KILLS} times, lose nothing, condemn no healthy event and block none`,
  { timeout: 2 * LIMIT_MS },
  async () => {
    const random = new SeededRandom(freshSeed());
    const server = await startRedis();
    onTestFinished(() => server.kill());
    const emulator = createEmulator({
      seed: random.seed,
      resources: { queues: [{ name: 'events', visibilityTimeoutSeconds: LEASE_SECONDS }, { name: 'dead' }] },
    });
    const door = await listen(emulator);
    onTestFinished(() => door.close());
    const { accountId, accessKeyId, accessKeySecret } = emulator;
    const mns = { accountId, accessKeyId, accessKeySecret, endpoint: door.endpoint };
    const input = JSON.stringify({ mns, redisPort: server.port, settings: SETTINGS });

    const ledger = new Ledger(new SystemClock());
    /** The healthy events, by the ids of their messages. */
    const healthy = new Map<string, string>();
    /** The poisoned events that are not in the dead-letter queue yet, and who was the last that failed at each. */
    const poisoned = new Map<string, Replica | undefined>();
    const alive = new Set<Replica>();
    onTestFinished(() => {
      for (const { child } of alive) child.kill('SIGKILL');
    });
    const killed = { claim: 0, 'dead-letter': 0, whenever: 0, never: 0 };
    const plan = Array.from({ length: KILLS }, (_, index): Moment => {
      if (index % 2 === 0) return 'whenever';
      return index % 4 === 1 ? 'claim' : 'dead-letter';
    });
    const kills = (): number => killed.claim + killed['dead-letter'] + killed.whenever;
    const sent = { healthy: 0, poisoned: 0 };

    const send = (): void => {
      const isPoisoned = (sent.healthy + sent.poisoned) % 8 === 7;
      const taskId = isPoisoned ? `poisoned-${(sent.poisoned += 1)}` : `healthy-${(sent.healthy += 1)}`;
      const { messageId } = emulator.operator.send({ queueName: 'events', body: eventText(taskId) });
      if (isPoisoned) {
        poisoned.set(taskId, undefined);
      } else {
        healthy.set(messageId, taskId);
        ledger.sent(taskId);
      }
    };
    const feed = (least: number): void => {
      for (let count = 0; count < least; count += 1) send();
      while (kills() < KILLS && ledger.open.length + poisoned.size < BACKLOG) send();
    };

    const kill = (replica: Replica): void => {
      if (replica.state === 'killed') return;
      replica.child.kill('SIGKILL');
      if (replica.state === 'ready') ledger.isDown();
      replica.state = 'killed';
      killed[replica.moment] += 1;
    };
    const countDown = (replica: Replica | undefined, moment: Moment): void => {
      if (replica?.moment !== moment) return;
      replica.left -= 1;
      if (replica.left < 0) kill(replica);
    };
    const hear = (replica: Replica, line: string): void => {
      const [word, what = ''] = line.split(' ');
      const isHealthy = what.startsWith('healthy');
      if (word === 'ready') {
        replica.address = what;
        if (replica.state === 'starting') {
          replica.state = 'ready';
          ledger.isUp();
        }
        countDown(replica, 'whenever');
      } else if (word === 'begin') {
        if (isHealthy) ledger.begun(what);
        countDown(replica, 'whenever');
      } else if (word === 'end') {
        ledger.handled(what);
      } else if (word === 'fail' && poisoned.has(what)) {
        poisoned.set(what, replica);
      }
      feed(0);
    };
    /** One life of a replica, until it is killed. */
    const live = async (moment: Replica['moment']): Promise<void> => {
      const child = spawn(process.execPath, [PROGRAM, input], { stdio: ['ignore', 'pipe', 'inherit'] });
      const replica: Replica = {
        child,
        moment,
        left: moment === 'dead-letter' ? 0 : random.integer(0, 12),
        address: undefined,
        state: 'starting',
      };
      alive.add(replica);
      feed(8);
      createInterface({ input: child.stdout }).on('line', (line) => hear(replica, line));
      await new Promise<void>((resolve) => child.once('close', () => resolve()));
      alive.delete(replica);
    };

    // The first to tell of a claim is Redis, and of a dead letter the queue: their authors do not know yet that it was done.
    const watcher = new Redis({ port: server.port, host: '127.0.0.1' });
    onTestFinished(() => watcher.disconnect());
    const monitor = await watcher.monitor();
    onTestFinished(() => monitor.disconnect());
    const tokens = new Set<string>();
    monitor.on('monitor', (_: string, [command = '', , , , token = '']: string[], source: string) => {
      if (command.toLowerCase() !== 'evalsha' || tokens.has(token)) return;
      tokens.add(token);
      countDown(
        [...alive].find(({ address }) => address === source),
        'claim',
      );
    });
    let giveUp: (error: Error) => void;
    const fault = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const watched = (): number => {
      const [blocked] = ledger.blocked(LONGEST_FREE_MS);
      if (blocked !== undefined) giveUp(new Error(`${blocked} is free, and nobody has handled it for two leases`));
      return kills();
    };
    emulator.journal.subscribe((entry) => {
      if (entry.kind === 'received' || entry.kind === 'visibility-changed') {
        const id = healthy.get(entry.messageId);
        if (id !== undefined) ledger[entry.kind === 'received' ? 'received' : 'moved'](id, entry.nextVisibleAtMs);
      }
      if (entry.kind !== 'sent' || entry.queueName !== 'dead') return;
      const { items } = emulator.inspect().messages({ queueName: 'dead' });
      const taskId = taskIdIn(items.find(({ messageId }) => messageId === entry.messageId)?.body ?? '');
      if (taskId.startsWith('healthy')) giveUp(new Error(`${taskId} was dead-lettered, and its listener never failed`));
      const author = poisoned.get(taskId);
      poisoned.delete(taskId);
      countDown(author, 'dead-letter');
    });

    const replica = async (): Promise<void> => {
      for (let moment = plan.pop(); moment !== undefined; moment = plan.pop()) await live(moment);
    };
    const all = Promise.all(Array.from({ length: REPLICAS }, replica));
    await Promise.race([all, fault, becomes(watched, KILLS)]);
    await all;
    // Those that live finish what the others have left.
    const last = Promise.all(Array.from({ length: REPLICAS }, () => live('never')));
    const dead = (): string[] =>
      emulator
        .inspect()
        .messages({ queueName: 'dead' })
        .items.map(({ body }) => taskIdIn(body));
    const left = (): object => {
      watched();
      const { active, inactive } = emulator.inspect().queue('events').counts;
      return { open: ledger.open, poisoned: [...poisoned.keys()], active, inactive };
    };
    const nothing = { open: [], poisoned: [], active: 0, inactive: 0 };
    await Promise.race([fault, becomes(left, nothing)]);
    for (const one of alive) kill(one);
    await last;

    const { counts, longestFreeMs } = ledger;
    const [deadLetters, distinct] = [dead().length, new Set(dead()).size];
    process.stdout.write(
      `killed ${KILLS} replicas, ${killed.claim} at a claim, ${killed['dead-letter']} at a dead-lettering: ` +
        `${counts.sent} healthy events, ${counts.handled} handled, ${counts.again} of them again; ` +
        `${sent.poisoned} poisoned ones, ${distinct} dead-lettered, ${deadLetters - distinct} of them again; ` +
        `the longest wait ${Math.round(longestFreeMs)} ms (seed ${random.seed})\n`,
    );
    expect(dead().filter((taskId) => taskId.startsWith('healthy'))).toEqual([]);
    expect(distinct).toBe(sent.poisoned);
    expect(counts.handled).toBe(sent.healthy);
    expect(longestFreeMs).toBeLessThanOrEqual(LONGEST_FREE_MS);
    expect(killed).toMatchObject({ claim: KILLS / 4, 'dead-letter': KILLS / 4, whenever: KILLS / 2 });
  },
);
