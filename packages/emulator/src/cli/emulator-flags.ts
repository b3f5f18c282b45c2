import type { Command } from 'commander';
import { CONFIG_FILE_NAME } from '../config/config-template.js';
import {
  DEFAULT_ACCESS_KEY_ID,
  DEFAULT_ACCESS_KEY_SECRET,
  DEFAULT_ACCOUNT_ID,
  DEFAULT_REGION,
} from '../runtime/default-identity.js';
import { CLOCK_MODES } from '@mnsbus/core';
import { PROFILE_NAMES, type ProfileName } from '../profile/profile.js';
import { listed, option, wholeNumber } from './option-values.js';
import type { AdminFlags } from './served-admin.js';
import type { ClockFlags } from './served-clock.js';
import type { TerminalFlags } from './terminal.js';

/** The flags of every command that runs an emulator; what is absent is for the config file to say. */
export interface EmulatorFlags extends TerminalFlags, ClockFlags, AdminFlags {
  /** `false`: no file, not even the one in the working directory. */
  readonly config?: string | boolean;
  readonly port?: number;
  readonly host?: string;
  readonly cors?: readonly string[];
  readonly account?: string;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly accessKeySecret?: string;
  /** Milliseconds. */
  readonly taskDuration?: number;
  readonly seed?: string;
  readonly profile?: ProfileName;
  readonly dataDir?: string;
  readonly tls?: boolean;
  readonly tlsDir?: string;
}

/** The flags that are switches: their variables may also say no. */
export const SWITCHES: readonly string[] = ['tls', 'no-admin', 'json', 'quiet'];

/** The longest duration of a task that can be asked for: a week, in milliseconds. */
const LONGEST_TASK_MS = 604_800_000;

/** Gives a command the flags of an emulator. */
export function addEmulatorFlags(command: Command, defaultPort: string): Command {
  return addTerminalFlags(
    command
      .addOption(option('--config <path>', `config file, YAML or JSON (default: ${CONFIG_FILE_NAME}, if there is one)`))
      .option('--no-config', `no config file, even if there is ${CONFIG_FILE_NAME}`)
      .addOption(
        option('--port <number>', `port to listen on; 0 takes any free one (default: ${defaultPort})`).argParser(
          wholeNumber(0, 65_535),
        ),
      )
      .addOption(
        option('--host <address>', 'address to listen on; any other lets other machines in (default: 127.0.0.1)'),
      )
      .addOption(
        option(
          '--cors <origins>',
          'web pages that may call the services, such as http://localhost:3000,http://localhost:5173 (default: none)',
        ).argParser(listed),
      )
      .addOption(option('--account <id>', `account id (default: ${DEFAULT_ACCOUNT_ID})`))
      .addOption(option('--region <region>', `region (default: ${DEFAULT_REGION})`))
      .addOption(
        option('--access-key-id <id>', `the access key id that clients sign with (default: ${DEFAULT_ACCESS_KEY_ID})`),
      )
      .addOption(
        option('--access-key-secret <secret>', `the secret that belongs to it (default: ${DEFAULT_ACCESS_KEY_SECRET})`),
      )
      .addOption(
        option(
          '--task-duration <ms>',
          'how long a task runs, in milliseconds (default: what its kind takes)',
        ).argParser(wholeNumber(0, LONGEST_TASK_MS)),
      )
      .addOption(option('--seed <text>', 'replays ids, durations and lags (default: a fresh one)'))
      .addOption(
        option(
          '--profile <name>',
          'how kind the services are: kind, or cloud, as unkind as the live ones were seen to be (default: kind)',
        ).choices(PROFILE_NAMES),
      )
      .addOption(option('--data-dir <path>', 'keep the state in this directory, over restarts (default: in memory)'))
      .addOption(
        option('--clock <mode>', 'how time goes: real, offset (can be advanced), or frozen (default: real)').choices(
          CLOCK_MODES,
        ),
      )
      .addOption(option('--time <iso>', 'what time an offset or frozen clock begins at, such as 2030-01-01T00:00:00Z'))
      .addOption(
        option(
          '--admin-token <token>',
          'whoever operates the emulator, from here or another machine, must send it; 16 characters or more',
        ),
      )
      .addOption(option('--no-admin', 'no page, no admin API, and none of the commands that call it'))
      .addOption(option('--tls', 'listen by HTTPS, with a certificate made for it'))
      .addOption(option('--tls-dir <path>', 'where that certificate is kept (default: a cache directory of yours)')),
  );
}

/** Gives a command the flags of how it talks. */
export function addTerminalFlags(command: Command): Command {
  return command
    .addOption(option('--json', 'print lines of JSON instead of text'))
    .addOption(option('--quiet', 'print nothing but errors'));
}
