import type { CreateOfficeConversionTaskRequest } from '@mnsbus/core';
import type { Tenant } from '../../../../runtime/accounts.js';
import type { ImmCommand, ImmCommands, ImmCommandType, Refusal } from '../../../model/commands.js';
import type { TaskDraws } from '../../../task-draws.js';
import type { TenantDriver } from '../../../tenant-driver.js';
import type { RpcCall } from '../../api-version.js';
import { alreadyExists, notFound, type RpcFault } from '../../rpc-fault.js';

/** What the actions of IMM 2017-09-06 work with. */
export interface Imm2017World {
  readonly driverOf: (tenant: Tenant) => TenantDriver;
  readonly draws: TaskDraws;
  /** How long the requested task runs, in milliseconds. */
  readonly taskDurationMs: (request: CreateOfficeConversionTaskRequest) => number;
  /** How many pages the requested document has. */
  readonly pageCount: (request: CreateOfficeConversionTaskRequest) => number;
}

const REFUSALS: Readonly<Record<Refusal, () => RpcFault>> = {
  'project-exists': () => alreadyExists('Project'),
  'project-not-found': () => notFound('Project'),
  'task-exists': () => alreadyExists('Task'),
  'task-not-found': () => notFound('Task'),
};

/** Carries out a command for the caller and returns its value. Throws the `RpcFault` of a refusal. */
export function carryOut<T extends ImmCommandType>(
  world: Imm2017World,
  call: RpcCall,
  command: ImmCommand<T>,
): ImmCommands[T]['value'] {
  const result = world.driverOf(call.tenant).apply(command, call.nowMs);
  if (!result.ok) throw REFUSALS[result.refusal]();
  return result.value;
}
