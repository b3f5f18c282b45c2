import type { Refusal, Refused } from './commands.js';

/** What a command gives that was carried out. */
export function done<V>(value: V): { readonly ok: true; readonly value: V } {
  return { ok: true, value };
}

/** What a command gives that was refused. */
export function refused(refusal: Refusal): Refused {
  return { ok: false, refusal };
}
