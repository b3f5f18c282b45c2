import type { AnyEvent, AnyTaskEvent } from '@mnsbus/core';

/** Who hears of the end of tasks: a {@link Bridge} is one. */
export interface TaskWaiter {
  waitFor(
    match: { readonly taskId: string },
    options: {
      readonly timeoutMs: number;
      readonly expectedMs: number;
      readonly signal: AbortSignal | undefined;
      /** Sends one request for each call. */
      readonly ask: (signal: AbortSignal) => Promise<AnyTaskEvent | undefined>;
    },
  ): Promise<AnyEvent>;
}
