import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_ACCESS_KEY_ID, DEFAULT_ACCESS_KEY_SECRET, DEFAULT_ACCOUNT_ID, DEFAULT_REGION } from '../emulator.js';
import { start } from './start.js';

/** The command line of `mns-emulator`. Wrong usage ends the process with status 1 and a message. */
export function program(): Command {
  const command = new Command('mns-emulator')
    .description('IMM (Intelligent Media Management) and MNS (SMQ) of Alibaba Cloud, on this machine')
    .version(packageVersion())
    .showHelpAfterError('(mns-emulator start --help lists the options)');

  command
    .command('start')
    .description('start the emulator and keep it running until Ctrl-C')
    .option('--port <number>', 'port to listen on; 0 takes any free one', wholeNumber(0, 65_535), 9324)
    .option('--host <address>', 'address to listen on; anything but 127.0.0.1 lets other machines in', '127.0.0.1')
    .option('--account <id>', 'account id', DEFAULT_ACCOUNT_ID)
    .option('--region <region>', 'region', DEFAULT_REGION)
    .option('--access-key-id <id>', 'the access key id that clients sign with', DEFAULT_ACCESS_KEY_ID)
    .option('--access-key-secret <secret>', 'the secret that belongs to it', DEFAULT_ACCESS_KEY_SECRET)
    .option(
      '--task-duration <ms>',
      'how long a task runs, in milliseconds (default: what its kind takes)',
      wholeNumber(0, 604_800_000),
    )
    .option('--seed <text>', 'replays ids, durations and lags (default: a fresh one)')
    .option('--data-dir <path>', 'keep the state in this directory, over restarts (default: in memory)')
    .option('--json', 'print one line of JSON when ready, and nothing else', false)
    .action(start);

  return command;
}

function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(`expected a whole number from ${low} to ${high}.`);
    }
    return value;
  };
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
