import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CONFIG_FILE_NAME, configTemplate } from '../../config/config-template.js';
import { addTerminalFlags } from '../emulator-flags.js';
import { EXIT_HELP } from '../exit-codes.js';
import { packageFile } from '../../runtime/package-file.js';
import type { Terminal, TerminalFlags } from '../terminal.js';
import { writeNewFile } from '../written-file.js';

interface InitFlags extends TerminalFlags {
  readonly force?: boolean;
}

const HELP = `
The file makes a queue, a topic and a project to begin with; the rest is as it is without a file, or commented out.
Editors with a YAML language server complete and check it.

Examples:
  mns-emulator init
  mns-emulator init test/emulator.yaml && mns-emulator start --config test/emulator.yaml

${EXIT_HELP}`;

/** Adds `mns-emulator init`: writes a config file that explains itself. */
export function addInit(program: Command, terminalOf: (flags: TerminalFlags) => Terminal): void {
  addTerminalFlags(program.command('init'))
    .description('write a config file with comments')
    .argument('[path]', 'where to', CONFIG_FILE_NAME)
    .option('--force', 'overwrite a file that is there')
    .addHelpText('after', HELP)
    .action((path: string, flags: InitFlags) => init(path, flags, terminalOf(flags)));
}

async function init(path: string, { force = false }: InitFlags, terminal: Terminal): Promise<void> {
  await writeNewFile(path, configTemplate(schemaReference(path)), { isForced: force });
  const line = `mns-emulator: wrote ${path}`;
  terminal.result({ text: () => line, line, json: { event: 'written', path: resolve(path) } });
}

const SCHEMA = 'mns-emulator.schema.json';

/** The shipped schema: by the way that the project has it, else where this program has it. */
function schemaReference(path: string): string {
  const installed = join('node_modules', '@mnsbus', 'emulator', SCHEMA);
  if (existsSync(join(dirname(path), installed))) return `./${installed.replaceAll('\\', '/')}`;
  return packageFile(SCHEMA).href;
}
