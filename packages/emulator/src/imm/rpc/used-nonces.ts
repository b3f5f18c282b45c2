import { createHash } from 'node:crypto';
import type { NoteChange } from '../../runtime/note-change.js';
import { sortedRecord } from '../../runtime/sorted-record.js';
import { Agenda } from '../model/agenda.js';

/** Most nonces that are remembered: half an hour of five hundred requests a second. */
export const MAX_NONCES = 1_000_000;

/** Longer nonces are remembered by their digest: somebody may send megabytes. */
const LONGEST_KEPT_NONCE = 128;

/** The nonces that cannot be used again; those that could only come with an expired timestamp are forgotten, and the first to expire when there are too many. */
export class UsedNonces {
  /** Until when each is taken. */
  readonly #used = new Map<string, number>();
  readonly #note: NoteChange | undefined;
  readonly #expiries = new Agenda<string>();

  readonly #most: number;

  constructor(note?: NoteChange, most: number = MAX_NONCES) {
    this.#note = note;
    this.#most = most;
  }

  /** Until when each nonce is taken, in milliseconds since 1970; those whose time is over by `nowMs` are forgotten. */
  record(nowMs: number): Readonly<Record<string, number>> {
    this.#forget(nowMs);
    return sortedRecord(this.#used);
  }

  /** Takes what was taken elsewhere, in place of what is taken here. */
  restore(record: Readonly<Record<string, number>>): void {
    this.#used.clear();
    while (this.#expiries.takeDue(Infinity) !== undefined);
    for (const [entry, untilMs] of Object.entries(record)) {
      this.#used.set(entry, untilMs);
      this.#expiries.add(untilMs, entry);
    }
  }

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
    this.#forget(nowMs);
    const kept =
      nonce.length > LONGEST_KEPT_NONCE ? `sha256:${createHash('sha256').update(nonce).digest('hex')}` : nonce;
    const entry = nonceEntry(accessKeyId, kept);
    if (this.#used.has(entry)) return false;
    if (this.#used.size >= this.#most) this.#forgetNext(Infinity);
    this.#used.set(entry, untilMs);
    this.#expiries.add(untilMs, entry);
    this.#note?.([entry], () => this.#used.get(entry));
    return true;
  }

  #forget(nowMs: number): void {
    while (this.#forgetNext(nowMs - 1));
  }

  /** Forgets the one that expires first, if that is by `untilMs`. */
  #forgetNext(untilMs: number): boolean {
    const due = this.#expiries.takeDue(untilMs);
    if (due === undefined) return false;
    const entry = due.value;
    this.#used.delete(entry);
    this.#note?.([entry], () => this.#used.get(entry));
    return true;
  }
}

/** The name of a nonce in the state. */
function nonceEntry(accessKeyId: string, nonce: string): string {
  return JSON.stringify([accessKeyId, nonce]);
}

/** Whose nonce an entry of the state is; `undefined` when it is none. */
export function keyOfNonce(entry: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(entry);
    if (!Array.isArray(parsed)) return undefined;
    const [accessKeyId, nonce]: readonly unknown[] = parsed;
    const isEntry = typeof accessKeyId === 'string' && typeof nonce === 'string';
    return isEntry && entry === nonceEntry(accessKeyId, nonce) ? accessKeyId : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a text names a nonce, as the state does. */
export function isNonceEntry(text: string): boolean {
  return keyOfNonce(text) !== undefined;
}
