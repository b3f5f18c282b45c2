import type { VideoTask } from '@mnsbus/core';
import type { Task } from '../../../model/task.js';
import { textMember } from '../../../request-members.js';
import { microsecondsText } from '../../time-text.js';
import { legacyPercent, legacyStatus } from './legacy-status.js';

/** What the records of video tasks and face jobs have in common (spec imm §2.5, §2.6). */
export function jobMembers(task: Task): Omit<VideoTask, 'TaskId' | 'TaskType'> {
  const { outcome, submittedAtMs, startedAtMs, endedAtMs, request } = task;
  return {
    Status: legacyStatus(task),
    Progress: legacyPercent(task),
    Parameters: parametersText(task),
    Result: outcome?.ok === true ? resultText(outcome.result) : '',
    ErrorMessage: outcome === undefined || outcome.ok ? '' : `${outcome.code}:${outcome.message}`,
    StartTime: microsecondsText(startedAtMs ?? submittedAtMs),
    EndTime: outcome?.ok === true && endedAtMs !== undefined ? microsecondsText(endedAtMs) : '',
    NotifyEndpoint: textMember(request, 'NotifyEndpoint'),
    NotifyTopicName: textMember(request, 'NotifyTopicName'),
  };
}

/** Whom it concerns is in members of their own. */
const NOT_A_PARAMETER: ReadonlySet<string> = new Set(['Project', 'NotifyEndpoint', 'NotifyTopicName']);

/** The request as a JSON object of texts, in which the video is called `SrcUri` (spec imm §2.5). */
function parametersText({ request, requestId, taskType }: Task): string {
  const own = Object.entries(request)
    .filter(([name]) => !NOT_A_PARAMETER.has(name))
    .map(([name, value]): readonly [string, string] => [name === 'VideoUri' ? 'SrcUri' : name, textOf(value)]);
  const all: readonly (readonly [string, string])[] = [...own, ['RequestId', requestId], ['TaskType', taskType]];
  return JSON.stringify(Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** A snapshot may have brought more than texts and numbers, and not every object can be made a text of by itself. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A JSON object whose one member is again the text of a JSON object (spec imm §2.5). */
function resultText(result: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ Key: JSON.stringify(result) });
}
