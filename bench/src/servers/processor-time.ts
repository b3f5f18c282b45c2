import { readFileSync } from 'node:fs';

/** The kernel's unit of processor time on every Linux that Node supports. */
const TICK_MS = 10;

/** Processor time that a process has used, in milliseconds, in steps of 10; `NaN` where there is no `/proc`. */
export function processorMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces; user and system time are the 14th and 15th fields, the name the 2nd.
    const [userTicks = '', systemTicks = ''] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(userTicks) + Number(systemTicks)) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}
