import { MnsbusError } from '@mnsbus/core';

/** What is asked of a bridge that is closed or closing. */
export function closedError(): MnsbusError<'BRIDGE_CLOSED'> {
  return new MnsbusError({ code: 'BRIDGE_CLOSED', message: 'the bridge is closed: create a new one' });
}
