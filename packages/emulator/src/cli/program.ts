import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addAdvance } from './commands/advance.js';
import { addExec } from './commands/exec.js';
import { addInit } from './commands/init.js';
import { addPublish } from './commands/publish.js';
import { addReply } from './commands/reply.js';
import { addReset } from './commands/reset.js';
import { addSnapshot } from './commands/snapshot.js';
import { addStart } from './commands/start.js';
import { addStatus } from './commands/status.js';
import { addTask } from './commands/task.js';
import { EXIT_HELP } from './exit-codes.js';
import type { Outlet } from './outlet.js';
import { packageFile } from '../runtime/package-file.js';
import type { Terminal, TerminalFlags } from './terminal.js';

/** Every command, one file each. */
const COMMANDS: readonly ((program: Command, terminalOf: (flags: TerminalFlags) => Terminal) => void)[] = [
  addStart,
  addExec,
  addInit,
  addStatus,
  addPublish,
  addTask,
  addReply,
  addAdvance,
  addReset,
  addSnapshot,
];

/**
 * The command line of `mns-emulator`, whose help and version go to `out`, and to `err` where no command was named. Wrong
 * usage, and help that was asked for, throw a `CommanderError`.
 */
export function program(terminalOf: (flags: TerminalFlags) => Terminal, out: Outlet, err: Outlet): Command {
  const command = new Command('mns-emulator')
    .description('IMM (Intelligent Media Management) and MNS (SMQ) of Alibaba Cloud, on this machine')
    .version(packageVersion())
    .enablePositionalOptions()
    .exitOverride()
    // Whoever runs it says what was wrong, in the form that was wished.
    .configureOutput({
      outputError: () => {},
      writeOut: (text) => void out.write(text),
      writeErr: (text) => void err.write(text),
    })
    .addHelpText('after', `\n${EXIT_HELP}`);
  for (const add of COMMANDS) add(command, terminalOf);
  return command;
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
