import type { Command } from 'commander';
import { invalidArgument } from '@mnsbus/core/internal';
import { runChild } from '../child-process.js';
import { addEmulatorFlags, type EmulatorFlags } from '../emulator-flags.js';
import { childEnvironment } from '../exec-environment.js';
import { EXIT_HELP } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';
import { endUnheard, noticeAdmin, noticeStore, readyEvent } from './start.js';

interface ExecFlags extends EmulatorFlags {
  readonly proxy?: boolean;
}

const HELP = `
Sets for the command:
  MNS_ENDPOINT, IMM_ENDPOINT           where the emulator is
  ALIBABA_CLOUD_ACCOUNT_ID             and _REGION, _REGION_ID
  ALIBABA_CLOUD_ACCESS_KEY_ID          and _ACCESS_KEY_SECRET; _SECURITY_TOKEN is taken away
  MNS_EMULATOR_ENDPOINT                so that mns-emulator advance, status, … work in it
  HTTP_PROXY                           with --proxy only
  NODE_EXTRA_CA_CERTS                  and SSL_CERT_FILE, REQUESTS_CA_BUNDLE, with --tls only

Examples:
  mns-emulator exec -- npm test
  mns-emulator exec --task-duration 0 -- python3 consumer.py
  mns-emulator exec --proxy -- node old-app.js      for clients whose hosts are fixed

${EXIT_HELP}
  126, 127  the command cannot be run, or there is none of this name
  else      that of the command; 128 and the number of the signal that ended it`;

/** Adds `mns-emulator exec`: an emulator that lives as long as a command, whose exit code becomes that of the process. */
export function addExec(program: Command, terminalOf: (flags: EmulatorFlags) => Terminal): void {
  addEmulatorFlags(program.command('exec'), 'any free one')
    .description('start the emulator, run a command against it, stop, and end as the command did')
    .usage('[options] -- <command> [arguments...]')
    .argument('<command...>', 'what to run, with its arguments')
    .option('--proxy', 'also be the HTTP proxy of the command')
    .passThroughOptions()
    .addHelpText('after', HELP)
    .action((command: readonly string[], flags: ExecFlags) => exec(command, flags, terminalOf(flags)));
}

async function exec([program = '', ...args]: readonly string[], flags: ExecFlags, terminal: Terminal): Promise<void> {
  // Loaded here, so that help and wrong usage need no emulator.
  const { serveEmulator } = await import('../served-emulator.js');
  const served = await serveEmulator(flags, {
    port: 0,
    fallbackPort: 0,
    onHint: (hint) => terminal.hint(hint),
    onStoreNews: (news) => noticeStore(news, terminal),
  });
  try {
    if (flags.proxy === true && served.certificate !== undefined) {
      throw invalidArgument('--proxy', 'plain HTTP, because the emulator tunnels nothing', '--tls');
    }
    noticeAdmin(served, terminal);
    terminal.aside({ line: `mns-emulator: ready at ${served.server.endpoint}`, json: readyEvent(served) });
    const environment = childEnvironment(process.env, served, flags.proxy === true);
    process.exitCode = await runChild(program, args, environment);
  } finally {
    await served.server.close();
    served.emulator.hints();
  }
  await endUnheard(terminal);
}
