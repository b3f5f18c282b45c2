import { md5Hex } from '@mnsbus/core';
import type {
  ChangeCall,
  CountCall,
  DeleteCall,
  History,
  HistoryCall,
  HistoryDelivery,
  ReceiveCall,
  SendCall,
} from '../history.js';

/** Where on the line of time a call lies: from second to second, both also its order. */
export type Between = readonly [from: number, to?: number];

const point = (second: number) => ({ order: second, atMs: second * 1000 });

/** A call from `from` to `to`; without `to` it is answered a moment later. */
function span([from, to = from + 0.5]: Between, client = 'A') {
  return { client, invoked: point(from), returned: point(to) };
}

/** An acknowledged send of the message `id`, whose body is `body of id`. */
export function sent(when: Between, id: string, changes: { delaySeconds?: number } = {}): SendCall {
  const { delaySeconds = 0 } = changes;
  const body = bodyOf(id);
  const drafts = [{ body, delaySeconds }];
  return { ...span(when), kind: 'send', drafts, results: [{ messageId: id, bodyMd5: md5Hex(body) }] };
}

/** A send of `id` whose answer was lost. */
export function maybeSent(when: Between, id: string): SendCall {
  return { ...span(when), kind: 'send', drafts: [{ body: bodyOf(id), delaySeconds: 0 }] };
}

/** A receive that got delivery `count` of `id`, leased for five seconds. Its handle is `id#count`. */
export function got(when: Between, id: string, count = 1, changes: Partial<HistoryDelivery> = {}): ReceiveCall {
  const body = bodyOf(id);
  const delivery: HistoryDelivery = {
    messageId: id,
    body,
    bodyMd5: md5Hex(body),
    handle: `${id}#${count}`,
    dequeueCount: count,
    firstDequeuedAtMs: 1000,
    nextVisibleAtMs: (when[0] + 5) * 1000,
    ...changes,
  };
  return { ...span(when), kind: 'receive', count: 1, waitSeconds: 0, deliveries: [delivery] };
}

/** A receive whose answer was lost, or whose client hung up. */
export function maybeGot(when: Between, isCancelled = false): ReceiveCall {
  return { ...span(when), kind: 'receive', count: 1, waitSeconds: 0, isCancelled };
}

/** A receive that waits, as the service saw it: from when to when, and what it got. */
export function waited(client: string, [arrived, answered]: readonly [number, number], id?: string): ReceiveCall {
  const { deliveries } = got([arrived], id ?? '');
  return {
    ...span([arrived, answered], client),
    arrived: point(arrived),
    answered: point(answered),
    kind: 'receive',
    count: 1,
    waitSeconds: 20,
    deliveries: id === undefined ? [] : deliveries,
  };
}

/** A delete of handles, of which some were refused. */
export function deleted(when: Between, handles: readonly string[], refused: readonly string[] = []): DeleteCall {
  return { ...span(when), kind: 'delete', handles, refused };
}

/** A delete whose answer was lost. */
export function maybeDeleted(when: Between, handle: string): DeleteCall {
  return { ...span(when), kind: 'delete', handles: [handle] };
}

/** A change of visibility that gave a new handle. */
export function changed(when: Between, handle: string, seconds: number, next: string): ChangeCall {
  const result = { handle: next, nextVisibleAtMs: (when[0] + seconds) * 1000 };
  return { ...span(when), kind: 'change', handle, seconds, result };
}

/** A change whose answer was lost. */
export function maybeChanged(when: Between, handle: string, seconds: number): ChangeCall {
  return { ...span(when), kind: 'change', handle, seconds };
}

/** A count of all messages. */
export function counted(when: Between, total: number): CountCall {
  return { ...span(when), kind: 'count', total };
}

/** A history of these calls, of an exact service; drained unless told otherwise. */
export function history(calls: readonly HistoryCall[], changes: Partial<History> = {}): History {
  return { calls, retentionMs: 60_000, isDrained: false, isExact: true, ...changes };
}

function bodyOf(id: string): string {
  return `body of ${id}`;
}
