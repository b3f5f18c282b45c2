import type { SeededRandom } from '@mnsbus/core';
import { legacyEventText } from '../../../event-text.js';
import type { Task } from '../../../model/task.js';
import { textMember } from '../../../request-members.js';
import type { TaskKind, TaskRequest } from '../../../task-kind.js';

/** What tells one job of 2017-09-06 from another (spec imm §2.5–§2.7, §3.2). */
export interface JobShape {
  readonly action: string;
  /** TaskType or JobType, which is also the prefix of its ids and the name of its event. */
  readonly taskType: string;
  /** The member of the request that a script looks at. */
  readonly source: string;
  readonly defaultDurationMs: number;
  /** What it brings, in the words of its `Result`; default nothing. */
  readonly result?: (request: TaskRequest, random: SeededRandom) => Readonly<Record<string, string>>;
  /** Members of its event beside `ErrorCode`, `JobId` and `CustomMessage`. */
  readonly eventMembers?: (task: Task) => Readonly<Record<string, string>>;
}

/** A job whose event speaks dialect B (spec imm §3.2). */
export function jobKind({ action, taskType, source, defaultDurationMs, result, eventMembers }: JobShape): TaskKind {
  return {
    action,
    taskType,
    idPrefix: `${taskType}-`,
    sourceUris: (request) => [textMember(request, source)],
    defaultDurationMs,
    result: result ?? (() => ({})),
    eventText: (task) => {
      const message = textMember(task.request, 'CustomMessage');
      return legacyEventText({
        eventName: taskType,
        eventTimeMs: task.endedAtMs ?? 0,
        imm: {
          ErrorCode: errorCode(task),
          // The event calls it a job even where the API calls it a task (spec imm §3.2).
          JobId: task.taskId,
          ...(message === '' ? {} : { CustomMessage: message }),
          ...eventMembers?.(task),
        },
      });
    },
  };
}

/** The empty string, or why a job failed (spec imm §3.2). */
export function errorCode({ outcome }: Task): string {
  return outcome === undefined || outcome.ok ? '' : outcome.code;
}
