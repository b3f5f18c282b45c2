import type { ApiVersion } from '../../api-version.js';
import type { Imm2017World } from './imm-2017-world.js';
import { officeConversionActions } from './office-conversion.js';
import { projectActions } from './projects.js';

/** The API version that these actions belong to. */
export const IMM_2017_VERSION = '2017-09-06';

/** The actions of IMM 2017-09-06, each group from a file of its own. */
export function imm2017(world: Imm2017World): ApiVersion {
  return {
    version: IMM_2017_VERSION,
    actions: new Map([...projectActions(world), ...officeConversionActions(world)]),
  };
}
