import type { HeldCall } from '../../profile/manner.js';
import type { MnsTenant } from '../mns-tenant.js';
import { queryNumber, type OperationCall } from './operation.js';

const RECEIVES: ReadonlySet<string> = new Set(['ReceiveMessage', 'BatchReceiveMessage']);

/** The roots of documents that are about several messages. */
const BATCHES: ReadonlySet<string> = new Set(['Messages', 'ReceiptHandles']);

/** A request, as the profile sees it before it is carried out. */
export function heldCall(
  operation: string,
  call: Pick<OperationCall, 'mns' | 'queueName' | 'query' | 'body' | 'request'>,
): HeldCall {
  const { mns, queueName, body } = call;
  const rootName = body.isEmpty ? undefined : body.rootName;
  const weight = rootName !== undefined && BATCHES.has(rootName) ? body.root(rootName).children.length : 1;
  const held = { tenant: mns.tenant, operation, weight: Math.max(1, weight) };
  if (!RECEIVES.has(operation)) return { ...held, waitSeconds: 0 };
  const waitSeconds = queryNumber(call, 'waitseconds') ?? usualWait(mns, queueName);
  return { ...held, waitSeconds, signal: call.request.signal };
}

function usualWait(mns: MnsTenant, queueName: string): number {
  const queue = mns.apply({ type: 'getQueue', queueName });
  return queue.ok ? queue.value.pollingWaitSeconds : 0;
}
