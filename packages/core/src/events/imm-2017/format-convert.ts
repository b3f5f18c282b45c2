import type { OfficeFailCode } from '../../tasks/imm-2017/office.js';
import { acsEvent, type AcsEvent } from '../acs-event.js';
import type { EventDefinition } from '../event-definition.js';
import { someText, wholeNumber } from '../reading/kinds.js';
import type { Received } from '../reading/received.js';
import { members, sourcesIn } from '../reading/sources.js';

/** The payload of `FormatConvertJob:JobFinished` as documented: every leaf of the known ones is text (spec imm §3.2, dialect A). */
export interface RawFormatConvert {
  /** `NoError`, or why the conversion failed. */
  readonly code: string;
  /** Decimal text. */
  readonly pageCount: string;
  /** `100`, or `0` after a failure. */
  readonly percent: string;
  readonly taskId: string;
}

/** How a document conversion ended. What could not be read is `undefined`. */
export interface FormatConvertJobFinishedData {
  /** The id that `CreateOfficeConversionTask` returned. */
  readonly taskId: string;
  /** `NoError`, or why the conversion failed. */
  readonly code: OfficeFailCode | undefined;
  /** Pages converted; 0 after a failure. */
  readonly pageCount: number | undefined;
  /** 100 after success, 0 after a failure. */
  readonly percent: number | undefined;
}

/** A document conversion of IMM 2017-09-06 has ended, well or badly: look at `data.code`. */
export type FormatConvertJobFinished = AcsEvent<
  'FormatConvertJob:JobFinished',
  FormatConvertJobFinishedData,
  { readonly imm: Received<RawFormatConvert, 'taskId'> }
>;

const sent = sourcesIn<{ readonly imm: RawFormatConvert }>();

/** How `FormatConvertJob:JobFinished` is read (spec imm §3.2). */
export const formatConvertJobFinished: EventDefinition<'FormatConvertJob:JobFinished', FormatConvertJobFinished> =
  acsEvent(
    'FormatConvertJob:JobFinished',
    members<FormatConvertJobFinishedData>({
      taskId: sent.essential('imm.taskId'),
      code: sent.expected('imm.code', someText),
      pageCount: sent.expected('imm.pageCount', wholeNumber),
      percent: sent.expected('imm.percent', wholeNumber),
    }),
  );
