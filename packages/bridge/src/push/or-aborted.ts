/** What a promise gives, or a rejection with the signal's reason as soon as that aborts: nobody waits for what may never end. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    const letGo = (): void => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const fail = (error: unknown): void =>
      reject(error instanceof Error ? error : new Error('rejected', { cause: error }));
    void promise.then(resolve, fail).finally(letGo);
  });
}
