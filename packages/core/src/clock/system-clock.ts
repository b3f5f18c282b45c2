import { checkDelay, type Clock, type Timer } from './clock.js';

// Node fires a timer at once when its delay exceeds a signed 32-bit integer.
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. Delays of any length are kept, longer ones than Node's limit of 24.8 days included. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
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

// What Node calls files, names and connections that it has asked the system for: they end by themselves, unlike sockets and
// timers. Writes are not among them, because a test runner that is slow to read its pipe would hold the time up.
const REQUEST = /^(?:FSReq|CloseReq|Get(?:Addr|Name)Info|TCPConnect)/;

/**
 * Whether the machine works for this process: reads a file, looks up a name, opens a connection.
 *
 * Two things it does not show: what threads compute (hashes, compression), and an answer that another process owes.
 */
export function machineIsWorking(): boolean {
  return process.getActiveResourcesInfo().some((resource) => REQUEST.test(resource));
}

/** Resolves after one turn of the event loop, which drains every promise reaction, however long the chain. */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
