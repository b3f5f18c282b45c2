import type { Catalogue } from './bookshelf.js';

/** A catalogue for tests, whose first saves fail as often as it is told. */
export class MemoryCatalogue implements Catalogue {
  readonly books = new Map<string, string>();
  failures: number;

  constructor(failures = 0) {
    this.failures = failures;
  }

  async save(taskId: string, state: string): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the database is down');
    }
    this.books.set(taskId, state);
  }
}
