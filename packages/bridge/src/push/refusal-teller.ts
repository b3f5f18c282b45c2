import { monotonicMs, type Clock } from '@mnsbus/core';
import { textOf } from '../dispatch/listener-call.js';
import type { PushRefusal } from './push-refusal.js';

/** The app's own function may fail with each of a flood of requests: that is told this often at most, in milliseconds. */
const WARN_EVERY_MS = 60_000;

/** Calls the app's `onRefused`; what that throws or rejects with is a warning of the process, once a minute, and nothing else. */
export function refusalTeller(
  onRefused: ((refusal: PushRefusal) => unknown) | undefined,
  clock: Clock,
): (refusal: PushRefusal) => void {
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  const warn = (thrown: unknown): void => {
    if (monotonicMs(clock) < quietUntilMs) return;
    quietUntilMs = monotonicMs(clock) + WARN_EVERY_MS;
    const text = `mnsbus: onRefused of a push handler failed: ${textOf(thrown)}`;
    process.emitWarning(text, { type: 'MnsbusWarning', code: 'push-on-refused' });
  };
  const call = async (refusal: PushRefusal): Promise<unknown> => onRefused?.(refusal);
  return (refusal) => void call(refusal).catch(warn);
}
