import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { MnsConnection } from '../mns/sdk-client.js';
import { tail } from './tail.js';

interface Flags {
  readonly topic: boolean;
  readonly consume: boolean;
  readonly json: boolean;
  readonly name: string;
  readonly limit?: number;
  readonly interval: number;
  readonly account: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

const HELP = `
A queue is looked at, not read: what is printed stays in it. A look shows the up to 16 messages that a receive would bring, so
messages that are being handled, delayed, or gone between two looks are not seen. A topic is followed through a queue of its own
(mnsbus-tail-r-...), which is removed at the end; nothing is missed, and a region is needed.

Keys and places come from flags or from the environment. A secret is safer there: flags are shown to everybody on the machine.

Exit status: 0 when ended by Ctrl-C, by --limit or by a closed pipe; 1 when the service refuses, or for wrong usage.`;

/** The command line of `mnsbus`. Wrong usage ends the process with status 1 and a message. */
export function program(): Command {
  const command = new Command('mnsbus')
    .description('events of Alibaba Cloud IMM over MNS (SMQ), in the terminal')
    .version(packageVersion())
    .showHelpAfterError('(mnsbus tail --help lists the options)');
  command
    .command('tail')
    .description('print events as they come, without taking them')
    .argument('<queue-or-topic>', 'the name of a queue, or with --topic of a topic')
    .option('--topic', 'the name is that of a topic', false)
    .option('--consume', 'take the messages out of the queue', false)
    .option('--json', 'print each event as JSON on a line of its own', false)
    .option('--name <pattern>', 'only events of that name or group, for example imm:Task:*', '*')
    .option('--limit <number>', 'end after so many', wholeNumber(1, 1_000_000_000))
    .option('--interval <ms>', 'time between two looks at a queue', wholeNumber(50, 3_600_000), 1000)
    .addOption(required('--account <id>', 'account id', 'ALIBABA_CLOUD_ACCOUNT_ID'))
    .addOption(fromEnvironment('--region <region>', 'region', 'ALIBABA_CLOUD_REGION'))
    .addOption(fromEnvironment('--endpoint <url>', 'base URL, for example of an emulator', 'MNS_ENDPOINT'))
    .addOption(required('--access-key-id <id>', 'access key id', 'ALIBABA_CLOUD_ACCESS_KEY_ID'))
    .addOption(required('--access-key-secret <secret>', 'its secret', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'))
    .addOption(fromEnvironment('--security-token <token>', 'with temporary keys', 'ALIBABA_CLOUD_SECURITY_TOKEN'))
    .addHelpText('after', HELP)
    .action(run);
  return command;
}

async function run(target: string, flags: Flags): Promise<void> {
  const { topic: isTopic, consume, json, name, limit, interval: intervalMs } = flags;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.on('SIGINT', end).on('SIGTERM', end);
  // Whoever reads may have seen enough: `mnsbus tail … | head`.
  process.stdout.on('error', end);
  try {
    await tail(
      { connection: connectionOf(flags), target, isTopic, consume, json, name, limit, intervalMs },
      {
        print: (line) => void process.stdout.write(`${line}\n`),
        warn: (line) => console.error(`mnsbus: ${line}`),
        isColoured: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
        signal: ending.signal,
      },
    );
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

function connectionOf(flags: Flags): MnsConnection {
  const { account: accountId, region, endpoint, accessKeyId, accessKeySecret, securityToken } = flags;
  return { accountId, region, endpoint, accessKeyId, accessKeySecret, securityToken };
}

function fromEnvironment(flag: string, text: string, variable: string): Option {
  return new Option(flag, text).env(variable);
}

function required(flag: string, text: string, variable: string): Option {
  return fromEnvironment(flag, text, variable).makeOptionMandatory();
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
