import type { Command } from 'commander';
import { addTerminalFlags } from './emulator-flags.js';
import { CONFIG_FILE_NAME } from '../config/config-template.js';
import { option } from './option-values.js';
import type { TerminalFlags } from './terminal.js';

/** Where a command finds a running emulator. */
export interface ConnectionFlags extends TerminalFlags {
  readonly endpoint?: string;
  readonly token?: string;
  /** Where to find the token; `false`: in no file, not even the one in the working directory. */
  readonly config?: string | boolean;
}

/** Where `mns-emulator start` listens, unless told otherwise. */
export const DEFAULT_ENDPOINT = 'http://127.0.0.1:9324';

/** Gives a command the flags by which it finds a running emulator. */
export function addConnectionFlags(command: Command): Command {
  return addTerminalFlags(
    command
      .addOption(option('--endpoint <url>', `where the emulator is (default: ${DEFAULT_ENDPOINT})`))
      .addOption(
        option(
          '--token <token>',
          'its admin token, if it has one (default: of an emulator on this machine, that of MNS_EMULATOR_ADMIN_TOKEN or the config file)',
        ),
      )
      .addOption(
        option('--config <path>', `config file that says the token (default: ${CONFIG_FILE_NAME}, if there is one)`),
      )
      .option('--no-config', 'look into no config file'),
  );
}
