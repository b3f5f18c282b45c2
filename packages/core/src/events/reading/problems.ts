import { describeValue } from '../../errors.js';

/** One member of an event that is missing, or is not what its producer documents. */
export interface FieldIssue {
  /** Where it is, for example `imm.pageCount` or `content.Files.1.URI`; the empty string for the event itself. */
  readonly path: string;
  readonly expected: string;
  readonly received: string;
}

/** Collects what is odd about one event. */
export class Problems {
  readonly #issues = new Map<string, FieldIssue>();
  #isIdentified = true;

  /** Whether everything was there that tells which event it is, and of which task. */
  get isIdentified(): boolean {
    return this.#isIdentified;
  }

  /** All so far, in the order in which they were found. */
  get list(): readonly FieldIssue[] {
    return [...this.#issues.values()];
  }

  /** Names a place; the first issue of a place counts, because several members of a view may be read from it. */
  add(path: string, expected: string, received: unknown): void {
    this.note({ path, expected: `expected ${expected}`, received: describeValue(received) });
  }

  /** Names an issue that is in words already. */
  note(issue: FieldIssue): void {
    if (!this.#issues.has(issue.path)) this.#issues.set(issue.path, issue);
  }

  /** Notes that an essential member cannot be read: the event then has no typed view. */
  lackIdentity(): void {
    this.#isIdentified = false;
  }
}
