import type { FaultKind, JournalEntry } from '@mnsbus/emulator';
import type { WireEntry } from './wire-tap.js';

const DAMAGES: ReadonlySet<FaultKind> = new Set(['corrupt-reply', 'truncate-reply', 'wrong-md5']);

/** What was heard over the wire, without the answers that a fault may have damaged on their way: they say what nobody has said. */
export function undamaged(wire: readonly WireEntry[], journal: readonly JournalEntry[]): readonly WireEntry[] {
  const damages = journal.flatMap((entry) => (entry.kind === 'fault' && DAMAGES.has(entry.fault) ? [entry] : []));
  return wire.filter(
    ({ queueName, sentAtMs, atMs }) =>
      !damages.some((damage) => damage.queueName === queueName && damage.atMs >= sentAtMs && damage.atMs <= atMs),
  );
}
