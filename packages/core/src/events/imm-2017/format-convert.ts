import { z } from 'zod';
import type { OfficeFailCode } from '../../tasks/imm-2017/office.js';
import { acsEvent, type RawAcsEvent } from '../acs-event.js';
import type { BusEvent, JsonObject } from '../event.js';
import type { EventDefinition } from '../event-definition.js';
import { decimalText, someText } from '../event-shape.js';

/** `FormatConvertJob:JobFinished` as it is sent: every leaf of the known ones is text (spec imm §3.2, dialect A). */
export interface RawFormatConvertJobFinished extends RawAcsEvent<'FormatConvertJob:JobFinished'> {
  readonly imm: {
    /** `NoError`, or why the conversion failed. */
    readonly code: string;
    /** Decimal text. */
    readonly pageCount: string;
    /** `100`, or `0` after a failure. */
    readonly percent: string;
    readonly taskId: string;
  } & JsonObject;
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
  RawFormatConvertJobFinished,
  'acs'
>;

const payload: z.ZodType<Pick<RawFormatConvertJobFinished, 'imm'>> = z.looseObject({
  imm: z.looseObject({ code: someText, pageCount: decimalText, percent: decimalText, taskId: someText }),
});

/** How `FormatConvertJob:JobFinished` is read (spec imm §3.2). */
export const formatConvertJobFinished: EventDefinition<'FormatConvertJob:JobFinished', FormatConvertJobFinished> =
  acsEvent('FormatConvertJob:JobFinished', payload, ({ imm }) => ({
    taskId: imm.taskId,
    code: imm.code,
    pageCount: Number(imm.pageCount),
    percent: Number(imm.percent),
  }));
