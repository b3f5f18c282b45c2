import type { FailedHandle } from './model/commands.js';

/** A handle of a batch that was not good, and its place in the batch, from 0. */
export interface FailedPlace extends FailedHandle {
  readonly index: number;
}

/** Where the handles that failed stood in their batch. Of one that came several times, only the first can have deleted. */
export function failedPlaces(
  receiptHandles: readonly string[],
  failed: readonly FailedHandle[],
): readonly FailedPlace[] {
  let index = receiptHandles.length;
  const places = failed.toReversed().map((handle) => {
    index = receiptHandles.lastIndexOf(handle.receiptHandle, index - 1);
    return { ...handle, index };
  });
  return places.toReversed();
}
