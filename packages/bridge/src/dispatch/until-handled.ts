import type { Handler } from './listener-call.js';

/**
 * A handler that calls `listener` for one event at a time, until one has been handled: the listener has returned while the
 * message was ours, or has said `ack()`. Then `onHandled` is called, and has to take the handler away.
 *
 * Any other event is given back as if nobody had listened: it is not the one, and whoever listens later may want it. It is not
 * deleted when by then nobody does.
 */
export function untilHandled(listener: Handler, onHandled: () => void): Handler {
  const state = { isRunning: false };
  return async (event, context) => {
    if (state.isRunning) {
      context.passOn();
      return;
    }
    state.isRunning = true;
    try {
      // What the listener does after its answer may take as long as it likes.
      const ack = (): void => {
        context.ack();
        if (context.answered() === 'ack') onHandled();
      };
      await listener(event, { ...context, ack });
      if (context.answered() === undefined && !context.signal.aborted) onHandled();
    } finally {
      state.isRunning = false;
    }
  };
}
