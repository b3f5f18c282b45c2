/** Whoever holds bytes, and can be asked to let go of them. */
export interface ByteHolder {
  /** Lets go of all that it holds; it has been taken out of the budget already. */
  giveWay(): void;
}

/**
 * Bytes that many hold at once, under one limit.
 *
 * Where they would exceed it, whoever holds most gives way. So nobody who wants little is refused because somebody else
 * wants much, and a client that begins many things and ends none of them harms itself first.
 */
export class ByteBudget {
  readonly #limit: number;
  readonly #shares = new Map<ByteHolder, number>();
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** All that is held. */
  get held(): number {
    return this.#held;
  }

  /**
   * Says how much a holder has now; 0 for one that has ended. Somebody may have to give way for it; `false` when that is the
   * holder itself.
   */
  set(holder: ByteHolder, bytes: number): boolean {
    this.#held += bytes - (this.#shares.get(holder) ?? 0);
    if (bytes === 0) this.#shares.delete(holder);
    else this.#shares.set(holder, bytes);
    let stays = true;
    while (this.#held > this.#limit) {
      const largest = this.#largest();
      if (largest === undefined) break;
      if (largest === holder) stays = false;
      this.set(largest, 0);
      largest.giveWay();
    }
    return stays;
  }

  /** From here on a holder cannot give way: what it has is in use, and counts until {@link free}. */
  keep(holder: ByteHolder): void {
    this.#shares.delete(holder);
  }

  /** Gives back what a holder had that could not give way any more. */
  free(bytes: number): void {
    this.#held -= bytes;
  }

  #largest(): ByteHolder | undefined {
    let largest: ByteHolder | undefined;
    let most = 0;
    for (const [holder, bytes] of this.#shares) {
      if (bytes <= most) continue;
      largest = holder;
      most = bytes;
    }
    return largest;
  }
}
