import type { Command } from 'commander';
import type { TaskView } from '../../admin/admin-schemas.js';
import { AdminCaller } from '../admin-caller.js';
import { addConnectionFlags, type ConnectionFlags } from '../connection-flags.js';
import { EXIT_HELP } from '../exit-codes.js';
import { jsonObject } from '../json-object.js';
import { printable } from '../printable.js';
import type { Terminal } from '../terminal.js';

interface FinishFlags extends ConnectionFlags {
  readonly result?: string;
}

interface FailFlags extends ConnectionFlags {
  readonly message?: string;
}

interface TaskPage {
  readonly items: readonly TaskView[];
  readonly nextMarker?: string;
}

const HELP = `
Examples:
  mns-emulator task list
  mns-emulator task finish formatconvert-… --result '{"pageCount": 3}'
  mns-emulator task fail formatconvert-… ConvertTimeout
  mns-emulator task hold formatconvert-…                 it runs until it is ended by hand

${EXIT_HELP}`;

/** Adds `mns-emulator task list|finish|fail|hold`: the tasks of IMM in a running emulator. */
export function addTask(program: Command, terminalOf: (flags: ConnectionFlags) => Terminal): void {
  const task = program
    .command('task')
    .description('list the tasks of a running emulator, and finish, fail or hold one')
    .addHelpText('after', HELP);
  const command = (name: string, description: string): Command =>
    addConnectionFlags(task.command(name)).description(description).addHelpText('after', HELP);
  command('list', 'list tasks, by API version and tenant, and then as submitted').action((flags: ConnectionFlags) =>
    list(flags, terminalOf(flags)),
  );
  command('finish', 'let a task succeed now; its event follows')
    .argument('<task>', 'its id')
    .option('--result <json>', 'members in place of those that its result would have had, as a JSON object')
    .action((id: string, flags: FinishFlags) => {
      const { result } = flags;
      return act(
        id,
        'finish',
        result === undefined ? {} : { result: jsonObject('--result', result) },
        flags,
        terminalOf(flags),
      );
    });
  command('fail', 'let a task fail now; its event follows')
    .argument('<task>', 'its id')
    .argument('<code>', 'why, such as ConvertTimeout')
    .option('--message <text>', 'why, in words (default: as the code has it)')
    .action((id: string, code: string, flags: FailFlags) =>
      act(id, 'fail', { code, message: flags.message }, flags, terminalOf(flags)),
    );
  command('hold', 'let a task run until it is ended by hand')
    .argument('<task>', 'its id')
    .action((id: string, flags: ConnectionFlags) => act(id, 'hold', {}, flags, terminalOf(flags)));
}

async function list(flags: ConnectionFlags, terminal: Terminal): Promise<void> {
  const caller = new AdminCaller(flags);
  const items: TaskView[] = [];
  let query = '';
  do {
    const page = await caller.get<TaskPage>(`/tasks${query}`);
    items.push(...page.items);
    query = page.nextMarker === undefined ? '' : `?marker=${encodeURIComponent(page.nextMarker)}`;
  } while (query !== '');
  const text = items.map(taskText).join('\n') || 'mns-emulator: no tasks';
  terminal.result({ text: () => text, line: text, json: { event: 'tasks', items } });
}

async function act(
  taskId: string,
  operation: 'finish' | 'fail' | 'hold',
  body: object,
  flags: ConnectionFlags,
  terminal: Terminal,
): Promise<void> {
  const path = `/tasks/${encodeURIComponent(taskId)}/${operation}`;
  const task = await new AdminCaller(flags).send<TaskView>('POST', path, body);
  const text = taskText(task);
  terminal.result({ text: () => text, line: text, json: { event: 'task', ...task } });
}

function taskText({ taskId, taskType, project, state, outcome }: TaskView): string {
  const code = outcome?.ok === false ? ` (${outcome.code})` : '';
  return printable(`${taskId} ${state}${code} ${taskType} ${project}`);
}
