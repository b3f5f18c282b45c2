import type { Command } from 'commander';
import { addTerminalFlags } from './emulator-flags.js';
import { option } from './option-values.js';
import type { TerminalFlags } from './terminal.js';

/** Where a command finds a running emulator. */
export interface ConnectionFlags extends TerminalFlags {
  readonly endpoint?: string;
  readonly token?: string;
}

/** Where `mns-emulator start` listens, unless told otherwise. */
export const DEFAULT_ENDPOINT = 'http://127.0.0.1:9324';

/** Gives a command the flags by which it finds a running emulator. */
export function addConnectionFlags(command: Command): Command {
  return addTerminalFlags(
    command
      .addOption(option('--endpoint <url>', `where the emulator is (default: ${DEFAULT_ENDPOINT})`))
      .addOption(option('--token <token>', 'its admin token, when it is on another machine')),
  );
}
