import type { LegacyTaskStatus, OfficeFailCode } from '@mnsbus/core';
import type { Ending } from './task-engine.js';

/** Name of the event that tells of an ended conversion, also of a failed one (spec imm §3.2). */
export const OFFICE_EVENT_NAME = 'FormatConvertJob:JobFinished';

/** An event of IMM 2017-09-06 before it is text (spec imm §3.2). */
export interface LegacyEvent {
  readonly eventName: string;
  /** When the event was built, in milliseconds since 1970. */
  readonly eventTimeMs: number;
  /** The payload: every leaf is text. */
  readonly imm: Readonly<Record<string, string>>;
}

/** How a conversion will turn out. */
export interface ConversionOutcome {
  /** `NoError`, or why it fails. */
  readonly code: OfficeFailCode;
  /** Pages converted; 0 for a failure. */
  readonly pageCount: number;
}

/** What a document conversion is told, and what chance has decided about it. */
export interface OfficeTaskPlan {
  readonly taskId: string;
  readonly project: string;
  readonly srcUri: string;
  readonly tgtUri: string;
  readonly tgtType: string;
  /** The empty string when none was named; an event needs the topic, too. */
  readonly notifyEndpoint: string;
  /** The empty string when none was named. */
  readonly notifyTopicName: string;
  /** Same key, same task, for {@link IDEMPOTENCY_MS} from its creation. */
  readonly idempotencyKey?: string;
  /** Milliseconds from 0; `Infinity` for a task that never ends. */
  readonly durationMs: number;
  /** Milliseconds from the end of the task to the publishing of its event. */
  readonly publishLagMs: number;
  readonly outcome: ConversionOutcome;
}

/** The record of a document conversion (spec imm §2.4). */
export interface OfficeTask {
  readonly taskId: string;
  readonly srcUri: string;
  readonly tgtUri: string;
  readonly tgtType: string;
  readonly notifyEndpoint: string;
  readonly notifyTopicName: string;
  readonly status: LegacyTaskStatus;
  /** 100 when finished, else 0. */
  readonly percent: number;
  /** Pages converted so far: 0 unless finished. */
  readonly pageCount: number;
  readonly failCode: OfficeFailCode;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  /** Milliseconds since 1970; `undefined` while running and after a failure. */
  readonly finishedAtMs: number | undefined;
}

/** The record of a conversion that has just been submitted. */
export function startedTask(plan: OfficeTaskPlan, nowMs: number): OfficeTask {
  const { taskId, srcUri, tgtUri, tgtType, notifyEndpoint, notifyTopicName } = plan;
  return {
    taskId,
    srcUri,
    tgtUri,
    tgtType,
    notifyEndpoint,
    notifyTopicName,
    status: 'Running',
    percent: 0,
    pageCount: 0,
    failCode: 'NoError',
    createdAtMs: nowMs,
    finishedAtMs: undefined,
  };
}

/** The final record of a conversion that ends at `atMs`. */
export function endedTask(task: OfficeTask, outcome: ConversionOutcome, atMs: number): OfficeTask {
  return outcome.code === 'NoError'
    ? { ...task, status: 'Finished', percent: 100, pageCount: outcome.pageCount, finishedAtMs: atMs }
    : { ...task, status: 'Failed', failCode: outcome.code };
}

/** What the end of a conversion at `atMs` sets off: an event only if endpoint and topic are both named (spec imm §2.4). */
export function officeEnding(task: OfficeTask, publishLagMs: number, atMs: number): Ending<LegacyEvent> {
  const { taskId, status, notifyEndpoint: endpoint, notifyTopicName: topicName } = task;
  if (endpoint === '' || topicName === '') return { taskId, status, publishLagMs };
  const event: LegacyEvent = {
    eventName: OFFICE_EVENT_NAME,
    eventTimeMs: atMs,
    imm: { code: task.failCode, pageCount: String(task.pageCount), percent: String(task.percent), taskId },
  };
  return { taskId, status, publishLagMs, publication: { taskId, endpoint, topicName, event, attempt: 1 } };
}
