import type { CreateOfficeConversionTaskRequest } from '@mnsbus/core';
import type { ApiVersion } from '../../api-version.js';
import type { Imm2017ActionTable, Imm2017World } from './action-table.js';
import type { TaskKind } from '../../../task-kind.js';
import { faceActions, faceJobKinds } from './face-jobs.js';
import { indexingActions, indexingKinds } from './indexing.js';
import { officeConversionKind } from './office-conversion-kind.js';
import { officeConversionActions } from './office-conversion.js';
import { projectActions } from './projects.js';
import { serviceActions } from './service-actions.js';
import { videoKinds } from './video-kinds.js';
import { videoActions } from './video-tasks.js';

export { legacyProjectSchema } from './project-record.js';
export { imm2017Fault } from './refusals.js';

/** The API version that these actions belong to. */
export const IMM_2017_VERSION = '2017-09-06';

/** What the options of the emulator mean for this version. */
export interface Imm2017Settings {
  /** How many pages the document of a conversion has. */
  readonly pageCount: (request: CreateOfficeConversionTaskRequest) => number;
  /** Whether the name of a deleted project stays blocked until the next morning in Beijing. */
  readonly slowProjectDeletion: boolean;
}

/** The actions of IMM 2017-09-06, each group from a file of its own. */
export function imm2017(world: Imm2017World, { pageCount, slowProjectDeletion }: Imm2017Settings): ApiVersion {
  const table: Imm2017ActionTable = {
    ...projectActions(world, slowProjectDeletion),
    ...serviceActions(world, () => Object.keys(table).toSorted()),
    ...officeConversionActions(world, pageCount),
    ...videoActions(world),
    ...faceActions(world),
    ...indexingActions(world),
  };
  return {
    version: IMM_2017_VERSION,
    actions: new Map(Object.entries(table)),
    kinds: [
      officeConversionKind(pageCount),
      ...[videoKinds, faceJobKinds, indexingKinds].flatMap((kinds): TaskKind[] => Object.values(kinds)),
    ],
  };
}
