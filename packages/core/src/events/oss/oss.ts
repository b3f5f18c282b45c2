import type { EventDefinition } from '../event-definition.js';
import { ossEvent, type OssEvent } from './oss-event.js';

/** The names of the OSS events (spec imm §7). */
export type OssEventName =
  | `ObjectCreated:${'AppendObject' | 'CompleteMultipartUpload' | 'CopyObject' | 'InitiateMultipartUpload' | 'Mirror' | 'PostObject' | 'PutObject' | 'PutSymlink' | 'UploadPart' | 'UploadPartCopy'}`
  | 'ObjectDownloaded:GetObject'
  | `ObjectModified:${'ChangeStorageClass' | 'UpdateObjectMeta'}`
  | `ObjectRemoved:${'AbortMultipartUpload' | 'DeleteObject' | 'DeleteObjects'}`
  | 'ObjectRestore:FinishRestore'
  | `ObjectReplication:${'ObjectCreated' | 'ObjectModified' | 'ObjectRemoved'}`;

/** The OSS events by name. */
export type OssEventMap = { readonly [Name in OssEventName]: OssEvent<Name> };

/** How each of them is read. */
export const ossDefinitions: { readonly [Name in OssEventName]: EventDefinition<Name, OssEvent<Name>> } = {
  'ObjectCreated:AppendObject': ossEvent('ObjectCreated:AppendObject'),
  'ObjectCreated:CompleteMultipartUpload': ossEvent('ObjectCreated:CompleteMultipartUpload'),
  'ObjectCreated:CopyObject': ossEvent('ObjectCreated:CopyObject'),
  'ObjectCreated:InitiateMultipartUpload': ossEvent('ObjectCreated:InitiateMultipartUpload'),
  'ObjectCreated:Mirror': ossEvent('ObjectCreated:Mirror'),
  'ObjectCreated:PostObject': ossEvent('ObjectCreated:PostObject'),
  'ObjectCreated:PutObject': ossEvent('ObjectCreated:PutObject'),
  'ObjectCreated:PutSymlink': ossEvent('ObjectCreated:PutSymlink'),
  'ObjectCreated:UploadPart': ossEvent('ObjectCreated:UploadPart'),
  'ObjectCreated:UploadPartCopy': ossEvent('ObjectCreated:UploadPartCopy'),
  'ObjectDownloaded:GetObject': ossEvent('ObjectDownloaded:GetObject'),
  'ObjectModified:ChangeStorageClass': ossEvent('ObjectModified:ChangeStorageClass'),
  'ObjectModified:UpdateObjectMeta': ossEvent('ObjectModified:UpdateObjectMeta'),
  'ObjectRemoved:AbortMultipartUpload': ossEvent('ObjectRemoved:AbortMultipartUpload'),
  'ObjectRemoved:DeleteObject': ossEvent('ObjectRemoved:DeleteObject'),
  'ObjectRemoved:DeleteObjects': ossEvent('ObjectRemoved:DeleteObjects'),
  'ObjectRestore:FinishRestore': ossEvent('ObjectRestore:FinishRestore'),
  'ObjectReplication:ObjectCreated': ossEvent('ObjectReplication:ObjectCreated'),
  'ObjectReplication:ObjectModified': ossEvent('ObjectReplication:ObjectModified'),
  'ObjectReplication:ObjectRemoved': ossEvent('ObjectReplication:ObjectRemoved'),
};
