import { MnsbusError } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { isBufferOfNode } from './node-events.js';

/** Hands a function on. Throws `INVALID_ARGUMENT` for anything else. */
export function checkListener<T>(listener: T): T {
  if (typeof listener !== 'function') throw invalidArgument('listener', 'a function', listener);
  return listener;
}

/** Hands a function on that does something with an event. Throws `INVALID_ARGUMENT` for anything else. */
export function checkUnbuffered<T>(listener: T): T {
  if (isBufferOfNode(listener)) {
    throw new MnsbusError({
      code: 'INVALID_ARGUMENT',
      message:
        'listener: expected one that handles events, but events.on() of node:events only buffers them, and each would be deleted ' +
        'before anybody has taken it. Iterate over bus.events(name) instead',
    });
  }
  return checkListener(listener);
}
