import { buffer } from 'node:stream/consumers';
import { invalidArgument } from '@mnsbus/core/internal';
import type { Command } from 'commander';
import { AdminCaller } from '../admin-caller.js';
import { addConnectionFlags, type ConnectionFlags } from '../connection-flags.js';
import { EXIT_HELP } from '../exit-codes.js';
import { printable } from '../printable.js';
import type { Terminal } from '../terminal.js';

interface PublishFlags extends ConnectionFlags {
  readonly tag?: string;
  readonly account?: string;
  readonly region?: string;
}

const HELP = `
Examples:
  mns-emulator publish imm-events '{"hello": "world"}'
  mns-emulator publish imm-events - --tag urgent < event.json

${EXIT_HELP}`;

/** Adds `mns-emulator publish`: a message for a topic, without a signature. */
export function addPublish(program: Command, terminalOf: (flags: ConnectionFlags) => Terminal): void {
  addConnectionFlags(program.command('publish'))
    .description('publish a message to a topic of a running emulator')
    .argument('<topic>', 'the name of the topic')
    .argument('<body>', 'the body as it is; - reads it from stdin')
    .option('--tag <tag>', 'its tag (default: none)')
    .option('--account <id>', 'whose topic (default: of the emulator’s own account)')
    .option('--region <region>', 'where the topic is (default: in the emulator’s own region)')
    .addHelpText('after', HELP)
    .action((topic: string, body: string, flags: PublishFlags) => publish(topic, body, flags, terminalOf(flags)));
}

/** What was read, with a byte-order mark if it has one: the message is to be what was handed in. Throws `INVALID_ARGUMENT`. */
function textIn(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidArgument('<body>', 'UTF-8 on stdin; encode other bytes as base64 first', undefined);
  }
}

async function publish(topicName: string, body: string, flags: PublishFlags, terminal: Terminal): Promise<void> {
  const { tag, account, region } = flags;
  const caller = new AdminCaller(flags);
  const { messageId } = await caller.send<{ readonly messageId: string }>('POST', '/publish', {
    topicName,
    body: body === '-' ? textIn(await buffer(process.stdin)) : body,
    tag,
    accountId: account,
    region,
  });
  const line = `mns-emulator: published ${messageId} to ${printable(topicName)}`;
  terminal.result({ text: () => line, line, json: { event: 'published', topicName, messageId } });
}
