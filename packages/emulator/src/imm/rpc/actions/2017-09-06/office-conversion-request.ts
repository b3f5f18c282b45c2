import type { CreateOfficeConversionTaskRequest } from '@mnsbus/core';
import { defined } from '../../../../runtime/defined.js';
import { ALL_PAGES, DEFAULT_START_PAGE, parsePageList } from '../../../document-pages.js';
import type { FieldReader } from '../../field-reader.js';
import { emptyValue, invalidValue, wrongFormat } from '../../rpc-fault.js';
import { readNotify } from './notify-fields.js';
import { readObjectUri, readTargetUri } from './oss-uri.js';

/** What a document can be converted to (spec imm §2.4). */
export const TARGET_TYPES: readonly CreateOfficeConversionTaskRequest['TgtType'][] = [
  'vector',
  'png',
  'jpg',
  'pdf',
  'text',
];

/** Most page numbers of `TgtFilePages` (spec imm §2.4). */
export const MAX_TARGET_FILE_PAGES = 100;

const FILE_PREFIX = /^[A-Za-z0-9_-]{1,256}$/;
const FILE_SUFFIX = /^[A-Za-z0-9._-]{1,256}$/;
const FROM_ONE_OR_ALL = { min: 1, or: -1 } as const;

/** Reads the parameters of `CreateOfficeConversionTask` (spec imm §2.4). Throws the `RpcFault` of the first bad one. */
export function readOfficeConversionRequest(fields: FieldReader): CreateOfficeConversionTaskRequest {
  fields.require('Project', 'SrcUri', 'TgtUri', 'TgtType');
  return {
    Project: fields.text('Project'),
    SrcUri: readObjectUri(fields, 'SrcUri'),
    TgtUri: readTargetUri(fields, 'TgtUri'),
    TgtType: readTargetType(fields),
    ...readNotify(fields),
    ...defined({
      SrcType: fields.optionalText('SrcType'),
      ...readPageRange(fields),
      MaxSheetRow: fields.optionalInteger('MaxSheetRow', FROM_ONE_OR_ALL),
      MaxSheetCol: fields.optionalInteger('MaxSheetCol', FROM_ONE_OR_ALL),
      MaxSheetCount: fields.optionalInteger('MaxSheetCount', FROM_ONE_OR_ALL),
      SheetOnePage: fields.optionalBoolean('SheetOnePage'),
      FitToPagesTall: fields.optionalBoolean('FitToPagesTall'),
      FitToPagesWide: fields.optionalBoolean('FitToPagesWide'),
      PdfVector: fields.optionalBoolean('PdfVector'),
      Hidecomments: fields.optionalBoolean('Hidecomments'),
      DisplayDpi: fields.optionalInteger('DisplayDpi', { min: 96, max: 2048 }),
      Password: fields.optionalText('Password'),
      TgtFilePrefix: fields.optionalMatch('TgtFilePrefix', FILE_PREFIX),
      TgtFileSuffix: fields.optionalMatch('TgtFileSuffix', FILE_SUFFIX),
      TgtFilePages: readTargetFilePages(fields),
      UserData: fields.optionalText('UserData'),
      IdempotentToken: fields.optionalText('IdempotentToken'),
    }),
  };
}

function readTargetType(fields: FieldReader): CreateOfficeConversionTaskRequest['TgtType'] {
  const asked = fields.text('TgtType').toLowerCase();
  const type = TARGET_TYPES.find((candidate) => candidate === asked);
  if (type === undefined) throw invalidValue('TgtType');
  return type;
}

function readPageRange(fields: FieldReader): {
  readonly StartPage: number | undefined;
  readonly EndPage: number | undefined;
} {
  const StartPage = fields.optionalInteger('StartPage', { min: 1 });
  const EndPage = fields.optionalInteger('EndPage', { min: 1, or: ALL_PAGES });
  if (EndPage !== undefined && EndPage !== ALL_PAGES && EndPage < (StartPage ?? DEFAULT_START_PAGE)) {
    throw invalidValue('EndPage');
  }
  return { StartPage, EndPage };
}

function readTargetFilePages(fields: FieldReader): string | undefined {
  const text = fields.optionalText('TgtFilePages');
  if (text === undefined) return undefined;
  const pages = parsePageList(text);
  if (pages === undefined) throw wrongFormat('TgtFilePages');
  if (pages.length === 0) throw emptyValue('TgtFilePages');
  if (pages.length > MAX_TARGET_FILE_PAGES) throw invalidValue('TgtFilePages');
  return text;
}
