import type { Imm2020Actions } from '@mnsbus/core';
import type { ImmWorld } from '../../../imm-world.js';
import type { RpcCall } from '../../api-version.js';
import type { ImmProjectRecord } from './project-record.js';

/** What the actions of 2020-09-30 work with. */
export type Imm2020World = ImmWorld<ImmProjectRecord>;

/** Every action of 2020-09-30, each with the reply that it is documented to give. */
export type Imm2020ActionTable = {
  readonly [Action in keyof Imm2020Actions]: (call: RpcCall) => Imm2020Actions[Action]['reply'];
};
