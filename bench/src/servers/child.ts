import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const children = new Set<ChildProcess>();

/** How long a server may take to begin to answer. */
const START_LIMIT_MS = 30_000;

/** Starts a program that is stopped with this one at the latest; nothing of what it prints is shown. */
export function startChild(program: string, args: readonly string[], cwd?: string): ChildProcess {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  children.add(child);
  child.on('error', () => children.delete(child));
  child.on('exit', () => children.delete(child));
  // A pipe that nobody empties stops the one who writes.
  child.stdout?.resume();
  return child;
}

/** Ends a child at once, and waits until it is gone. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (!children.has(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Ends whatever still runs. */
export async function stopAllChildren(): Promise<void> {
  await Promise.all([...children].map((child) => stopChild(child)));
}

/** The first line that a child prints. */
export function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error('a child without output');
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error('a server ended before it was ready')));
  });
}

/** The next message that a child sends; rejects when it ends first. */
export function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('a child ended before it answered'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}

/** A port of this machine that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Tries until it succeeds, for half a minute at most; then rejects with the last error. */
export async function eventually(attempt: () => Promise<void>): Promise<void> {
  const endMs = performance.now() + START_LIMIT_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
