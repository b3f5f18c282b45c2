import type { CreateOfficeConversionTaskRequest } from '@mnsbus/core';
import { convertedPages } from '../../../document-pages.js';
import { legacyEventText } from '../../../event-text.js';
import type { Task } from '../../../model/task.js';
import { numberMember, textMember } from '../../../request-members.js';
import type { TaskKind, TaskRequest } from '../../../task-kind.js';
import { legacyPercent } from './legacy-status.js';

/** The word for document conversions, which no action takes: its get and list actions serve nothing else. */
export const OFFICE_TASK_TYPE = 'FormatConvertJob';

/** Name of the event that tells of an ended conversion, also of a failed one (spec imm §3.2). */
export const OFFICE_EVENT_NAME = 'FormatConvertJob:JobFinished';

/** What stands before the UUID of a document conversion's id (spec imm §2.2). */
export const OFFICE_TASK_ID_PREFIX = 'formatconvert-';

/** How long a conversion runs when nobody says otherwise, in milliseconds; two real ones took 4.5 s and 10.4 s (spec imm §5). */
export const OFFICE_DURATION_MS = 4000;

/** A document conversion; `pageCount` knows how many pages a document has (spec imm §2.4). */
export function officeConversionKind(pageCount: (request: CreateOfficeConversionTaskRequest) => number): TaskKind {
  return {
    action: 'CreateOfficeConversionTask',
    taskType: OFFICE_TASK_TYPE,
    idPrefix: OFFICE_TASK_ID_PREFIX,
    sourceUris: (request) => [textMember(request, 'SrcUri')],
    defaultDurationMs: OFFICE_DURATION_MS,
    result: (request) => ({
      pageCount: isConversion(request) ? convertedPages(request, pageCount(request)) : 0,
    }),
    eventText: (task) =>
      legacyEventText({
        eventName: OFFICE_EVENT_NAME,
        eventTimeMs: task.endedAtMs ?? 0,
        imm: {
          code: failCode(task),
          pageCount: String(pagesOf(task)),
          percent: String(legacyPercent(task)),
          taskId: task.taskId,
        },
      }),
  };
}

/** `NoError`, or why the conversion failed (spec imm §2.4). */
export function failCode({ outcome }: Task): string {
  return outcome === undefined || outcome.ok ? 'NoError' : outcome.code;
}

/** Pages converted so far: 0 unless finished. */
export function pagesOf({ outcome }: Task): number {
  return outcome?.ok === true ? numberMember(outcome.result, 'pageCount') : 0;
}

function isConversion(request: TaskRequest): request is TaskRequest & CreateOfficeConversionTaskRequest {
  return ['Project', 'SrcUri', 'TgtUri', 'TgtType'].every((name) => typeof request[name] === 'string');
}
