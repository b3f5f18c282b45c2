import { invalidArgument } from '@mnsbus/core/internal';

/** Hands a function on. Throws `INVALID_ARGUMENT` for anything else. */
export function checkListener<T>(listener: T): T {
  if (typeof listener !== 'function') throw invalidArgument('listener', 'a function', listener);
  return listener;
}
