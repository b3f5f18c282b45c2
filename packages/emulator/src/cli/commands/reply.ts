import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { LiteralReply } from '../../imm/replies/imm-replies.js';
import type { ScriptedAction } from '../../imm/replies/replies.js';
import { AdminCaller } from '../admin-caller.js';
import { addConnectionFlags, type ConnectionFlags } from '../connection-flags.js';
import { EXIT_HELP } from '../exit-codes.js';
import { jsonObject } from '../json-object.js';
import { wholeNumber } from '../option-values.js';
import { printable } from '../printable.js';
import type { Terminal } from '../terminal.js';

interface SetFlags extends ConnectionFlags {
  readonly overrides?: true;
}

interface RefuseFlags extends SetFlags {
  readonly status?: number;
  readonly message?: string;
}

const HELP = `
Examples:
  mns-emulator reply set 2020-09-30 DetectImageFaces '{"Faces": [{"Age": 30}]}'
  mns-emulator reply set 2020-09-30 SimpleQuery - < files.json
  mns-emulator reply refuse 2020-09-30 GenerateWebofficeToken NoPermission
  mns-emulator reply refuse 2020-09-30 CreateProject LimitExceededError --overrides
  mns-emulator reply remove 2020-09-30 DetectImageFaces

${EXIT_HELP}`;

/** Adds `mns-emulator reply list|set|refuse|remove|clear`: what a running emulator answers for actions of IMM that it does not emulate. */
export function addReply(program: Command, terminalOf: (flags: ConnectionFlags) => Terminal): void {
  const reply = program
    .command('reply')
    .description('say what a running emulator answers for actions of IMM that it does not emulate')
    .addHelpText('after', HELP);
  const command = (name: string, description: string): Command =>
    addConnectionFlags(reply.command(name)).description(description).addHelpText('after', HELP);
  const about = (name: string, description: string): Command =>
    command(name, description)
      .argument('<version>', '2017-09-06 or 2020-09-30')
      .argument('<action>', 'its exact name, such as DetectImageFaces');
  const setting = (name: string, description: string): Command =>
    about(name, description).option('--overrides', 'also where the action is emulated, which then does nothing');
  command('list', 'list what is answered, and how often it was').action((flags: ConnectionFlags) =>
    list(flags, terminalOf(flags)),
  );
  setting('set', 'answer an action with a success')
    .argument('<members>', 'the members of the reply, as a JSON object; - reads it from stdin')
    .action(async (version: string, action: string, members: string, { overrides, ...flags }: SetFlags) => {
      const given = jsonObject('members', members === '-' ? await text(process.stdin) : members);
      await put(version, action, { reply: given, ...overriding(overrides) }, flags, terminalOf(flags));
    });
  setting('refuse', 'answer an action with an error')
    .argument('<code>', 'the code of the error, such as ResourceNotFound')
    .option('--status <number>', 'its HTTP status, 400–599 (default: as the code has it)', wholeNumber(400, 599))
    .option('--message <text>', 'what it says (default: as the code has it)')
    .action((version: string, action: string, code: string, given: RefuseFlags) => {
      const { overrides, status, message, ...flags } = given;
      const refuse = {
        code,
        ...(status === undefined ? {} : { status }),
        ...(message === undefined ? {} : { message }),
      };
      return put(version, action, { refuse, ...overriding(overrides) }, flags, terminalOf(flags));
    });
  about('remove', 'no longer answer an action').action((version: string, action: string, flags: ConnectionFlags) =>
    remove(version, action, flags, terminalOf(flags)),
  );
  command('clear', 'no longer answer any action').action((flags: ConnectionFlags) => clear(flags, terminalOf(flags)));
}

/** What an action is answered, in one line. */
export function replyText({ apiVersion, action, reply, answeredCount }: ScriptedAction): string {
  return printable(`${apiVersion} ${action}: ${answerText(reply)}, answered ${answeredCount}x`);
}

/** How much of a reply stands in a line, in characters. */
const SHOWN = 60;

function answerText(reply: LiteralReply | undefined): string {
  if (reply === undefined) return 'a function';
  if ('refuse' in reply) return `refused with ${reply.refuse.code}`;
  const json = JSON.stringify(reply.reply);
  return json.length > SHOWN ? `${json.slice(0, SHOWN - 3)}...` : json;
}

function overriding(overrides: true | undefined): { readonly overrides?: true } {
  return overrides === undefined ? {} : { overrides };
}

async function list(flags: ConnectionFlags, terminal: Terminal): Promise<void> {
  const { items } = await new AdminCaller(flags).get<{ readonly items: readonly ScriptedAction[] }>('/replies');
  const lines = items.map(replyText).join('\n') || 'mns-emulator: no replies';
  terminal.result({ text: () => lines, line: lines, json: { event: 'replies', items } });
}

async function put(
  version: string,
  action: string,
  reply: LiteralReply,
  flags: ConnectionFlags,
  terminal: Terminal,
): Promise<void> {
  const set = await new AdminCaller(flags).send<ScriptedAction>('PUT', pathOf(version, action), { reply });
  const line = replyText(set);
  terminal.result({ text: () => line, line, json: { event: 'reply', ...set } });
}

async function remove(version: string, action: string, flags: ConnectionFlags, terminal: Terminal): Promise<void> {
  const removed = await new AdminCaller(flags).remove<ScriptedAction>(pathOf(version, action));
  const line = `mns-emulator: removed ${replyText(removed)}`;
  terminal.result({ text: () => line, line, json: { event: 'removed', ...removed } });
}

async function clear(flags: ConnectionFlags, terminal: Terminal): Promise<void> {
  const { count } = await new AdminCaller(flags).remove<{ readonly count: number }>('/replies');
  const line = `mns-emulator: removed ${count} ${count === 1 ? 'reply' : 'replies'}`;
  terminal.result({ text: () => line, line, json: { event: 'cleared', count } });
}

function pathOf(version: string, action: string): string {
  return `/replies/${encodeURIComponent(version)}/${encodeURIComponent(action)}`;
}
