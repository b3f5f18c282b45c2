import { SetsByKey } from './sets-by-key.js';

/** Hears of signals that abort: with one listener for each signal, however many look at it. */
export class SignalWatch {
  readonly #watchers = new SetsByKey<AbortSignal, () => void>();

  /** Calls `onAbort` when the signal aborts, unless the returned function is called before. */
  watch(signal: AbortSignal, onAbort: () => void): () => void {
    // A function of its own, so that the same one may watch twice.
    const watcher = (): void => onAbort();
    if (!this.#watchers.has(signal)) signal.addEventListener('abort', this.#aborted);
    this.#watchers.add(signal, watcher);
    return () => {
      this.#watchers.remove(signal, watcher);
      if (!this.#watchers.has(signal)) signal.removeEventListener('abort', this.#aborted);
    };
  }

  readonly #aborted = ({ target }: Event): void => {
    if (!(target instanceof AbortSignal)) return;
    for (const watcher of this.#watchers.get(target)) watcher();
  };
}
