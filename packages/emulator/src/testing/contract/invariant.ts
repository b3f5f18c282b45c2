/** A promise of MNS that the contract suite checks, by its number. */
export type Invariant = keyof typeof invariants;

/** What each number promises. */
export const invariants = {
  I1: 'each accepted message is in exactly one state, and the counts say so',
  I2: 'nothing is invented: a delivered body was sent, its bytes and MD5 equal',
  I3: 'nothing is lost: what was acknowledged is delivered until it is deleted or expires',
  I4: 'a deleted message never comes back',
  I5: 'ids are unique, and batch results keep the order of the request',
  I6: 'every delivery has a new receipt handle',
  I7: 'only live receipt handles work; all others fail as documented and change nothing',
  I8: 'receipt handles survive every encoding and spelling that clients send',
  I9: 'DequeueCount rises by one per delivery and never otherwise; FirstDequeueTime is set once',
  I10: 'a message is never delivered before its due time, and is deliverable at it',
  I11: 'a message has one live lease at any instant',
  I12: 'enqueued ≤ first dequeued ≤ next visible, and a lease is as long as it was asked to be',
  I13: 'a message is gone at the end of its retention',
  I14: 'peeking changes nothing',
  I15: 'no message is delivered while one of higher priority is active in the same selection',
  I16: 'a waiting receive is answered when something is deliverable, else just before its wait is over',
  I17: 'one message wakes one waiter, the first; a waiter that has gone takes nothing with it',
  I18: 'a batch receive that has found a message does not wait for more',
  I19: 'a batch delete removes exactly the good handles and reports exactly the bad',
  I20: 'a refused request gets its documented error and has no effect',
  I21: 'a request whose signed parts were changed is refused',
  I22: 'any text comes back as it was sent, or is refused',
  I23: 'a topic delivers one copy per matching subscription',
} as const;

/** Whether a text is the number of an invariant. */
export function isInvariant(text: string): text is Invariant {
  return Object.hasOwn(invariants, text);
}
