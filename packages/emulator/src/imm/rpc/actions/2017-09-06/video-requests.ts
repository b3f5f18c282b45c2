import type {
  CreateGrabFrameTaskRequest,
  CreateImageProcessTaskRequest,
  CreateMediaComplexTaskRequest,
  CreateStreamAnalyseTaskRequest,
  CreateVideoAbstractTaskRequest,
  CreateVideoAnalyseTaskRequest,
  CreateVideoCompressTaskRequest,
  CreateVideoProduceTaskRequest,
  VideoTaskRequest,
} from '@mnsbus/core';
import { defined } from '../../../../runtime/defined.js';
import type { FieldReader } from '../../field-reader.js';
import { wrongFormat } from '../../rpc-fault.js';
import { isJsonObject, optionalListText, optionalObjectText, parseJson } from './json-text.js';
import { optionalTargetList } from './media-targets.js';
import { readNotify } from './notify-fields.js';
import { optionalTargetUri, readObjectUri, readTargetUri } from './oss-uri.js';

const FROM_ONE = { min: 1 } as const;

function readCommon(fields: FieldReader, ...required: readonly string[]): VideoTaskRequest {
  fields.require('Project', ...required);
  return { Project: fields.text('Project'), ...readNotify(fields) };
}

/** Reads `CreateVideoAnalyseTask` (spec imm §2.5). Throws the `RpcFault` of the first bad parameter, as all of these. */
export function readVideoAnalyse(fields: FieldReader): CreateVideoAnalyseTaskRequest {
  return {
    ...readCommon(fields, 'VideoUri'),
    VideoUri: readObjectUri(fields, 'VideoUri'),
    ...defined({
      TgtUri: optionalTargetUri(fields, 'TgtUri'),
      GrabType: fields.optionalText('GrabType'),
      Interval: fields.optionalText('Interval'),
      StartTime: fields.optionalText('StartTime'),
      EndTime: fields.optionalText('EndTime'),
    }),
  };
}

/** Reads `CreateVideoCompressTask` (spec imm §2.5). */
export function readVideoCompress(fields: FieldReader): CreateVideoCompressTaskRequest {
  return {
    ...readCommon(fields, 'VideoUri'),
    VideoUri: readObjectUri(fields, 'VideoUri'),
    ...defined({
      TargetList: optionalTargetList(fields),
      TargetSubtitle: optionalSubtitle(fields),
      CustomMessage: fields.optionalText('CustomMessage'),
    }),
  };
}

/** Reads `CreateGrabFrameTask` (spec imm §2.5). */
export function readGrabFrame(fields: FieldReader): CreateGrabFrameTaskRequest {
  return {
    ...readCommon(fields, 'VideoUri', 'TargetList'),
    VideoUri: readObjectUri(fields, 'VideoUri'),
    TargetList: optionalTargetList(fields) ?? '',
    ...defined({ CustomMessage: fields.optionalText('CustomMessage') }),
  };
}

/** Reads `CreateVideoAbstractTask` (spec imm §2.5). */
export function readVideoAbstract(fields: FieldReader): CreateVideoAbstractTaskRequest {
  return {
    ...readCommon(fields, 'VideoUri'),
    VideoUri: readObjectUri(fields, 'VideoUri'),
    ...defined({
      AbstractLength: fields.optionalInteger('AbstractLength', FROM_ONE),
      TargetVideoUri: optionalTargetUri(fields, 'TargetVideoUri'),
      TargetClipsUri: optionalTargetUri(fields, 'TargetClipsUri'),
    }),
  };
}

/** Reads `CreateVideoProduceTask` (spec imm §2.5). */
export function readVideoProduce(fields: FieldReader): CreateVideoProduceTaskRequest {
  return {
    ...readCommon(fields, 'Images', 'TargetUri'),
    Images: optionalListText(fields, 'Images', () => true) ?? '',
    TargetUri: readTargetUri(fields, 'TargetUri'),
    ...defined({
      Music: fields.optionalText('Music'),
      TemplateName: fields.optionalText('TemplateName'),
      Width: fields.optionalInteger('Width', FROM_ONE),
      Height: fields.optionalInteger('Height', FROM_ONE),
      CustomMessage: fields.optionalText('CustomMessage'),
    }),
  };
}

/** Reads `CreateMediaComplexTask` (spec imm §2.5). */
export function readMediaComplex(fields: FieldReader): CreateMediaComplexTaskRequest {
  return { ...readCommon(fields, 'Parameters'), Parameters: optionalObjectText(fields, 'Parameters') ?? '' };
}

/** Reads `CreateStreamAnalyseTask` (spec imm §2.5). */
export function readStreamAnalyse(fields: FieldReader): CreateStreamAnalyseTaskRequest {
  return {
    ...readCommon(fields, 'StreamUri'),
    // Streams come from elsewhere than OSS, and no source says which addresses are accepted.
    StreamUri: fields.text('StreamUri'),
    ...defined({ TgtUri: optionalTargetUri(fields, 'TgtUri') }),
  };
}

/** Reads `CreateImageProcessTask` (spec imm §2.5). */
export function readImageProcess(fields: FieldReader): CreateImageProcessTaskRequest {
  return {
    ...readCommon(fields, 'ImageUri', 'TargetList'),
    ImageUri: readObjectUri(fields, 'ImageUri'),
    TargetList: optionalTargetList(fields) ?? '',
  };
}

/** No source says whether it is one object or a list of them. */
function optionalSubtitle(fields: FieldReader): string | undefined {
  const text = fields.optionalText('TargetSubtitle');
  if (text === undefined) return undefined;
  const value = parseJson(text);
  if (!isJsonObject(value) && !(Array.isArray(value) && value.every(isJsonObject))) throw wrongFormat('TargetSubtitle');
  return text;
}
