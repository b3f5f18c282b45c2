import type { Tenant } from '../../../../runtime/accounts.js';
import type { Task } from '../../../model/task.js';
import { textMember } from '../../../request-members.js';
import { beijingTime, trimmedTime } from './rfc3339.js';

/** Most bytes of a message; MNS takes no more (spec imm §3.1). */
export const MAX_MESSAGE_BYTES = 65_536;

/**
 * The text of a message of 2020-09-30: `content` is JSON inside JSON (spec imm §3.3).
 *
 * Lists of a content that is too large for MNS are cut to what fits.
 */
export function messageText(type: string, task: Task, { region, accountId }: Tenant, content: object): string {
  const write = (listLength: number): string =>
    JSON.stringify({
      id: task.eventId,
      source: 'acs.imm',
      type,
      subject: `acs:imm:${region}:${accountId}:${task.project}/${type}`,
      time: String(task.endedAtMs ?? 0),
      content: JSON.stringify(cut(content, listLength)),
    });
  let listLength = Number.MAX_SAFE_INTEGER;
  let text = write(listLength);
  for (let tries = 1024; Buffer.byteLength(text) > MAX_MESSAGE_BYTES && listLength > 0; tries = Math.floor(tries / 2)) {
    listLength = tries;
    text = write(listLength);
  }
  return text;
}

/** The content that tells of the end of a task, in the order of its declaration; `members` are those of a success. */
export function taskContent(task: Task, members: Readonly<Record<string, unknown>>): object {
  const { outcome } = task;
  const failure = outcome === undefined || outcome.ok ? { code: '', message: '' } : outcome;
  return {
    ProjectName: task.project,
    DatasetName: textMember(task.request, 'DatasetName'),
    RequestId: task.requestId,
    StartTime: trimmedTime(task.startedAtMs ?? task.submittedAtMs),
    EndTime: trimmedTime(task.endedAtMs ?? 0),
    UserData: textMember(task.request, 'UserData'),
    TaskType: task.taskType,
    TaskId: task.taskId,
    Status: outcome?.ok === false ? 'Failed' : 'Succeeded',
    Code: failure.code,
    Message: failure.message,
    EventSourceId: '',
    ...members,
  };
}

/** The content that tells of indexed files: it succeeds although a file has failed (spec imm §3.3). */
export function fileMetaContent(task: Task, uris: readonly string[]): object {
  const { outcome } = task;
  const error = outcome === undefined || outcome.ok ? '' : `[${outcome.code}] ${outcome.message}`;
  return {
    ProjectName: task.project,
    DatasetName: textMember(task.request, 'DatasetName'),
    StartTime: beijingTime(task.startedAtMs ?? task.submittedAtMs),
    EndTime: beijingTime(task.endedAtMs ?? 0),
    Success: true,
    Message: '',
    Files: uris.map((uri) => ({ URI: uri, Error: error })),
  };
}

/** The same with every list cut to this length, however deep it lies. */
function cut(value: unknown, length: number): unknown {
  if (Array.isArray(value)) return value.slice(0, length).map((item: unknown) => cut(item, length));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cut(member, length)]));
}
