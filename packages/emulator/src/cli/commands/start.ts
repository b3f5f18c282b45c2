import { SystemClock } from '@mnsbus/core';
import type { Command } from 'commander';
import { addEmulatorFlags, type EmulatorFlags } from '../emulator-flags.js';
import { EXIT_HELP } from '../exit-codes.js';
import { storeNewsText, type StoreNews } from '../../store/store-news.js';
import { pageAddress } from '../page-address.js';
import type { ServedEmulator } from '../served-emulator.js';
import type { Terminal } from '../terminal.js';
import { trustAdvice } from '../trust-advice.js';
import { welcome } from '../welcome.js';

/** The port that `start` listens on when nobody names one. */
export const DEFAULT_PORT = 9324;

const HELP = `
Examples:
  mns-emulator start
  mns-emulator start --port 0 --json | head -1      any free port; the line says which
  mns-emulator start --config ci.yaml --seed 42     the same ids and durations each time
  mns-emulator start --tls                          for clients that insist on https

What a flag does not say is taken from its variable, then from the config file, then as the default.
Hints about what looks wrong go to stderr.

${EXIT_HELP}`;

/** Adds `mns-emulator start`: an emulator that runs until the process is told to end. */
export function addStart(program: Command, terminalOf: (flags: EmulatorFlags) => Terminal): void {
  addEmulatorFlags(program.command('start'), String(DEFAULT_PORT))
    .description('start the emulator and keep it running until Ctrl-C')
    .addHelpText('after', HELP)
    .action((flags: EmulatorFlags) => start(flags, terminalOf(flags)));
}

async function start(flags: EmulatorFlags, terminal: Terminal): Promise<void> {
  // What a server keeps is its owner's alone; a database makes its files without being told.
  process.umask(0o077);
  // Loaded here, so that help and wrong usage need no emulator.
  const { finishPushes, serveEmulator } = await import('../served-emulator.js');
  const { giveBackWhenIdle } = await import('../idle-memory.js');
  const served = await serveEmulator(flags, {
    fallbackPort: DEFAULT_PORT,
    onHint: (hint) => terminal.hint(hint),
    onStoreNews: (news) => noticeStore(news, terminal),
  });
  // Listened for before it is told to be ready: who reads that line may end it at once.
  const ended = endOfProcess();
  if (served.certificate !== undefined) terminal.aside(trustAdvice(served.certificate));
  noticeAdmin(served, terminal);
  terminal.result({
    text: (paint) => welcome(served, paint),
    line: `mns-emulator: ready at ${served.server.endpoint}`,
    json: readyEvent(served),
  });
  const stopGivingBack = giveBackWhenIdle(served.emulator);
  await ended;
  stopGivingBack();
  // A data directory keeps what is under way; without one it is finished, which takes 5 seconds at most.
  if (!('dataDir' in served.emulator)) await finishPushes(served);
  await served.server.close();
  // Looks once more at what nobody received.
  served.emulator.hints();
  await endUnheard(terminal);
}

/** How long the last words of a server wait for their reader, in milliseconds. */
const LAST_WORDS_MS = 1000;

/** Ends the process if its last words find no reader: what waits in a pipe that nobody reads would keep it for ever. */
export async function endUnheard(terminal: Terminal): Promise<void> {
  const over = new AbortController();
  const limit = new SystemClock().after(LAST_WORDS_MS, () => over.abort());
  const isHeard = await terminal.drained(over.signal);
  limit.cancel();
  if (!isHeard) process.exit();
}

/** Tells that commands and the page will not work, if nobody has wished that. */
export function noticeAdmin({ admin: { isOffFor } }: Pick<ServedEmulator, 'admin'>, terminal: Terminal): void {
  if (isOffFor === undefined) return;
  const line = `there is no admin API: ${isOffFor}`;
  terminal.notice({ line, json: { event: 'notice', message: line } });
}

/** Tells that the disk does not take what is to be kept, and when it does again. */
export function noticeStore(news: StoreNews, terminal: Terminal): void {
  const line = storeNewsText(news);
  terminal.notice({ line, json: { event: 'store', state: news.kind, message: line } });
}

/** What programs are told when an emulator is ready. */
export function readyEvent(served: ServedEmulator): object {
  const { emulator, server, certificate } = served;
  const page = pageAddress(served);
  const { accountId, region, accessKeyId, accessKeySecret, seed, profile } = emulator;
  const { endpoint } = server;
  const trust =
    certificate === undefined ? {} : { caFile: certificate.authorityPath, caBundle: certificate.bundlePath };
  return {
    event: 'ready',
    endpoint,
    accountId,
    region,
    accessKeyId,
    accessKeySecret,
    seed,
    profile: profile.name,
    ...(page === undefined ? {} : { page }),
    ...trust,
    pid: process.pid,
  };
}

/** What the process ends with when a second signal does not let it stop: 128 and the number of the signal, as shells have it. */
const FORCED_EXIT: Readonly<Record<'SIGINT' | 'SIGTERM', number>> = { SIGINT: 130, SIGTERM: 143 };

/** Resolves at the first signal; the next one ends the process where it stands. */
function endOfProcess(): Promise<void> {
  return new Promise((resolve) => {
    let isEnding = false;
    const end = (signal: 'SIGINT' | 'SIGTERM'): void => {
      if (isEnding) process.exit(FORCED_EXIT[signal]);
      isEnding = true;
      resolve();
    };
    process.on('SIGINT', end).on('SIGTERM', end);
  });
}
