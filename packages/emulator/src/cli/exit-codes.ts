import { MnsbusError } from '@mnsbus/core';
import { CommanderError } from 'commander';
import { EmulatorRefused } from './emulator-refused.js';

/** With what the process ends, by what has happened. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  config: 3,
  listen: 4,
  noEmulator: 5,
  /** As shells have it: the command of `exec` cannot be run. */
  notExecutable: 126,
  /** As shells have it: there is no such command. */
  notFound: 127,
  /** As shells have it: the command was ended by a signal, whose number is added. */
  signalled: 128,
} as const;

/** The codes that every command can end with, for the help. */
export const EXIT_HELP = `Exit status:
  0  all went well; start was ended by Ctrl-C or SIGTERM
  1  failure
  2  wrong usage: an unknown option, a value out of range
  3  the config file cannot be read or is not valid
  4  the address or port cannot be listened on
  5  no emulator answers where the command looks for one`;

/** The status for an error that ends a command. */
export function exitCodeOf(error: unknown): number {
  // Help and version that were asked for end by an error with status 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof EmulatorRefused) return error.code === 'INVALID_ARGUMENT' ? EXIT.usage : EXIT.failure;
  if (!(error instanceof MnsbusError)) return EXIT.failure;
  switch (error.code) {
    case 'INVALID_ARGUMENT':
      return EXIT.usage;
    case 'CONFIG_INVALID':
      return EXIT.config;
    case 'LISTEN_FAILED':
      return EXIT.listen;
    case 'EMULATOR_UNREACHABLE':
      return EXIT.noEmulator;
    default:
      return EXIT.failure;
  }
}
