import { z } from 'zod';
import { acsEvent, type RawAcsEvent } from '../acs-event.js';
import type { BusEvent, JsonObject } from '../event.js';
import type { EventDefinition } from '../event-definition.js';
import { decimalText, someText } from '../event-shape.js';
import { jsonIn } from '../json-object.js';

/** Members of `imm` that every job's event has, all text (spec imm §3.2, dialect B). */
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

/** Members of `imm` of a `GrabFrameTask` (spec imm §3.2). */
export interface RawGrabFrame extends RawJob {
  /** Billed seconds as decimal text; `0` after a failure. */
  readonly GrabDuration: string;
  readonly Results: string;
}

/** How a job of IMM 2017-09-06 ended. */
export interface JobData {
  /** The id that the creating action returned, as TaskId or JobId. */
  readonly taskId: string;
  /** The empty string after success, or why the job failed. */
  readonly code: string;
  /** The request's CustomMessage, when it had one. */
  readonly customMessage: string | undefined;
  /** The JSON value in `Results`; `undefined` when there is none, or when it is no JSON. Its members are not documented. */
  readonly results: unknown;
}

/** How a frame grab ended. */
export interface GrabFrameData extends JobData {
  /** Seconds that are billed, one per image; 0 after a failure. */
  readonly grabDurationSeconds: number;
}

/** The event of a job of IMM 2017-09-06 that has ended, well or badly: look at `data.code`. */
export type JobEvent<Name extends string, Raw = RawJob, Data = JobData> = BusEvent<
  Name,
  Data,
  RawAcsEvent<Name> & { readonly imm: Raw & JsonObject },
  'acs'
>;

// Text or absent: JSON cannot say undefined.
const job = z.looseObject({
  ErrorCode: z.string(),
  JobId: someText,
  CustomMessage: z.string().optional(),
  Results: z.string().optional(),
});
const jobPayload: z.ZodType<{ readonly imm: RawJob & JsonObject }> = z.looseObject({ imm: job });
const grabFramePayload: z.ZodType<{ readonly imm: RawGrabFrame & JsonObject }> = z.looseObject({
  imm: job.extend({ GrabDuration: decimalText, Results: z.string() }),
});

function jobData({ ErrorCode, JobId, CustomMessage, Results }: RawJob): JobData {
  return {
    taskId: JobId,
    code: ErrorCode,
    customMessage: CustomMessage,
    results: Results === undefined ? undefined : jsonIn(Results),
  };
}

/** Defines the event of a job whose payload has nothing of its own. */
export function jobEvent<Name extends string>(name: Name): EventDefinition<Name, JobEvent<Name>> {
  return acsEvent(name, jobPayload, ({ imm }) => jobData(imm));
}

/** How `GrabFrameTask` is read (spec imm §3.2). */
export const grabFrameTask: EventDefinition<
  'GrabFrameTask',
  JobEvent<'GrabFrameTask', RawGrabFrame, GrabFrameData>
> = acsEvent('GrabFrameTask', grabFramePayload, ({ imm }) => ({
  ...jobData(imm),
  grabDurationSeconds: Number(imm.GrabDuration),
}));
