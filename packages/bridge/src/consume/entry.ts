import type { HeldMessage } from '../lease/held-message.js';

/** A received message on its way through us. */
export interface Entry {
  readonly held: HeldMessage;
  /** `ended` when its end is counted, so that nothing that comes later counts again. */
  stage: 'waiting' | 'handling' | 'settling' | 'ended';
  /** Which places it takes. A listener may work on when its message has long been settled. */
  place: 'waiting' | 'running' | 'none';
  /** Whether it did not begin as soon as it was received. */
  hasWaited: boolean;
}
