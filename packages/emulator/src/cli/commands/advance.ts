import type { Command } from 'commander';
import type { ClockMode } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { ClockView } from '../../admin/admin-schemas.js';
import { AdminCaller } from '../admin-caller.js';
import { clockText, skewAdvice } from '../clock-text.js';
import { addConnectionFlags, type ConnectionFlags } from '../connection-flags.js';
import { durationOf } from '../duration.js';
import { EXIT_HELP } from '../exit-codes.js';
import { instantOf } from '../instant.js';
import type { Terminal } from '../terminal.js';

interface AdvanceFlags extends ConnectionFlags {
  readonly to?: string;
  readonly freeze?: boolean;
  readonly offset?: boolean;
  readonly real?: boolean;
}

const HELP = `
What falls due on the way happens at its own instant and in order. A clock that is real becomes one that is offset.
Requests are dated: clients whose clock is more than 15 minutes off are refused.

Examples:
  mns-emulator advance 10m
  mns-emulator advance --freeze                          time stands still
  mns-emulator advance 1h30m --freeze                    and stands still where it comes to
  mns-emulator advance --to 2030-01-01T00:00:00Z
  mns-emulator advance --real                            back to the time of the machine

${EXIT_HELP}`;

/** Adds `mns-emulator advance`: moves the clock of a running emulator, or lets it go otherwise. */
export function addAdvance(program: Command, terminalOf: (flags: ConnectionFlags) => Terminal): void {
  addConnectionFlags(program.command('advance'))
    .description('move the clock of a running emulator forward, let it stand still, or go')
    .argument('[duration]', 'how far, such as 500ms, 90s, 10m, 1h30m or 2d')
    .option('--to <iso>', 'to which time instead, such as 2030-01-01T00:00:00Z')
    .option('--freeze', 'let it stand still')
    .option('--offset', 'let it go on from where it is')
    .option('--real', 'let it go as the machine’s')
    .addHelpText('after', HELP)
    .action((duration: string | undefined, flags: AdvanceFlags) => advance(duration, flags, terminalOf(flags)));
}

async function advance(duration: string | undefined, flags: AdvanceFlags, terminal: Terminal): Promise<void> {
  const move = moveOf(duration, flags);
  const mode = modeOf(flags);
  if (move === undefined && mode === undefined) {
    throw invalidArgument('advance', 'a duration, --to, --freeze, --offset or --real', undefined);
  }
  if (move !== undefined && mode === 'real') {
    throw invalidArgument('--real', 'no duration and no --to: a clock that is real is not moved', duration ?? flags.to);
  }
  const caller = new AdminCaller(flags);
  let clock = await caller.get<ClockView>('/clock');
  const wanted = mode ?? (clock.mode === 'real' ? 'offset' : clock.mode);
  if (clock.mode !== wanted) clock = await caller.send<ClockView>('PUT', '/clock', { mode: wanted });
  if (move !== undefined) clock = await caller.send<ClockView>('POST', move.path, move.body);
  const line = `mns-emulator: the clock is ${clockText(clock)}`;
  terminal.result({ text: () => line, line, json: { event: 'clock', ...clock } });
  const advice = skewAdvice(clock);
  if (advice !== undefined) terminal.notice({ line: advice, json: { event: 'notice', message: advice } });
}

interface Move {
  readonly path: string;
  readonly body: object;
}

function moveOf(duration: string | undefined, { to }: AdvanceFlags): Move | undefined {
  if (duration !== undefined && to !== undefined) throw invalidArgument('--to', 'either a duration or --to', to);
  if (duration !== undefined) return { path: '/clock/advance', body: { deltaMs: durationOf('duration', duration) } };
  return to === undefined ? undefined : { path: '/clock/advance-to', body: { atMs: instantOf('--to', to) } };
}

function modeOf({ freeze, offset, real }: AdvanceFlags): ClockMode | undefined {
  const modes: readonly (ClockMode | undefined)[] = [
    freeze === true ? 'frozen' : undefined,
    offset === true ? 'offset' : undefined,
    real === true ? 'real' : undefined,
  ];
  const [mode, another] = modes.filter((one) => one !== undefined);
  if (another !== undefined)
    throw invalidArgument('advance', 'one of --freeze, --offset and --real', `${mode} and ${another}`);
  return mode;
}
