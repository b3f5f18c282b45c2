import type { SeededRandom } from '@mnsbus/core';
import type { Tenant } from '../runtime/accounts.js';
import type { Task } from './model/task.js';

/** The checked members of a creating request, named as the API names them. */
export type TaskRequest = Readonly<Record<string, unknown>>;

/** What one creating action makes. */
export interface TaskKind {
  /** The action, for example `CreateMediaConvertTask`. */
  readonly action: string;
  /** The word of the get and list actions, for example `MediaConvert`. */
  readonly taskType: string;
  /** What stands before the UUID of its ids: the empty string, or for example `MediaConvert-`. */
  readonly idPrefix: string;
  /** The addresses that it reads; the rules of a script look at them. */
  readonly sourceUris: (request: TaskRequest) => readonly string[];
  /** How long it runs when no script says otherwise, in milliseconds; `Infinity` until somebody ends it (spec imm §5). */
  readonly defaultDurationMs: number;
  /** What success brings: the same for the same request. `random` depends on action and sources alone, never on the seed. */
  readonly result: (request: TaskRequest, random: SeededRandom) => Readonly<Record<string, unknown>>;
  /** The text of the message that tells of its end, at `endedAtMs` of the task. Pure. */
  readonly eventText: (task: Task, tenant: Tenant) => string;
}
