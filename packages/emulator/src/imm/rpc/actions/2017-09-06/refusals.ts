import type { Refusal } from '../../../model/commands.js';
import { RpcFault, alreadyExists, notFound } from '../../rpc-fault.js';

/** How 2017-09-06 words the refusal of a command (spec imm §1.8). */
export function imm2017Fault(refusal: Refusal): RpcFault {
  return FAULTS[refusal]();
}

const FAULTS: Readonly<Record<Refusal, () => RpcFault>> = {
  'project-exists': () => alreadyExists('Project'),
  'project-not-found': () => notFound('Project'),
  'project-deleting': () => fault('InvalidProject.Deleting', 'The resource Project is deleting. Please check.'),
  // The next two come of conditions that no action of this version asks for.
  'project-busy': () => fault('InvalidProject.Processing', 'The resource Project is processing. Please check.'),
  'too-many-projects': () => fault('InvalidProject.LimitExceeded', 'The resource Project exceeds the limit.'),
  'task-exists': () => alreadyExists('Task'),
  'task-not-found': () => notFound('Task'),
  'task-ended': () => fault('InvalidTask.Finished', 'The resource Task is finished. Please check.'),
  // Only sets are ever taken by one task alone.
  'resource-busy': () => fault('InvalidSet.Processing', 'The resource Set is processing. Please check.'),
  'no-room': () => fault('Throttling.User', 'Request was denied due to user flow control.'),
};

function fault(code: string, message: string): RpcFault {
  return new RpcFault(400, code, message);
}
