import { createHash } from 'node:crypto';

const MODULUS = 2 ** 48;

/** A sum over a set of records, kept up to date record by record: any that is lost, added or altered changes it. */
export class RecordSums {
  readonly #sums = new Map<string, number>();
  #total = 0;

  /** How many records there are. */
  get size(): number {
    return this.#sums.size;
  }

  /** The sum over all of them: 12 hexadecimal digits. */
  get checksum(): string {
    return this.#total.toString(16).padStart(12, '0');
  }

  /** Takes note of the new text of a record, or that it is gone; `false` when that is what it was before. */
  set(key: string, text: string | undefined): boolean {
    const before = this.#sums.get(key);
    const after = text === undefined ? undefined : sumOf(key, text);
    if (before === after) return false;
    this.#total = (this.#total - (before ?? 0) + (after ?? 0) + MODULUS) % MODULUS;
    if (after === undefined) this.#sums.delete(key);
    else this.#sums.set(key, after);
    return true;
  }

  /** The keys of all records. */
  keys(): Iterable<string> {
    return this.#sums.keys();
  }
}

function sumOf(key: string, text: string): number {
  return createHash('md5').update(key).update('\n').update(text).digest().readUIntBE(0, 6);
}
