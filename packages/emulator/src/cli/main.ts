#!/usr/bin/env node
import { MnsbusError } from '@mnsbus/core';
import { CommanderError } from 'commander';
import { ConfigError } from '../config/config-error.js';
import { ChildNotRun } from './child-process.js';
import { SWITCHES } from './emulator-flags.js';
import { EmulatorRefused } from './emulator-refused.js';
import { exitCodeOf } from './exit-codes.js';
import { outliveTerminal } from './lost-terminal.js';
import { withoutSwitchedOff } from './option-values.js';
import { UnreliableOutlet } from './outlet.js';
import { program } from './program.js';
import { Terminal, type SpokenError, type TerminalFlags } from './terminal.js';

withoutSwitchedOff(process.env, SWITCHES);
outliveTerminal();

const stdout = new UnreliableOutlet(process.stdout);
const stderr = new UnreliableOutlet(process.stderr);

const terminalOf = (flags: TerminalFlags): Terminal => new Terminal(flags, stdout, stderr, process.env);

/** Wrong usage is found before flags are read, and yet told in the form that was wished. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (
    process.env['MNS_EMULATOR_JSON'] !== undefined || args.slice(0, end === -1 ? undefined : end).includes('--json')
  );
}

try {
  await program(terminalOf, stdout, stderr).parseAsync();
} catch (error) {
  const exitCode = error instanceof ChildNotRun ? error.exitCode : exitCodeOf(error);
  process.exitCode = exitCode;
  if (exitCode !== 0) terminalOf({ json: wantsJson(process.argv.slice(2)) }).error(described(error), exitCode);
}

function described(error: unknown): SpokenError {
  if (error instanceof CommanderError) {
    // Without a command, commander shows the help and has nothing more to say than its own name for that.
    if (error.code === 'commander.help')
      return { code: 'USAGE', message: 'expected a command; mns-emulator --help lists them' };
    return { code: 'USAGE', message: `${error.message.replace(/^error: /, '')}\n(mns-emulator --help tells more)` };
  }
  // On lines of their own, places can be clicked on in many terminals.
  if (error instanceof ConfigError)
    return { code: error.code, problems: error.problems, message: `the config file is not valid\n${error.message}` };
  if (error instanceof MnsbusError || error instanceof EmulatorRefused) return error;
  return { code: 'FAILURE', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
