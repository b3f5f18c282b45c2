/**
 * Remembers the requests that were accepted, for as long as their `Date` lets them in again.
 *
 * Only requests with a good signature come here, so nobody without the service's key can fill it.
 */
export class ReplayGuard {
  readonly #seen = new Map<string, number>();

  /** Notes a request, by its signature, until `untilMs`; whether it is the first of its kind. */
  admit(signature: string, untilMs: number, nowMs: number): boolean {
    for (const [known, end] of this.#seen) {
      if (end > nowMs) break;
      this.#seen.delete(known);
    }
    if (this.#seen.has(signature)) return false;
    this.#seen.set(signature, untilMs);
    return true;
  }

  /** Lets the request in again: it was not handled. */
  forget(signature: string): void {
    this.#seen.delete(signature);
  }

  get size(): number {
    return this.#seen.size;
  }
}
