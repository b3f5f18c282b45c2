import { checkDelay, type Clock, type Timer } from './clock.js';

// Node fires a timer at once when its delay exceeds a signed 32-bit integer.
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. Delays of any length are kept, longer ones than Node's limit of 24.8 days included. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  after(delayMs: number, callback: () => void): Timer {
    let remainingMs = Math.max(0, checkDelay(delayMs));
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const stepMs = Math.min(remainingMs, LONGEST_TIMEOUT_MS);
      remainingMs -= stepMs;
      handle = setTimeout(remainingMs > 0 ? arm : callback, stepMs);
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  }
}

/** Resolves after one turn of the event loop, which drains every promise reaction, however long the chain. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
