import type { Tenant } from '../runtime/accounts.js';
import type { Task } from './model/task.js';

/** A task, and where it lives. */
export interface HousedTask {
  readonly apiVersion: string;
  readonly tenant: Tenant;
  readonly task: Task;
}

/** A project, and where it lives. */
export interface HousedProject {
  readonly apiVersion: string;
  readonly tenant: Tenant;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  /** Milliseconds since 1970. */
  readonly modifiedAtMs: number;
  /** What its API version keeps of it. */
  readonly settings: unknown;
}
