/** A signal made of others, and the way to let go of them. */
export interface JoinedSignal {
  readonly signal: AbortSignal;
  /** Ends the connection to the sources: from here on `signal` no longer aborts with them. To be called when the work is over. */
  readonly release: () => void;
}

/**
 * A signal that aborts with the first of its sources, with that one's reason; `undefined` is a source that is not there.
 *
 * Not `AbortSignal.any`: on Node 20 that leaves a trace of each signal it makes in its sources – one that lives as long as the
 * process gathers them – and keeps a signal that somebody still listens to for ever, with all that the listener can reach.
 */
export function joinSignals(...sources: readonly (AbortSignal | undefined)[]): JoinedSignal {
  const joined = new AbortController();
  const listeners = new Map<AbortSignal, () => void>();
  const release = (): void => {
    for (const [source, listener] of listeners) source.removeEventListener('abort', listener);
    listeners.clear();
  };
  for (const source of sources) {
    if (source === undefined) continue;
    const abort = (): void => {
      release();
      joined.abort(source.reason);
    };
    if (source.aborted) {
      abort();
      break;
    }
    listeners.set(source, abort);
    source.addEventListener('abort', abort);
  }
  return { signal: joined.signal, release };
}
