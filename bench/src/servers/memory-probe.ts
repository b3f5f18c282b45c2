// Loaded into a server before it starts: tells what it holds whenever it is asked for it.
import { readdirSync } from 'node:fs';

/** What a process holds. */
export interface Holding {
  /** The heap after a full collection. */
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** `NaN` on a machine that does not show them. */
  readonly descriptors: number;
}

function descriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return Number.NaN;
  }
}

process.on('message', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const holding: Holding = { heapBytes: heapUsed, residentBytes: rss, descriptors: descriptors() };
  process.send?.(holding);
});
