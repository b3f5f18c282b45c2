import type { Invariant } from '../contract/invariant.js';

/** A promise that a history shows to be broken. */
export interface Finding {
  readonly invariant: Invariant;
  readonly reason: string;
}

/** A finding with this number and reason. */
export function finding(invariant: Invariant, reason: string): Finding {
  return { invariant, reason };
}
