import type { Clock, WireHandler, WireRequest, WireResponse } from '@mnsbus/core';

/** A message as a receive brought it. Times in milliseconds since 1970. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly dequeueCount: number;
  readonly priority: number;
  readonly enqueuedAtMs: number;
  readonly firstDequeuedAtMs: number;
  readonly nextVisibleAtMs: number;
}

/** What a process asked of a queue, and what it heard. */
export type WireFact =
  | { readonly kind: 'received'; readonly messages: readonly ReceivedMessage[] }
  /** `refused` are the handles that the answer named; `undefined` when there was no answer, or none that says so. */
  | {
      readonly kind: 'delete';
      readonly receiptHandles: readonly string[];
      readonly refused: readonly string[] | undefined;
    }
  | {
      readonly kind: 'change-visibility';
      readonly receiptHandle: string;
      /** The new handle; `undefined` when there was none. */
      readonly newHandle: string | undefined;
    };

/** A fact with who, where, and when the request left and the answer came (or the attempt failed). */
export type WireEntry = WireFact & {
  readonly process: string;
  readonly queueName: string;
  readonly sentAtMs: number;
  readonly atMs: number;
};

/** Notes what goes over the wire of one process; changes nothing. */
export function tapped(
  handle: WireHandler,
  process: string,
  clock: Clock,
  note: (entry: WireEntry) => void,
): WireHandler {
  return async (request) => {
    const queueName = /^\/queues\/([^/?]+)\/messages/.exec(request.target)?.[1];
    if (queueName === undefined) return handle(request);
    const sentAtMs = clock.now();
    const tell = (response: WireResponse | undefined): void => {
      const fact = factOf(request, response);
      if (fact !== undefined) note({ ...fact, process, queueName, sentAtMs, atMs: clock.now() });
    };
    try {
      const response = await handle(request);
      tell(response);
      return response;
    } catch (error) {
      tell(undefined);
      throw error;
    }
  };
}

function factOf({ method, target, body }: WireRequest, response: WireResponse | undefined): WireFact | undefined {
  const reply = response === undefined ? '' : Buffer.from(response.body).toString('utf8');
  if (method === 'GET' && !target.includes('peekonly=true')) return { kind: 'received', messages: messagesOf(reply) };
  if (method === 'PUT') {
    const receiptHandle = /[?&]receiptHandle=([^&]+)/i.exec(target)?.[1] ?? '';
    return { kind: 'change-visibility', receiptHandle, newHandle: members(reply, 'ReceiptHandle')[0] };
  }
  if (method !== 'DELETE') return undefined;
  const single = /[?&]receiptHandle=([^&]+)/i.exec(target)?.[1];
  const receiptHandles = single === undefined ? members(Buffer.from(body).toString('utf8'), 'ReceiptHandle') : [single];
  return { kind: 'delete', receiptHandles, refused: refusedOf(response, reply, receiptHandles) };
}

function refusedOf(
  response: WireResponse | undefined,
  reply: string,
  receiptHandles: readonly string[],
): readonly string[] | undefined {
  if (response?.status === 204) return [];
  // Only the service's own list says which; any other failure may have come after the effect.
  if (response?.status !== 404) return undefined;
  return reply.includes('<Errors') ? members(reply, 'ReceiptHandle') : receiptHandles;
}

/** What cannot be read, because a fault has cut it, counts as not received: so it does for the process. */
function messagesOf(reply: string): readonly ReceivedMessage[] {
  if (!reply.trimEnd().endsWith('</Messages>')) return [];
  return [...reply.matchAll(/<Message>[^]*?<\/Message>/g)].map(([text]) => {
    const number = (name: string): number => Number(members(text, name)[0]);
    return {
      messageId: members(text, 'MessageId')[0] ?? '',
      receiptHandle: members(text, 'ReceiptHandle')[0] ?? '',
      dequeueCount: number('DequeueCount'),
      priority: number('Priority'),
      enqueuedAtMs: number('EnqueueTime'),
      firstDequeuedAtMs: number('FirstDequeueTime'),
      nextVisibleAtMs: number('NextVisibleTime'),
    };
  });
}

function members(text: string, name: string): readonly string[] {
  return [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value = '']) => value);
}
