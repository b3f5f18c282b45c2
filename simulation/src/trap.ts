/** What would have ended a process: thrown where nobody catches, or rejected where nobody listens. */
export type Escaped = (reason: unknown) => void;

const EVENTS = ['unhandledRejection', 'uncaughtException'] as const;

/**
 * Catches what would end this process until the returned function is called, so that a run can tell of it and go on.
 *
 * Others who listen, such as the tests around, hear nothing of it meanwhile.
 */
export function trap(onEscape: Escaped): () => void {
  const before = EVENTS.map((event) => [event, process.rawListeners(event)] as const);
  for (const event of EVENTS) {
    process.removeAllListeners(event);
    process.on(event, onEscape);
  }
  return () => {
    for (const [event, listeners] of before) {
      process.removeListener(event, onEscape);
      for (const listener of listeners)
        process.on(event, (...args: unknown[]) => Reflect.apply(listener, process, args));
    }
  };
}
