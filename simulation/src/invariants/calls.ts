import type { LedgerEntry } from '../ledger.js';

/** One call of a listener, by the ledger. */
export interface Call {
  readonly call: number;
  readonly process: string;
  readonly queueName: string;
  readonly messageId: string;
  readonly taskId: string;
  readonly listener: string;
  readonly deliveryCount: number;
  readonly startMs: number;
  readonly isEarly: boolean;
  readonly handledMs: number | undefined;
  readonly failedMs: number | undefined;
  readonly condemnedMs: number | undefined;
  readonly givenBackMs: number | undefined;
  readonly abortedMs: number | undefined;
  /** `Infinity` for one that never did. */
  readonly endedMs: number;
}

/** The calls of a ledger, in the order in which they began. */
export function callsOf(ledger: readonly LedgerEntry[]): readonly Call[] {
  const calls = new Map<number, { -readonly [K in keyof Call]: Call[K] }>();
  for (const entry of ledger) {
    const { call: id, kind, atMs } = entry;
    if (kind === 'called') {
      const { process, queueName, messageId, taskId, listener, deliveryCount } = entry;
      calls.set(id, {
        call: id,
        process,
        queueName,
        messageId,
        taskId,
        listener,
        deliveryCount,
        startMs: atMs,
        isEarly: false,
        handledMs: undefined,
        failedMs: undefined,
        condemnedMs: undefined,
        givenBackMs: undefined,
        abortedMs: undefined,
        endedMs: Infinity,
      });
      continue;
    }
    const call = calls.get(id);
    if (call === undefined) continue;
    // Work that is done after the signal has aborted is not done for anybody.
    if (kind === 'handled' && call.abortedMs === undefined) {
      call.handledMs ??= atMs;
      call.isEarly = entry.early;
    }
    if (kind === 'failed') call.failedMs = atMs;
    if (kind === 'condemned') call.condemnedMs = atMs;
    if (kind === 'given-back') call.givenBackMs = atMs;
    if (kind === 'aborted') call.abortedMs = atMs;
    if (kind === 'ended') call.endedMs = atMs;
  }
  return [...calls.values()];
}

/** Which of several listeners of an event one is, whoever of them it was this time. */
export function roleOf(listener: string): string {
  return listener.replace(/-\d+$/, '');
}
