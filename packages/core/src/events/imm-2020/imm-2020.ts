import type { EventDefinition } from '../event-definition.js';
import {
  decodeBlindWatermark,
  moderationEvent,
  videoLabelClassification,
  type BlindWatermarkData,
  type ModerationData,
  type RawBlindWatermark,
  type RawModeration,
  type RawVideoLabels,
  type VideoLabelsData,
} from './detection-events.js';
import { facesSearching, type FacesSearchingData, type RawFacesSearching } from './faces-searching.js';
import { fileMetaIndexEvent, type FileMetaIndexEvent } from './file-meta.js';
import { mediaConvert, type MediaConvertData, type RawMediaConvert } from './media-convert.js';
import { openImmEvent, type OpenImmEvent } from './open-events.js';
import { taskEvent, type TaskEvent } from './task-event.js';

/** The events of IMM 2020-09-30 that tell of the end of a task (spec imm §3.3). */
export interface Imm2020TaskEventMap {
  readonly 'imm:Task:ArchiveFileInspection': TaskEvent<'imm:Task:ArchiveFileInspection'>;
  readonly 'imm:Task:DecodeBlindWatermark': TaskEvent<
    'imm:Task:DecodeBlindWatermark',
    RawBlindWatermark,
    BlindWatermarkData
  >;
  readonly 'imm:Task:FacesSearching': TaskEvent<'imm:Task:FacesSearching', RawFacesSearching, FacesSearchingData>;
  readonly 'imm:Task:FigureClustering': TaskEvent<'imm:Task:FigureClustering'>;
  readonly 'imm:Task:FigureClustersMerging': TaskEvent<'imm:Task:FigureClustersMerging'>;
  readonly 'imm:Task:FileCompression': TaskEvent<'imm:Task:FileCompression'>;
  readonly 'imm:Task:FileUncompression': TaskEvent<'imm:Task:FileUncompression'>;
  /** In no list of types that was seen; named like the others (spec imm §3.4). */
  readonly 'imm:Task:Highlight': TaskEvent<'imm:Task:Highlight'>;
  readonly 'imm:Task:ImageModeration': TaskEvent<'imm:Task:ImageModeration', RawModeration, ModerationData>;
  readonly 'imm:Task:ImageSplicing': TaskEvent<'imm:Task:ImageSplicing'>;
  readonly 'imm:Task:ImageToPDF': TaskEvent<'imm:Task:ImageToPDF'>;
  readonly 'imm:Task:LiveTranscoding': TaskEvent<'imm:Task:LiveTranscoding'>;
  readonly 'imm:Task:LocationDateClustering': TaskEvent<'imm:Task:LocationDateClustering'>;
  readonly 'imm:Task:MediaConvert': TaskEvent<'imm:Task:MediaConvert', RawMediaConvert, MediaConvertData>;
  readonly 'imm:Task:OfficeConversion': TaskEvent<'imm:Task:OfficeConversion'>;
  readonly 'imm:Task:PointCloudCompression': TaskEvent<'imm:Task:PointCloudCompression'>;
  readonly 'imm:Task:SimilarImageClustering': TaskEvent<'imm:Task:SimilarImageClustering'>;
  readonly 'imm:Task:StoryCreation': TaskEvent<'imm:Task:StoryCreation'>;
  readonly 'imm:Task:VideoLabelClassification': TaskEvent<
    'imm:Task:VideoLabelClassification',
    RawVideoLabels,
    VideoLabelsData
  >;
  readonly 'imm:Task:VideoModeration': TaskEvent<'imm:Task:VideoModeration', RawModeration, ModerationData>;
}

/** The events of IMM 2020-09-30 whose payload is in no source (spec imm §3.4). */
export type OpenImm2020EventName =
  | `imm:ActionTrail:${'AliyunServiceEvent' | 'ApiCall' | 'ConsoleOperation' | 'ConsoleSignin' | 'ConsoleSignout'}`
  | 'imm:Batch:Notification'
  | 'imm:Binding:Task'
  | `imm:Engine:${'Exif' | 'Mime' | 'OSSMeta' | 'Tag'}`
  | `imm:FileMeta:${'BatchDelete' | 'BatchUpdate' | 'Delete'}`
  | `imm:Task:${'AsyncTask' | 'SyncTask'}`
  | 'imm:Trigger:Notification';

type OpenEvents = { readonly [Name in OpenImm2020EventName]: OpenImmEvent<Name> };

/** The events of IMM 2020-09-30 by name (spec imm §3.3, §3.4). */
export interface Imm2020EventMap extends Imm2020TaskEventMap, OpenEvents {
  readonly 'imm:FileMeta:Index': FileMetaIndexEvent<'imm:FileMeta:Index'>;
  readonly 'imm:FileMeta:BatchIndex': FileMetaIndexEvent<'imm:FileMeta:BatchIndex'>;
}

/** How each of them is read. */
export const imm2020Definitions: {
  readonly [Name in keyof Imm2020EventMap]: EventDefinition<Name, Imm2020EventMap[Name]>;
} = {
  'imm:ActionTrail:AliyunServiceEvent': openImmEvent('imm:ActionTrail:AliyunServiceEvent'),
  'imm:ActionTrail:ApiCall': openImmEvent('imm:ActionTrail:ApiCall'),
  'imm:ActionTrail:ConsoleOperation': openImmEvent('imm:ActionTrail:ConsoleOperation'),
  'imm:ActionTrail:ConsoleSignin': openImmEvent('imm:ActionTrail:ConsoleSignin'),
  'imm:ActionTrail:ConsoleSignout': openImmEvent('imm:ActionTrail:ConsoleSignout'),
  'imm:Batch:Notification': openImmEvent('imm:Batch:Notification'),
  'imm:Binding:Task': openImmEvent('imm:Binding:Task'),
  'imm:Engine:Exif': openImmEvent('imm:Engine:Exif'),
  'imm:Engine:Mime': openImmEvent('imm:Engine:Mime'),
  'imm:Engine:OSSMeta': openImmEvent('imm:Engine:OSSMeta'),
  'imm:Engine:Tag': openImmEvent('imm:Engine:Tag'),
  'imm:FileMeta:BatchDelete': openImmEvent('imm:FileMeta:BatchDelete'),
  'imm:FileMeta:BatchIndex': fileMetaIndexEvent('imm:FileMeta:BatchIndex'),
  'imm:FileMeta:BatchUpdate': openImmEvent('imm:FileMeta:BatchUpdate'),
  'imm:FileMeta:Delete': openImmEvent('imm:FileMeta:Delete'),
  'imm:FileMeta:Index': fileMetaIndexEvent('imm:FileMeta:Index'),
  'imm:Task:ArchiveFileInspection': taskEvent('imm:Task:ArchiveFileInspection'),
  'imm:Task:AsyncTask': openImmEvent('imm:Task:AsyncTask'),
  'imm:Task:DecodeBlindWatermark': decodeBlindWatermark,
  'imm:Task:FacesSearching': facesSearching,
  'imm:Task:FigureClustering': taskEvent('imm:Task:FigureClustering'),
  'imm:Task:FigureClustersMerging': taskEvent('imm:Task:FigureClustersMerging'),
  'imm:Task:FileCompression': taskEvent('imm:Task:FileCompression'),
  'imm:Task:FileUncompression': taskEvent('imm:Task:FileUncompression'),
  'imm:Task:Highlight': taskEvent('imm:Task:Highlight'),
  'imm:Task:ImageModeration': moderationEvent('imm:Task:ImageModeration'),
  'imm:Task:ImageSplicing': taskEvent('imm:Task:ImageSplicing'),
  'imm:Task:ImageToPDF': taskEvent('imm:Task:ImageToPDF'),
  'imm:Task:LiveTranscoding': taskEvent('imm:Task:LiveTranscoding'),
  'imm:Task:LocationDateClustering': taskEvent('imm:Task:LocationDateClustering'),
  'imm:Task:MediaConvert': mediaConvert,
  'imm:Task:OfficeConversion': taskEvent('imm:Task:OfficeConversion'),
  'imm:Task:PointCloudCompression': taskEvent('imm:Task:PointCloudCompression'),
  'imm:Task:SimilarImageClustering': taskEvent('imm:Task:SimilarImageClustering'),
  'imm:Task:StoryCreation': taskEvent('imm:Task:StoryCreation'),
  'imm:Task:SyncTask': openImmEvent('imm:Task:SyncTask'),
  'imm:Task:VideoLabelClassification': videoLabelClassification,
  'imm:Task:VideoModeration': moderationEvent('imm:Task:VideoModeration'),
  'imm:Trigger:Notification': openImmEvent('imm:Trigger:Notification'),
};
