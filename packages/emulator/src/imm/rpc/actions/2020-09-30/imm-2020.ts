import type { ApiVersion, RpcAction } from '../../api-version.js';
import type { Imm2020ActionTable, Imm2020World } from './action-table.js';
import type { TaskKind } from '../../../task-kind.js';
import { automationActions, automationKinds } from './automations.js';
import { creatorActions } from './creators.js';
import { projectActions } from './projects.js';
import { currentKinds, fileMetaKinds } from './task-kinds.js';
import { taskActions } from './tasks.js';

export { projectSchema } from './project-record.js';
export { imm2020Fault } from './refusals.js';

/** The API version that these actions belong to. */
export const IMM_2020_VERSION = '2020-09-30';

/** The actions of IMM 2020-09-30, each group from a file of its own. */
export function imm2020(world: Imm2020World): ApiVersion {
  const table: Imm2020ActionTable = {
    ...projectActions(world),
    ...creatorActions(world),
    ...taskActions(world),
    ...automationActions(world),
  };
  return {
    version: IMM_2020_VERSION,
    actions: new Map<string, RpcAction>(Object.entries(table)),
    kinds: [currentKinds, fileMetaKinds, automationKinds].flatMap((kinds): TaskKind[] => Object.values(kinds)),
  };
}
