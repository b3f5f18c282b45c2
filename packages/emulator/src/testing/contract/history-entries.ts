import type { ChangeCall, CountCall, DeleteCall, HistoryDelivery, ReceiveCall, SendCall } from '../history/history.js';
import type { ReplyItem } from './contract-target.js';
import type { RecordedCall } from './history-recorder.js';

/** A send, alone or in a batch. */
export function sendEntry({ reply, span }: RecordedCall, drafts: SendCall['drafts']): SendCall {
  if (reply === undefined) return { ...span, kind: 'send', drafts };
  const results = drafts.map((_, index) => {
    const item = reply.items[index] ?? {};
    return { messageId: item['MessageId'], bodyMd5: item['MessageBodyMD5'], handle: item['ReceiptHandle'] };
  });
  return { ...span, kind: 'send', drafts, results };
}

/** A receive; `isCancelled` when its client has hung up. */
export function receiveEntry(
  { reply, span }: RecordedCall,
  { count, waitSeconds, isCancelled = false }: { count: number; waitSeconds: number; isCancelled?: boolean },
): ReceiveCall {
  const call = { ...span, kind: 'receive', count, waitSeconds } as const;
  if (reply === undefined) return { ...call, isCancelled };
  return { ...call, deliveries: reply.items.map((item) => deliveryOf(item)) };
}

function deliveryOf(item: ReplyItem): HistoryDelivery {
  return {
    messageId: item['MessageId'] ?? '',
    body: item['MessageBody'] ?? '',
    bodyMd5: item['MessageBodyMD5'] ?? '',
    handle: item['ReceiptHandle'] ?? '',
    dequeueCount: Number(item['DequeueCount']),
    firstDequeuedAtMs: Number(item['FirstDequeueTime']),
    nextVisibleAtMs: Number(item['NextVisibleTime']),
  };
}

/** A delete, alone or in a batch. */
export function deleteEntry({ reply, span }: RecordedCall, handles: readonly string[]): DeleteCall {
  if (reply === undefined) return { ...span, kind: 'delete', handles };
  const reported = reply.items.map((item) => item['ReceiptHandle'] ?? '');
  return { ...span, kind: 'delete', handles, refused: reply.code === undefined ? reported : handles };
}

/** A change of visibility. */
export function changeEntry({ reply, span }: RecordedCall, handle: string, seconds: number): ChangeCall {
  if (reply === undefined) return { ...span, kind: 'change', handle, seconds };
  const item = reply.items[0];
  const result =
    reply.code !== undefined || item === undefined
      ? 'refused'
      : { handle: item['ReceiptHandle'] ?? '', nextVisibleAtMs: Number(item['NextVisibleTime']) };
  return { ...span, kind: 'change', handle, seconds, result };
}

/** A count of all messages. */
export function countEntry({ reply, span }: RecordedCall): CountCall {
  const item = reply?.items[0];
  if (item === undefined) return { ...span, kind: 'count' };
  const total = ['ActiveMessages', 'InactiveMessages', 'DelayMessages'].reduce(
    (sum, name) => sum + Number(item[name]),
    0,
  );
  return { ...span, kind: 'count', total };
}
