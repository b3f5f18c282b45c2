import { finding, type Finding } from './finding.js';
import { isBefore, mayPrecede, type HistoryView, type MessageView } from './history-view.js';
import type { DeleteCall } from './history.js';
import { handlesFrom, isSuperseded } from './leases.js';

/** I19: a batch delete reports exactly what was bad. What a call beside it may have done to a handle excuses either answer. */
export function findMisreports(view: HistoryView): readonly Finding[] {
  return view.deletes
    .filter(({ handles }) => handles.length > 1)
    .flatMap((call) => [...judgeReported(view, call), ...judgeDone(view, call)]);
}

function judgeReported({ owner, history }: HistoryView, call: DeleteCall): readonly Finding[] {
  const { handles, refused = [] } = call;
  return refused.flatMap((handle) => {
    if (!handles.includes(handle)) return [finding('I19', `${handle} was reported, and was not in the batch`)];
    const message = owner(handle);
    if (message === undefined || !isCertainlyGood(message, handle, call, history.clockSkewMs ?? 0)) return [];
    return [finding('I19', `${handle} of ${message.id} was reported as bad, and was good`)];
  });
}

function judgeDone({ owner, history }: HistoryView, call: DeleteCall): readonly Finding[] {
  if (call.refused === undefined) return [];
  return call.handles
    .filter((handle) => call.refused?.includes(handle) === false)
    .flatMap((handle) => {
      const message = owner(handle);
      if (message === undefined) return [finding('I19', `${handle} was never handed out, and was not reported`)];
      const isGone =
        history.isExact &&
        message.deletes.some((other) => other.outcome === 'done' && other.call !== call && isBefore(other.call, call));
      if (!isGone && !isSuperseded(message, handle, call)) return [];
      return [finding('I19', `${handle} of ${message.id} was good no longer, and was not reported`)];
    });
}

function isCertainlyGood(message: MessageView, handle: string, call: DeleteCall, clockSkewMs: number): boolean {
  const own = message.deliveries.find(({ delivery }) => delivery.handle === handle);
  if (own === undefined || !isBefore(own.call, call) || call.returned === undefined) return false;
  const sameBatch = handlesFrom(message, handle);
  return (
    call.returned.atMs < own.delivery.nextVisibleAtMs - clockSkewMs &&
    call.handles.filter((other) => sameBatch.has(other)).length === 1 &&
    !message.deletes.some(
      (other) => other.call !== call && other.outcome !== 'refused' && mayPrecede(other.call, call),
    ) &&
    !message.deliveries.some(({ delivery }) => delivery.dequeueCount > own.delivery.dequeueCount) &&
    // A change may have made the lease shorter, after which another receive, whose answer was lost, may have come.
    message.changes.every((change) => change.result === 'refused' || !mayPrecede(change, call))
  );
}
