import { WHY_NOT } from '../replies/documented-actions.js';

/** Events that nothing in the emulator makes; they are typed, and can be published by hand. */
export const EVENTS_OF_OTHERS: Readonly<Record<string, string>> = {
  CADConversionTask: WHY_NOT.gone,
  PornBatchDetectJob: WHY_NOT.gone,
  TagJob: WHY_NOT.gone,
  PhotoProcessTask: WHY_NOT.gone,
  IndexFaceJob: WHY_NOT.gone,
  DeleteFaceSetJob: WHY_NOT.gone,
  'imm:Task:LiveTranscoding': 'GenerateVideoPlaylist is not emulated',
  'imm:Task:AsyncTask': 'no source says what makes it',
  'imm:Task:SyncTask': 'no source says what makes it',
  'imm:Binding:Task': 'bindings are not emulated',
};
