import { acsEvent, type AcsEvent } from '../acs-event.js';
import type { EventDefinition } from '../event-definition.js';
import { jsonText, text, wholeNumber } from '../reading/kinds.js';
import type { Received } from '../reading/received.js';
import { members, sourcesIn } from '../reading/sources.js';

/** Members of `imm` that every job's event has, all text, as documented (spec imm §3.2, dialect B). */
export interface RawJob {
  /** The empty string after success. */
  readonly ErrorCode: string;
  /** What the creating action called TaskId or JobId. */
  readonly JobId: string;
  /** The request's CustomMessage, when it had one. */
  readonly CustomMessage?: string | undefined;
  /** JSON text; seen with `GrabFrameTask`, and not certain for the others. */
  readonly Results?: string | undefined;
}

/** Members of `imm` of a `GrabFrameTask`, as documented (spec imm §3.2). */
export interface RawGrabFrame extends RawJob {
  /** Billed seconds as decimal text; `0` after a failure. */
  readonly GrabDuration: string;
  readonly Results: string;
}

/** How a job of IMM 2017-09-06 ended. What could not be read is `undefined`. */
export interface JobData {
  /** The id that the creating action returned, as TaskId or JobId. */
  readonly taskId: string;
  /** The empty string after success, or why the job failed. */
  readonly code: string | undefined;
  /** The request's CustomMessage, when it had one. */
  readonly customMessage: string | undefined;
  /** The JSON value in `Results`; `undefined` when there is none, or when it is no JSON. Its members are not documented. */
  readonly results: unknown;
}

/** How a frame grab ended. */
export interface GrabFrameData extends JobData {
  /** Seconds that are billed, one per image; 0 after a failure. */
  readonly grabDurationSeconds: number | undefined;
}

/** The event of a job of IMM 2017-09-06 that has ended, well or badly: look at `data.code`. */
export type JobEvent<Name extends string, Raw extends RawJob = RawJob, Data = JobData> = AcsEvent<
  Name,
  Data,
  { readonly imm: Received<Raw, 'JobId'> }
>;

const sent = sourcesIn<{ readonly imm: RawGrabFrame }>();
const job = members<JobData>({
  taskId: sent.essential('imm.JobId'),
  code: sent.expected('imm.ErrorCode', text),
  customMessage: sent.optional('imm.CustomMessage', text),
  results: sent.optional('imm.Results', jsonText),
});
const grabFrame = members<GrabFrameData>({
  taskId: sent.essential('imm.JobId'),
  code: sent.expected('imm.ErrorCode', text),
  customMessage: sent.optional('imm.CustomMessage', text),
  results: sent.expected('imm.Results', jsonText),
  grabDurationSeconds: sent.expected('imm.GrabDuration', wholeNumber),
});

/** Defines the event of a job whose payload has nothing of its own. */
export function jobEvent<Name extends string>(name: Name): EventDefinition<Name, JobEvent<Name>> {
  return acsEvent(name, job);
}

/** How `GrabFrameTask` is read (spec imm §3.2). */
export const grabFrameTask: EventDefinition<
  'GrabFrameTask',
  JobEvent<'GrabFrameTask', RawGrabFrame, GrabFrameData>
> = acsEvent('GrabFrameTask', grabFrame);
