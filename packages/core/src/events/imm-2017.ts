import { z } from 'zod';
import type { OfficeFailCode } from '../tasks/imm-2017.js';
import type { BusEvent } from './event.js';
import { defineEvent, type EventDefinition } from './event-definition.js';

/** `FormatConvertJob:JobFinished` as it is sent: every leaf of the known ones is text (spec imm §3.2, dialect A). */
export interface RawFormatConvertJobFinished {
  readonly eventName: 'FormatConvertJob:JobFinished';
  /** Always `acs:imm`. */
  readonly eventSource: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly eventTime: string;
  /** `1.0` in every sample. */
  readonly eventVersion: string;
  readonly imm: {
    /** `NoError`, or why the conversion failed. */
    readonly code: string;
    /** Decimal text. */
    readonly pageCount: string;
    /** `100`, or `0` after a failure. */
    readonly percent: string;
    readonly taskId: string;
  } & Readonly<Record<string, unknown>>;
}

/** How a document conversion ended. */
export interface FormatConvertJobFinishedData {
  /** The id that `CreateOfficeConversionTask` returned. */
  readonly taskId: string;
  /** `NoError`, or why the conversion failed. */
  readonly code: OfficeFailCode;
  /** Pages converted; 0 after a failure. */
  readonly pageCount: number;
  /** 100 after success, 0 after a failure. */
  readonly percent: number;
}

/** A document conversion of IMM 2017-09-06 has ended, well or badly: look at `data.code`. */
export type FormatConvertJobFinished = BusEvent<
  'FormatConvertJob:JobFinished',
  FormatConvertJobFinishedData,
  RawFormatConvertJobFinished
>;

const decimalText = z.string().regex(/^\d{1,9}$/, 'expected a whole number as text');

const rawSchema: z.ZodType<RawFormatConvertJobFinished> = z.looseObject({
  eventName: z.literal('FormatConvertJob:JobFinished'),
  eventSource: z.string(),
  eventTime: z.iso.datetime({ offset: true, error: 'expected an ISO 8601 time' }),
  eventVersion: z.string(),
  // Loose: a member that IMM adds tomorrow must not make today's events unreadable.
  imm: z.looseObject({
    code: z.string().min(1),
    pageCount: decimalText,
    percent: decimalText,
    taskId: z.string().min(1),
  }),
});

/** How `FormatConvertJob:JobFinished` is read (spec imm §3.2). */
export const formatConvertJobFinished: EventDefinition<'FormatConvertJob:JobFinished', FormatConvertJobFinished> =
  defineEvent('FormatConvertJob:JobFinished', rawSchema, (raw) => ({
    name: raw.eventName,
    source: raw.eventSource,
    version: raw.eventVersion,
    occurredAt: new Date(raw.eventTime),
    data: {
      taskId: raw.imm.taskId,
      code: raw.imm.code,
      pageCount: Number(raw.imm.pageCount),
      percent: Number(raw.imm.percent),
    },
    raw,
  }));
