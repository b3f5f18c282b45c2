import type { Timer } from '@mnsbus/core';
import type { RunningMessage } from '../dispatch/dispatcher.js';
import type { KnownMessage } from '../dispatch/known-messages.js';
import type { HeldMessage } from '../lease/held-message.js';

/** A received message on its way through us. */
export interface Entry {
  readonly held: HeldMessage;
  readonly known: KnownMessage;
  /** `ended` when its end is counted, so that nothing that comes later counts again. */
  stage: 'waiting' | 'handling' | 'settling' | 'ended';
  /** Which places it takes. A listener may work on when its message has long been settled. */
  place: 'waiting' | 'running' | 'none';
  /** Whether it did not begin as soon as it was received. */
  hasWaited: boolean;
  /** Its listeners, once they were called. */
  running: RunningMessage | undefined;
  /** While it waits for the listener of an earlier delivery, or its own listener has answered and works on: when that is enough. */
  timer: Timer | undefined;
}
