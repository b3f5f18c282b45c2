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
      readonly seconds: number;
      /** The new handle; `undefined` when there was none. */
      readonly newHandle: string | undefined;
    }
  /** A message was sent; `originalId` is that of the message which it is to be a copy of. */
  | { readonly kind: 'sent'; readonly originalId: string | undefined; readonly messageId: string | undefined };

/** What came back: what was asked for, the service's own refusal, somebody else's answer, or none. */
export type WireOutcome = 'ok' | 'refused' | 'foreign' | 'lost';

/** A fact with who, where, and when the request left and the answer came (or the attempt failed). */
export type WireEntry = WireFact & {
  readonly process: string;
  readonly queueName: string;
  readonly sentAtMs: number;
  readonly atMs: number;
  readonly outcome: WireOutcome;
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
      const outcome = outcomeOf(response);
      if (fact !== undefined) note({ ...fact, process, queueName, sentAtMs, atMs: clock.now(), outcome });
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
    const seconds = Number(/[?&]visibilityTimeout=(\d+)/i.exec(target)?.[1]);
    return { kind: 'change-visibility', receiptHandle, seconds, newHandle: members(reply, 'ReceiptHandle')[0] };
  }
  if (method === 'POST') {
    const original = /<Name>mnsbus\.message-id<\/Name><Value>([^<]*)/;
    const originalId = original.exec(Buffer.from(body).toString('utf8'))?.[1];
    return { kind: 'sent', originalId, messageId: members(reply, 'MessageId')[0] };
  }
  if (method !== 'DELETE') return undefined;
  const single = /[?&]receiptHandle=([^&]+)/i.exec(target)?.[1];
  const receiptHandles = single === undefined ? members(Buffer.from(body).toString('utf8'), 'ReceiptHandle') : [single];
  return { kind: 'delete', receiptHandles, refused: refusedOf(response, reply, receiptHandles) };
}

function outcomeOf(response: WireResponse | undefined): WireOutcome {
  if (response === undefined || response.broken !== undefined) return 'lost';
  if (response.status < 300) return response.headers.some(isHtml) ? 'foreign' : 'ok';
  const reply = Buffer.from(response.body).toString('utf8');
  if (!/<Code>|<Errors/.test(reply)) return 'foreign';
  // Asked for what is not there, the service has answered all the same.
  return reply.includes('<Code>MessageNotExist<') && response.status === 404 ? 'ok' : 'refused';
}

function isHtml([name, value]: readonly [string, string]): boolean {
  return name.toLowerCase() === 'content-type' && value.startsWith('text/html');
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
