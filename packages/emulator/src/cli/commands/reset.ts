import { Option, type Command } from 'commander';
import { AdminCaller } from '../admin-caller.js';
import { addConnectionFlags, type ConnectionFlags } from '../connection-flags.js';
import { EXIT_HELP } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';

interface ResetFlags extends ConnectionFlags {
  readonly account?: string;
}

const HELP = `
Ids and durations begin again from the seed. Faults, hints and the clock stay as they are.

Examples:
  mns-emulator reset
  mns-emulator reset --account 1000000000000001

${EXIT_HELP}`;

/** Adds `mns-emulator reset`: a running emulator forgets what it has. */
export function addReset(program: Command, terminalOf: (flags: ConnectionFlags) => Terminal): void {
  addConnectionFlags(program.command('reset'))
    .description('let a running emulator forget its queues, topics, messages, projects and tasks')
    // No variable: the account that start is told must not decide what is thrown away.
    .addOption(new Option('--account <id>', 'only those of this account (default: of every account)'))
    .addHelpText('after', HELP)
    .action((flags: ResetFlags) => reset(flags, terminalOf(flags)));
}

async function reset(flags: ResetFlags, terminal: Terminal): Promise<void> {
  const { account } = flags;
  await new AdminCaller(flags).send('POST', '/reset', account === undefined ? {} : { accountId: account });
  const line = `mns-emulator: forgot ${account === undefined ? 'everything' : `all of account ${account}`}`;
  terminal.result({
    text: () => line,
    line,
    json: { event: 'reset', ...(account === undefined ? {} : { accountId: account }) },
  });
}
