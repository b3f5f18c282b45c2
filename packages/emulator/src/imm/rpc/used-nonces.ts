import { Agenda } from '../model/agenda.js';

/** The nonces that cannot be used again; those that could only come with an expired timestamp are forgotten. */
export class UsedNonces {
  readonly #used = new Set<string>();
  readonly #expiries = new Agenda<string>();

  /** How many are remembered. */
  get size(): number {
    return this.#used.size;
  }

  /**
   * Takes a nonce of an access key until `untilMs` (milliseconds since 1970, included).
   *
   * `false` when it is taken already.
   */
  take(accessKeyId: string, nonce: string, nowMs: number, untilMs: number): boolean {
    for (let due = this.#expiries.takeDue(nowMs - 1); due !== undefined; due = this.#expiries.takeDue(nowMs - 1)) {
      this.#used.delete(due.value);
    }
    const entry = JSON.stringify([accessKeyId, nonce]);
    if (this.#used.has(entry)) return false;
    this.#used.add(entry);
    this.#expiries.add(untilMs, entry);
    return true;
  }
}
