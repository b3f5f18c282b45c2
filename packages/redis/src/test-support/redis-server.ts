import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A real `redis-server` in a process of its own, which keeps nothing on disk. */
export interface RedisServer {
  readonly port: number;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Lets it stand still, with every connection open. */
  freeze(): void;
}

/** Starts a server, on `port` or a free one, and waits until it answers. `options` are those of its command line. */
export async function startRedis(
  options: { readonly port?: number; readonly args?: readonly string[] } = {},
): Promise<RedisServer> {
  const { args = [] } = options;
  const port = options.port ?? (await freePort());
  const dir = await mkdtemp(join(tmpdir(), 'mnsbus-redis-'));
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'];
  // A replica is sent what there is at once, not after a wait for others.
  own.push('--repl-diskless-sync-delay', '0');
  const child = spawn('redis-server', [...own, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new Error('these tests need redis-server (Debian: redis-server)', { cause })),
    );
    child.once('exit', () => reject(new Error(`redis-server ended:\n${lines.join('\n')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('Ready to accept connections')) resolve();
    });
  });
  return {
    port,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
    freeze: () => void child.kill('SIGSTOP'),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
