import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { isatty } from 'node:tty';

/**
 * Lets the process end as it would have when its terminal has gone before it.
 *
 * At its end Node gives the terminals that it began with their modes back, and aborts where that fails. A number that
 * stands for another file by then is left alone. To be called at the start.
 */
export function outliveTerminal(): void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  process.once('exit', () => {
    for (const descriptor of terminals) {
      if (isatty(descriptor)) continue;
      closeSync(descriptor);
      // The lowest number that is free: the same.
      openSync(devNull, 'r+');
    }
  });
}
