import { jsonValue } from '../../runtime/json-value.js';
import type { Project } from './commands.js';

/** A project as data, by its name elsewhere. Times are milliseconds since 1970. */
export interface ProjectStateRecord {
  /** What the API version keeps of it. */
  readonly record: unknown;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

export function projectRecord({ record, createdAtMs, modifiedAtMs }: Project<unknown>): ProjectStateRecord {
  return { record: jsonValue(record), createdAtMs, modifiedAtMs };
}
