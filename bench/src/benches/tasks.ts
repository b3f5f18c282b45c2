import { fileURLToPath } from 'node:url';
import { nextMessage, startChild, stopChild } from '../servers/child.js';

/** What tasks of IMM cost while so many records are kept. */
export interface TaskSamples {
  readonly kept: number;
  /** Memory of one record. */
  readonly bytesPerTask: number;
  /** Memory above that of the beginning when all records have vanished. */
  readonly bytesLeft: number;
  /** Of one task from its submission to its event, in each round. */
  readonly microseconds: readonly number[];
}

const PROGRAM = fileURLToPath(new URL('../../dist/servers/tasks-main.js', import.meta.url));

/** Measures few and many records in turns; each number in a process of its own. */
export async function measureTasks(counts: readonly number[], rounds: number): Promise<readonly TaskSamples[]> {
  const worlds = [];
  for (const kept of counts) {
    const child = startChild(process.execPath, ['--expose-gc', '--max-old-space-size=4096', PROGRAM, String(kept)]);
    worlds.push({ kept, child, bytesPerTask: numberIn(await nextMessage(child), 'bytesPerTask') });
  }
  const microseconds: number[][] = counts.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, { child }] of worlds.entries()) {
      child.send('round');
      const told = numberIn(await nextMessage(child), 'microsecondsPerTask');
      if (round >= 0) microseconds[index]?.push(told);
    }
  }
  const samples: TaskSamples[] = [];
  for (const [index, { kept, child, bytesPerTask }] of worlds.entries()) {
    child.send('vanish');
    const bytesLeft = numberIn(await nextMessage(child), 'bytesLeft');
    samples.push({ kept, bytesPerTask, bytesLeft, microseconds: microseconds[index] ?? [] });
    await stopChild(child);
  }
  return samples;
}

function numberIn(message: unknown, name: string): number {
  const value: unknown = typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined;
  if (typeof value !== 'number') throw new Error(`a program with tasks told no ${name}`);
  return value;
}
