/** What would have ended a process, or was told to nobody but its operator: an error that nobody was to see. */
export interface Escapes {
  /** What has escaped since the last call. */
  take(): string | undefined;
  /** Lets the process hear of such things again. */
  release(): void;
}

const EVENTS = ['unhandledRejection', 'uncaughtException'] as const;

/** Catches what escapes, until released; others who listen hear nothing of it meanwhile. */
export function watchEscapes(): Escapes {
  let first: string | undefined;
  const escaped = (what: string, reason: unknown): void => {
    first ??= `${what}: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`;
  };
  const before = EVENTS.map((event) => [event, process.rawListeners(event)] as const);
  for (const event of EVENTS) {
    process.removeAllListeners(event);
    process.on(event, (reason: unknown) => escaped(event, reason));
  }
  const emitWarning = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  // The emulator tells its operator there of errors that are its own, and answers with `InternalError`.
  Object.defineProperty(process, 'emitWarning', {
    configurable: true,
    writable: true,
    value: (warning: unknown) => escaped('warning', warning),
  });
  return {
    take: () => {
      const taken = first;
      first = undefined;
      return taken;
    },
    release: () => {
      if (emitWarning !== undefined) Object.defineProperty(process, 'emitWarning', emitWarning);
      for (const [event, listeners] of before) {
        process.removeAllListeners(event);
        // As they were: wrapped, they would be so once more each time.
        const subscribe: unknown = Reflect.get(process, 'on');
        if (typeof subscribe !== 'function') throw new Error('a process that nobody can listen to');
        for (const listener of listeners) Reflect.apply(subscribe, process, [event, listener]);
      }
    },
  };
}
