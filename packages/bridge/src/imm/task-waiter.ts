import type { AnyEvent, AnyTaskEvent } from '@mnsbus/core';

/** Who hears of the end of tasks: a {@link Bridge} is one. */
export interface TaskWaiter {
  /** How it goes; of one that is closed nobody would hear of a task's end. */
  health?(): { readonly state: string };
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
