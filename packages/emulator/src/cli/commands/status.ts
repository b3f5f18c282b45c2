import type { Command } from 'commander';
import type { InspectedAccount } from '../../operator/inspection.js';
import type { ClockView, ProfileView } from '../../admin/admin-schemas.js';
import type { FaultView } from '../../admin/routes/fault-routes.js';
import type { ScriptedAction } from '../../imm/replies/replies.js';
import type { Hint } from '../../runtime/hints/hint.js';
import { AdminCaller } from '../admin-caller.js';
import { clockText } from '../clock-text.js';
import { addConnectionFlags, type ConnectionFlags } from '../connection-flags.js';
import { EXIT_HELP } from '../exit-codes.js';
import { profileText } from '../profile-text.js';
import { printable } from '../printable.js';
import type { Paint, Terminal } from '../terminal.js';
import { replyText } from './reply.js';

const HELP = `
Examples:
  mns-emulator status
  mns-emulator status --json | jq .clock.nowMs
  mns-emulator status --quiet || mns-emulator start      whether one is there

${EXIT_HELP}`;

/** Adds `mns-emulator status`: what a running emulator has. */
export function addStatus(program: Command, terminalOf: (flags: ConnectionFlags) => Terminal): void {
  addConnectionFlags(program.command('status'))
    .description('show what a running emulator has, what time it is there, and what looks wrong')
    .addHelpText('after', HELP)
    .action((flags: ConnectionFlags) => status(flags, terminalOf(flags)));
}

interface Status {
  readonly accounts: readonly InspectedAccount[];
  readonly clock: ClockView;
  readonly profile: ProfileView;
  readonly faults: readonly FaultView[];
  readonly replies: readonly ScriptedAction[];
  readonly hints: readonly Hint[];
}

async function status(flags: ConnectionFlags, terminal: Terminal): Promise<void> {
  const caller = new AdminCaller(flags);
  const { accounts, clock, profile } = await caller.get<Pick<Status, 'accounts' | 'clock' | 'profile'>>('/inspect');
  const { items: faults } = await caller.get<{ readonly items: readonly FaultView[] }>('/faults');
  const { items: replies } = await caller.get<{ readonly items: readonly ScriptedAction[] }>('/replies');
  const { items: hints } = await caller.get<{ readonly items: readonly Hint[] }>('/hints');
  const { endpoint } = caller;
  const found: Status = { accounts, clock, profile, faults, replies, hints };
  terminal.result({
    text: (paint) => statusText(endpoint, found, paint),
    line: statusText(endpoint, found, (_, text) => text),
    json: { event: 'status', endpoint, ...found },
  });
}

function statusText(
  endpoint: string,
  { accounts, clock, profile, faults, replies, hints }: Status,
  paint: Paint,
): string {
  const regions = accounts.flatMap(({ accountId, regions: all }) =>
    all.map(({ region, ...counts }) => [`${accountId}/${region}`, countsText(counts)] as const),
  );
  const lines = [
    ['endpoint', paint('bold', endpoint)],
    ['clock', clockText(clock)],
    ...(profileText(profile) === 'kind' ? [] : [['profile', profileText(profile)]]),
    ...(regions.length === 0 ? [['accounts', 'nothing was made or asked for yet']] : regions),
    ...faults.map(({ id, fault, appliedCount }) => [
      'fault',
      printable(`${id}: ${fault.kind}, struck ${appliedCount}x`),
    ]),
    ...replies.map((reply) => ['reply', replyText(reply)]),
    ...hints.map(({ message, advice }) => [paint('yellow', 'hint'), printable(`${message} ${advice}`)]),
  ];
  return lines.map(([name = '', value = '']) => `${name}: ${value}`).join('\n');
}

function countsText(counts: Omit<InspectedAccount['regions'][number], 'region'>): string {
  const { queues, topics, projects, tasks, waitingReceives, pendingDeliveries } = counts;
  const parts: readonly (readonly [count: number, one: string, many: string])[] = [
    [queues, 'queue', 'queues'],
    [topics, 'topic', 'topics'],
    [projects, 'project', 'projects'],
    [tasks, 'task', 'tasks'],
    [waitingReceives, 'waiting receive', 'waiting receives'],
    [pendingDeliveries, 'pending delivery', 'pending deliveries'],
  ];
  const there = parts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `${count} ${count === 1 ? one : many}`);
  return there.join(', ') || 'nothing';
}
