import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SeededRandom, SystemClock, freshSeed } from '@mnsbus/core';
import { createEmulator, listen } from '@mnsbus/emulator';
import { expect, it, onTestFinished } from 'vitest';
import { callerOf, transportOf } from './test-support/mounts.js';
import { countMessages, createQueue, eventText, send } from './test-support/resources.js';

const WORKER = fileURLToPath(new URL('./test-support/replica-worker.mjs', import.meta.url));
const KILLS = 100;
const REPLICAS = 3;

it(
  'I26: three replicas, killed a hundred times under load, handle every event at least once',
  { timeout: 240_000 },
  async () => {
    const random = new SeededRandom(freshSeed());
    const emulator = createEmulator({ clock: new SystemClock(), seed: random.seed });
    const server = await listen(emulator);
    onTestFinished(() => server.close());
    const { accountId, accessKeyId, accessKeySecret } = emulator;
    const connection = { accountId, accessKeyId, accessKeySecret, endpoint: server.endpoint };
    const transport = transportOf(connection, new SystemClock());
    onTestFinished(() => transport.close());
    const mns = callerOf(transport);
    await createQueue({ mns }, 'q', 2);

    const alive = new Set<ChildProcess>();
    onTestFinished(() => {
      for (const child of alive) child.kill('SIGKILL');
    });
    const handled = new Map<string, number>();
    let sent = 0;
    let killed = 0;
    const feed = async (): Promise<void> => {
      // Always some more than the replicas hold, so that every kill hits work in progress.
      for (let count = 0; count < 12; count += 1) {
        sent += 1;
        await send({ mns }, eventText(`t${sent}`), 'q');
      }
    };

    /** Runs one replica until it has handled some events, then kills it; whether there is another to come. */
    const life = async (): Promise<void> => {
      const events = random.integer(0, 12);
      const child = spawn(process.execPath, [WORKER, JSON.stringify(connection), 'q'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      alive.add(child);
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      const seen = new Promise<void>((resolve) => {
        let count = -1;
        createInterface({ input: child.stdout }).on('line', (line) => {
          if (line !== 'ready') handled.set(line, (handled.get(line) ?? 0) + 1);
          count += 1;
          if (count === events) resolve();
        });
      });
      await feed();
      await seen;
      child.kill('SIGKILL');
      killed += 1;
      alive.delete(child);
      await exited;
    };
    const replica = async (): Promise<void> => {
      while (killed + alive.size < KILLS) await life();
    };
    await Promise.all(Array.from({ length: REPLICAS }, replica));

    // One that lives finishes what the others have left.
    const last = spawn(process.execPath, [WORKER, JSON.stringify(connection), 'q'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    alive.add(last);
    createInterface({ input: last.stdout }).on('line', (line) => {
      if (line !== 'ready') handled.set(line, (handled.get(line) ?? 0) + 1);
    });
    await expect
      .poll(async () => countMessages({ mns }, 'q'), { timeout: 120_000, interval: 200 })
      .toEqual({ active: 0, inactive: 0 });

    const calls = [...handled.values()].reduce((sum, count) => sum + count, 0);
    const missing = Array.from({ length: sent }, (_, index) => `t${index + 1}`).filter(
      (taskId) => !handled.has(taskId),
    );
    process.stdout.write(
      `killed ${killed} replicas: ${sent} events sent, ${handled.size} handled, ${calls - handled.size} of them again, ${missing.length} lost (seed ${random.seed})\n`,
    );
    expect(killed).toBe(KILLS);
    expect(missing).toEqual([]);
  },
);
