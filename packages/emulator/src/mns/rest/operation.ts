import type { WireRequest } from '@mnsbus/core';
import type { MnsTenant } from '../mns-tenant.js';
import type { Endpoint } from './endpoint.js';
import type { Reply } from './reply.js';
import type { RequestBody } from './request-body.js';

/** What an operation is called with: a request that has passed every check that operations share. */
export interface OperationCall {
  readonly endpoint: Endpoint;
  readonly mns: MnsTenant;
  /** The queue that the path names; empty when it names none. */
  readonly queueName: string;
  /** The topic that the path names; empty when it names none. */
  readonly topicName: string;
  /** The subscription that the path names; empty when it names none. */
  readonly subscriptionName: string;
  /** By lower-cased name. */
  readonly query: ReadonlyMap<string, string>;
  /** Headers, and the signal that the client has gone: ask for it only where something waits. */
  readonly request: Pick<WireRequest, 'headers' | 'signal'>;
  readonly body: RequestBody;
  /** How long it was held back before it is carried out, in milliseconds: a wait is as much shorter. */
  readonly heldMs: number;
}

/** A reply that is known later: calls `settle` once, at the very instant, with what makes the reply or throws `RequestRefused`. */
export type LateReply = (settle: (reply: () => Reply) => void) => void;

/** One operation of the API. */
export interface Operation {
  /** As the API calls it, for the journal. */
  readonly name: string;
  /** Answers, or throws `RequestRefused`. */
  readonly run: (call: OperationCall) => Reply | LateReply;
}

/** A number in the query; `undefined` when absent, and not a number when it is something else. */
export function queryNumber({ query }: Pick<OperationCall, 'query'>, name: string): number | undefined {
  const text = query.get(name.toLowerCase());
  return text === undefined ? undefined : wholeNumber(text);
}

/** The number that a text writes in decimal digits, and not a number when it writes something else. */
export function wholeNumber(text: string): number {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
