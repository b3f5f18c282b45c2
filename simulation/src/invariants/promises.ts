/** What the invariants promise that concern more than a queue, by number; those of MNS are `invariants` of `@mnsbus/emulator/testing`. */
export const PROMISES = {
  I24: 'a task ends once; its record is final before its event is visible; exactly one event is published',
  I25: 'what a task takes is a function of its seed and its submission',
  I26: 'every message reaches its listeners at least once, and once without a lost lease or a killed process',
  I27: 'no message is deleted without listeners that have finished, and a held lease',
  I28: 'at most `concurrency` messages are handled at once',
  I29: 'after close nothing is open: no timer, no request',
  I30: 'after the last fault the backlog reaches zero within the bound of the caps',
  I31: 'received = acked + retried + dead-lettered + released + in flight, at every instant',
} as const;
