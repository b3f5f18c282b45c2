import type { NoteChange } from '../runtime/note-change.js';
import { recordKey } from '../store/record-key.js';
import { treeOf } from '../store/record-tree.js';

/** The state of a model, as somebody keeps it who hears of its changes only. */
export class NotedState {
  readonly #records = new Map<string, string>();
  readonly #changed = new Map<string, () => unknown>();

  readonly note: NoteChange = (path, read) => {
    this.#changed.set(recordKey(path), read);
  };

  /** Whose records have changed since they were last kept, by their keys. */
  get changed(): readonly string[] {
    return [...this.#changed.keys()];
  }

  /** Keeps what has changed, as it is now. */
  keep(): void {
    for (const [key, read] of this.#changed) {
      const text = JSON.stringify(read());
      if (text === undefined) this.#records.delete(key);
      else this.#records.set(key, text);
    }
    this.#changed.clear();
  }

  /** All that is kept, as one record. */
  tree(): Record<string, unknown> {
    return treeOf(Array.from(this.#records, ([key, text]) => [key, JSON.parse(text)] as const));
  }
}
