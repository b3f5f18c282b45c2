import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MnsbusError } from '@mnsbus/core';
import type { Command } from 'commander';
import { AdminCaller } from '../admin-caller.js';
import { addConnectionFlags, type ConnectionFlags } from '../connection-flags.js';
import { EXIT_HELP } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';
import { writeNewFile } from '../written-file.js';

interface SaveFlags extends ConnectionFlags {
  readonly force?: boolean;
}

const HELP = `
The file is JSON: queues, topics, messages, projects, tasks, and the secrets of temporary keys. Equal states give equal
files. Faults, hints and the clock are no part of it.

Examples:
  mns-emulator snapshot save before.json
  mns-emulator snapshot load before.json

${EXIT_HELP}`;

/** Adds `mns-emulator snapshot save|load`: the state of a running emulator as a file. */
export function addSnapshot(program: Command, terminalOf: (flags: ConnectionFlags) => Terminal): void {
  const snapshot = program
    .command('snapshot')
    .description('save the state of a running emulator to a file, or load it from one')
    .addHelpText('after', HELP);
  addConnectionFlags(snapshot.command('save'))
    .description('write all that a running emulator has to a file')
    .argument('<file>', 'where to')
    .option('--force', 'overwrite a file that is there')
    .addHelpText('after', HELP)
    .action((file: string, flags: SaveFlags) => save(file, flags, terminalOf(flags)));
  addConnectionFlags(snapshot.command('load'))
    .description('let a running emulator take up such a file in place of all that it has')
    .argument('<file>', 'what save has written')
    .addHelpText('after', HELP)
    .action((file: string, flags: ConnectionFlags) => load(file, flags, terminalOf(flags)));
}

async function save(file: string, flags: SaveFlags, terminal: Terminal): Promise<void> {
  const snapshot = await new AdminCaller(flags).get<object>('/snapshot');
  // It holds secrets, even if only of temporary keys.
  await writeNewFile(file, `${JSON.stringify(snapshot)}\n`, { isForced: flags.force === true, mode: 0o600 });
  const line = `mns-emulator: saved ${file}`;
  terminal.result({ text: () => line, line, json: { event: 'saved', path: resolve(file) } });
}

async function load(file: string, flags: ConnectionFlags, terminal: Terminal): Promise<void> {
  const snapshot = await readSnapshot(file);
  await new AdminCaller(flags).send('POST', '/restore', snapshot);
  const line = `mns-emulator: loaded ${file}`;
  terminal.result({ text: () => line, line, json: { event: 'loaded', path: resolve(file) } });
}

async function readSnapshot(file: string): Promise<object> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
    throw new Error('it is no JSON object');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MnsbusError({ code: 'FILE_NOT_READ', message: `cannot read ${file}: ${reason}`, cause });
  }
}
