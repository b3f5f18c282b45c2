import type {
  BatchIndexFileMetaRequest,
  CreateAutomationRequest,
  Imm2020Creators,
  ImmInputFile,
  ImmNotification,
  IndexFileMetaRequest,
} from '@mnsbus/core';
import { z } from 'zod';
import { recordOf } from '../../../../runtime/state-schema.js';
import {
  anyObject,
  datasetName,
  flag,
  integer,
  json,
  matching,
  ossPrefix,
  ossUri,
  projectName,
  text,
  word,
} from './parameter.js';

/** Most bytes of `UserData` (spec imm §4.2). */
export const MAX_USER_DATA_BYTES = 2048;

/** Most sources of one media conversion (spec imm §4.2). */
export const MAX_MEDIA_SOURCES = 11;

const optional = z.exactOptional;
const someText = z.string().min(1);
const words = z.array(z.string());
const tags = recordOf(z.string());
const source = z.object({ URI: ossUri });
const numbers = z.number();

/** Who is told of an end; unknown members are ignored. */
export const notification: z.ZodType<ImmNotification> = z
  .object({
    MNS: optional(z.object({ TopicName: someText, Endpoint: optional(z.string()) })),
    RocketMQ: optional(z.object({ InstanceId: someText, TopicName: someText })),
    ExtendedMessageURI: optional(ossUri),
  })
  .refine(({ MNS, RocketMQ }) => MNS === undefined || RocketMQ === undefined, 'expected one transport');

const chain = z.object({
  AssumeRoleFor: optional(z.string()),
  Role: optional(z.string()),
  RoleType: optional(z.string()),
});

const common = {
  ProjectName: projectName,
  Notification: optional(json(notification)),
  NotifyEndpoint: optional(text()),
  NotifyTopicName: optional(text()),
  UserData: optional(
    text().refine(
      (value) => Buffer.byteLength(value) <= MAX_USER_DATA_BYTES,
      `expected at most ${MAX_USER_DATA_BYTES} bytes`,
    ),
  ),
  Tags: optional(json(tags)),
  CredentialConfig: optional(
    json(
      z.object({
        ServiceRole: optional(z.string()),
        Policy: optional(z.string()),
        Chain: optional(z.array(chain)),
      }),
    ),
  ),
};

const dataset = { ...common, DatasetName: datasetName };
const oneSource = { ...common, SourceURI: ossUri };
const page = integer(1);

const officeConversion: z.ZodType<Imm2020Creators['CreateOfficeConversionTask']> = z
  .object({
    ...common,
    SourceURI: optional(ossUri),
    Sources: optional(json(z.array(source).min(1))),
    TargetType: word('png', 'jpg', 'pdf', 'txt'),
    TargetURI: optional(ossPrefix),
    TargetURIPrefix: optional(ossPrefix),
    SourceType: optional(text()),
    StartPage: optional(page),
    EndPage: optional(integer(1, Number.MAX_SAFE_INTEGER, -1)),
    Pages: optional(matching(/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/, 'pages such as 1,2-4,7')),
    Password: optional(text()),
    ScalePercentage: optional(integer(20, 200)),
    Quality: optional(integer(0, 100)),
    ImageDPI: optional(integer(96, 600)),
    SheetIndex: optional(page),
    SheetCount: optional(page),
    MaxSheetRow: optional(page),
    MaxSheetColumn: optional(page),
    FitToWidth: optional(flag),
    FitToHeight: optional(flag),
    PaperSize: optional(word('A0', 'A2', 'A4')),
    PaperHorizontal: optional(flag),
    ShowComments: optional(flag),
    LongPicture: optional(flag),
    LongText: optional(flag),
    HoldLineFeed: optional(flag),
    FirstPage: optional(flag),
    TrimPolicy: optional(json(anyObject)),
  })
  .refine(({ SourceURI, Sources }) => SourceURI !== undefined || Sources !== undefined, {
    path: ['SourceURI'],
    message: 'expected SourceURI or Sources',
  })
  .refine(({ TargetURI, TargetURIPrefix }) => (TargetURI === undefined) !== (TargetURIPrefix === undefined), {
    path: ['TargetURI'],
    message: 'expected TargetURI or TargetURIPrefix',
  })
  .refine(({ StartPage = 1, EndPage = -1 }) => EndPage === -1 || EndPage >= StartPage, {
    path: ['EndPage'],
    message: 'expected no page before StartPage',
  });

const mediaSource = z.object({
  URI: ossUri,
  StartTime: optional(numbers),
  Duration: optional(numbers),
  Subtitles: optional(
    z.array(z.object({ URI: ossUri, TimeOffset: optional(numbers), Language: optional(z.string()) })),
  ),
  Attached: optional(z.boolean()),
  AlignMode: optional(z.string()),
  DisableVideo: optional(z.boolean()),
  DisableAudio: optional(z.boolean()),
});

const mediaTarget = z.object({
  URI: optional(ossPrefix),
  Container: optional(z.string()),
  Speed: optional(numbers),
  Segment: optional(
    z.object({ Format: optional(z.string()), Duration: optional(numbers), StartNumber: optional(numbers) }),
  ),
  Video: optional(anyObject),
  Audio: optional(anyObject),
  Subtitle: optional(anyObject),
  Image: optional(anyObject),
  StripMetadata: optional(z.boolean()),
});

const moderation: z.ZodType<Imm2020Creators['CreateImageModerationTask']> = z.object({
  ...oneSource,
  Scenes: optional(json(words)),
  Interval: optional(integer(1)),
  MaxFrames: optional(integer(1)),
});

const turnedImages = json(z.array(z.object({ URI: ossUri, Rotate: optional(numbers) })).min(1));

const oneDataset: z.ZodType<Imm2020Creators['CreateFigureClusteringTask']> = z.object(dataset);

/** How the request of each creating action is read: required members and ranges as documented (spec imm §4.2). */
export const creatorSchemas: { readonly [Action in keyof Imm2020Creators]: z.ZodType<Imm2020Creators[Action]> } = {
  CreateOfficeConversionTask: officeConversion,
  CreateMediaConvertTask: z.object({
    ...common,
    Sources: json(z.array(mediaSource).min(1).max(MAX_MEDIA_SOURCES)),
    Targets: optional(json(z.array(mediaTarget))),
    TargetGroups: optional(json(z.array(anyObject))),
    AlignmentIndex: optional(integer(0)),
  }),
  CreateVideoLabelClassificationTask: z.object(oneSource),
  CreateImageModerationTask: moderation,
  CreateVideoModerationTask: moderation,
  CreateFileCompressionTask: z.object({
    ...common,
    TargetURI: ossPrefix,
    Sources: optional(
      json(z.array(z.object({ URI: ossPrefix, Alias: optional(z.string()), Mode: optional(z.string()) })).min(1)),
    ),
    SourceManifestURI: optional(ossUri),
    CompressedFormat: optional(word('zip')),
  }),
  CreateFileUncompressionTask: z.object({
    ...oneSource,
    TargetURI: optional(ossPrefix),
    SelectedFiles: optional(json(words)),
    Password: optional(text()),
  }),
  CreateArchiveFileInspectionTask: z.object({ ...common, SourceURI: optional(ossUri), Password: optional(text()) }),
  CreateCompressPointCloudTask: z.object({
    ...oneSource,
    TargetURI: ossPrefix,
    CompressMethod: text(),
    PointCloudFields: json(words),
    PointCloudFileFormat: optional(text()),
    KdtreeOption: optional(json(anyObject)),
    OctreeOption: optional(json(anyObject)),
  }),
  CreateImageToPDFTask: z.object({ ...common, Sources: turnedImages, TargetURI: ossPrefix }),
  CreateImageSplicingTask: z.object({
    ...common,
    Sources: turnedImages,
    TargetURI: ossPrefix,
    Direction: optional(text()),
    ImageFormat: optional(text()),
    Quality: optional(integer(0, 100)),
    ScaleType: optional(text()),
    Align: optional(integer(0)),
    Margin: optional(integer(0)),
    Padding: optional(integer(0)),
    BackgroundColor: optional(text()),
  }),
  CreateDecodeBlindWatermarkTask: z.object({
    ...oneSource,
    TargetURI: optional(ossPrefix),
    OriginalImageURI: optional(ossUri),
    ImageQuality: optional(integer(0, 100)),
    Model: optional(text()),
    StrengthLevel: optional(text()),
    WatermarkType: optional(text()),
  }),
  CreateFigureClusteringTask: oneDataset,
  CreateSimilarImageClusteringTask: oneDataset,
  CreateFigureClustersMergingTask: z.object({
    ...dataset,
    To: text(),
    From: optional(text()),
    Froms: optional(json(words)),
  }),
  CreateFacesSearchingTask: z.object({
    ...dataset,
    Sources: optional(json(z.array(source).min(1))),
    MaxResult: optional(integer(1)),
  }),
  CreateLocationDateClusteringTask: z.object({
    ...dataset,
    DateOptions: json(anyObject),
    LocationOptions: json(anyObject),
  }),
  CreateStory: z.object({
    ...dataset,
    StoryType: text(),
    StorySubType: optional(text()),
    StoryName: optional(text()),
    StoryStartTime: optional(text()),
    StoryEndTime: optional(text()),
    MinFileCount: optional(integer(0)),
    MaxFileCount: optional(integer(0)),
    Address: optional(json(anyObject)),
    CustomId: optional(text()),
    CustomLabels: optional(json(anyObject)),
    ObjectId: optional(text()),
  }),
  CreateHighlightTask: z.object({
    ...common,
    Sources: json(z.array(source).min(1)),
    Type: text(),
    Output: text(),
    Mode: optional(text()),
    Highlight: optional(text()),
    Edit: optional(text()),
  }),
};

const inputFile: z.ZodType<ImmInputFile> = z.object({
  URI: ossUri,
  CustomId: optional(z.string()),
  CustomLabels: optional(anyObject),
  FileHash: optional(z.string()),
  OSSURI: optional(z.string()),
  MediaType: optional(z.string()),
  ContentType: optional(z.string()),
  Figures: optional(z.array(anyObject)),
  LatLong: optional(z.string()),
});

/** How a request to index one file is read (spec imm §4.2). */
export const indexFileMeta: z.ZodType<IndexFileMetaRequest> = z.object({ ...dataset, File: json(inputFile) });

/** How a request to index several files is read (spec imm §4.2). */
export const batchIndexFileMeta: z.ZodType<BatchIndexFileMetaRequest> = z.object({
  ...dataset,
  Files: json(z.array(inputFile).min(1)),
});

const automationInput = z.object({
  OSS: optional(
    z.object({
      Bucket: someText,
      Prefix: optional(z.string()),
      MatchExpressions: optional(words),
    }),
  ),
});

/** How a request for a trigger or a batch is read (spec imm §4.2). */
export const automation: z.ZodType<CreateAutomationRequest> = z.object({
  ProjectName: projectName,
  Input: json(automationInput),
  Actions: json(
    z
      .array(
        z.object({
          Name: someText,
          Parameters: optional(words),
          FastFailPolicy: optional(z.object({ Action: optional(z.string()) })),
        }),
      )
      .min(1),
  ),
  ServiceRole: text(),
  Notification: optional(json(notification)),
  Tags: optional(json(tags)),
});
