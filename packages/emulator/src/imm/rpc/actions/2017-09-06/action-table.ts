import type { Imm2017Actions } from '@mnsbus/core';
import type { ImmWorld } from '../../../imm-world.js';
import type { RpcCall } from '../../api-version.js';
import type { LegacyProjectRecord } from './project-record.js';

/** What the actions of 2017-09-06 work with. */
export type Imm2017World = ImmWorld<LegacyProjectRecord>;

/** Every action of 2017-09-06, each with the reply that it is documented to give. */
export type Imm2017ActionTable = {
  readonly [Action in keyof Imm2017Actions]: (call: RpcCall) => Imm2017Actions[Action]['reply'];
};
