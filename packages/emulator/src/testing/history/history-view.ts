import type {
  ChangeCall,
  CountCall,
  DeleteCall,
  History,
  HistoryCall,
  HistoryDelivery,
  ReceiveCall,
  SendCall,
  SendResult,
} from './history.js';

/** A send of one message that was acknowledged. */
export interface AcknowledgedSend {
  readonly call: SendCall;
  readonly body: string;
  readonly delaySeconds: number;
  readonly result: SendResult & { readonly messageId: string };
}

/** One delivery, and the receive that brought it. */
export interface SeenDelivery {
  readonly call: ReceiveCall;
  readonly delivery: HistoryDelivery;
}

/** What became of one handle in a delete. */
export interface SeenDelete {
  readonly call: DeleteCall;
  readonly handle: string;
  readonly outcome: 'done' | 'refused' | 'unknown';
}

/** Everything that a history says of one message. */
export interface MessageView {
  readonly id: string;
  readonly sends: readonly AcknowledgedSend[];
  /** By `dequeueCount`. */
  readonly deliveries: readonly SeenDelivery[];
  readonly deletes: readonly SeenDelete[];
  readonly changes: readonly ChangeCall[];
}

/** A history by message and by kind of call. */
export interface HistoryView {
  readonly history: History;
  readonly messages: readonly MessageView[];
  readonly sends: readonly SendCall[];
  readonly receives: readonly ReceiveCall[];
  readonly deletes: readonly DeleteCall[];
  readonly changes: readonly ChangeCall[];
  readonly counts: readonly CountCall[];
  /** Every handle that was handed out, as often as it was, with its message. */
  readonly handles: readonly { readonly handle: string; readonly messageId: string }[];
  readonly owner: (handle: string) => MessageView | undefined;
}

/** Whether `a` was certainly over before `b` began. */
export function isBefore(a: HistoryCall, b: HistoryCall): boolean {
  return a.returned !== undefined && a.returned.order < b.invoked.order;
}

/** Whether something of `a` may have happened before the end of `b`. */
export function mayPrecede(a: HistoryCall, b: HistoryCall): boolean {
  return b.returned === undefined || a.invoked.order < b.returned.order;
}

/** Sorts a history out. */
export function viewOf(history: History): HistoryView {
  // Whoever wrote it down may have done so in any order.
  const calls = history.calls.toSorted((a, b) => a.invoked.order - b.invoked.order);
  const sends = calls.filter((call) => call.kind === 'send');
  const receives = calls.filter((call) => call.kind === 'receive');
  const deletes = calls.filter((call) => call.kind === 'delete');
  const changes = calls.filter((call) => call.kind === 'change');
  const acknowledged = sends.flatMap((call) => acknowledgedIn(call));
  const delivered = receives.flatMap((call) =>
    (call.deliveries ?? []).map((delivery): SeenDelivery => ({ call, delivery })),
  );
  const handles = [
    ...acknowledged.flatMap(({ result: { handle, messageId } }) =>
      handle === undefined ? [] : [{ handle, messageId }],
    ),
    ...delivered.map(({ delivery: { handle, messageId } }) => ({ handle, messageId })),
  ];
  const idOf = new Map(handles.map(({ handle, messageId }) => [handle, messageId]));
  // A change hands out a handle for the message of another one: in the order of the calls, so that chains are followed.
  for (const { handle, result } of changes) {
    const messageId = idOf.get(handle);
    if (typeof result !== 'object' || messageId === undefined) continue;
    handles.push({ handle: result.handle, messageId });
    idOf.set(result.handle, messageId);
  }
  const ids = new Set([...acknowledged.map(({ result }) => result.messageId), ...idOf.values()]);
  const seenDeletes = deletes.flatMap((call) => deletesIn(call));
  const messages = [...ids].map((id): MessageView => ({
    id,
    sends: acknowledged.filter(({ result }) => result.messageId === id),
    deliveries: delivered
      .filter(({ delivery }) => delivery.messageId === id)
      .toSorted((a, b) => a.delivery.dequeueCount - b.delivery.dequeueCount),
    deletes: seenDeletes.filter(({ handle }) => idOf.get(handle) === id),
    changes: changes.filter(({ handle }) => idOf.get(handle) === id),
  }));
  const byId = new Map(messages.map((message) => [message.id, message]));
  const counts = calls.filter((call) => call.kind === 'count');
  const owner = (handle: string): MessageView | undefined => byId.get(idOf.get(handle) ?? '');
  return { history, messages, sends, receives, deletes, changes, counts, handles, owner };
}

function acknowledgedIn(call: SendCall): readonly AcknowledgedSend[] {
  return call.drafts.flatMap(({ body, delaySeconds }, index) => {
    const result = call.results?.[index];
    const messageId = result?.messageId;
    return messageId === undefined ? [] : [{ call, body, delaySeconds, result: { ...result, messageId } }];
  });
}

function deletesIn(call: DeleteCall): readonly SeenDelete[] {
  return call.handles.map((handle) => {
    const outcome = call.refused === undefined ? 'unknown' : call.refused.includes(handle) ? 'refused' : 'done';
    return { call, handle, outcome };
  });
}
