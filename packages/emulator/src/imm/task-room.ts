/** How much memory the tasks of an emulator may take. */
export class TaskRoom {
  /** In bytes, about. */
  readonly maxBytes: number;
  readonly #counts: (() => number)[] = [];

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Lets tasks count that `stored` tells the bytes of. */
  count(stored: () => number): void {
    this.#counts.push(stored);
  }

  /** Whether there is room for so many more bytes. */
  readonly hasRoomFor = (bytes: number): boolean =>
    this.#counts.reduce((sum, stored) => sum + stored(), bytes) <= this.maxBytes;
}
