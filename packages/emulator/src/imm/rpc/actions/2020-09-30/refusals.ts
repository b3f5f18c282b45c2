import type { Refusal } from '../../../model/commands.js';
import { RpcFault } from '../../rpc-fault.js';

/** How 2020-09-30 words the refusal of a command (spec imm §1.8). */
export function imm2020Fault(refusal: Refusal): RpcFault {
  const [code, message] = FAULTS[refusal];
  return new RpcFault(400, code, message);
}

// "resoures" is the service's own spelling.
const BUSY = ['StatusConflict', 'Message: cannot delete when sub resoures exist'] as const;

const FAULTS: Readonly<Record<Refusal, readonly [code: string, message: string]>> = {
  'project-exists': ['ResourceAlreadyExists', 'The specified resource project already exists.'],
  'project-not-found': ['ResourceNotFound', 'The specified resource project is not found.'],
  'project-deleting': ['ResourceNotFound', 'The specified resource project is not found.'],
  'project-busy': BUSY,
  'too-many-projects': ['LimitExceededError', 'Message: resource count exceeds the limit'],
  'task-exists': ['ResourceAlreadyExists', 'The specified resource TaskId already exists.'],
  'task-not-found': ['ResourceNotFound', 'The specified resource TaskId is not found.'],
  'task-ended': ['StatusConflict', 'The specified resource TaskId has ended.'],
  'resource-busy': BUSY,
  'no-room': ['Throttling.User', 'Request was denied due to user flow control.'],
};
