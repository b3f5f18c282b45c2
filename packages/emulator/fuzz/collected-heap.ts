import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventLoopTurn } from '@mnsbus/core/internal';

/** Bytes that are in use once what nobody holds has been collected. */
export async function collectedHeap(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('expected a function that collects garbage');
  await eventLoopTurn();
  collect();
  return process.memoryUsage().heapUsed;
}
