import type { HttpReply } from '../load/http-message.js';

/** What every message of every workload carries: 100 bytes that no protocol has to escape. */
export const BODY: string = 'x'.repeat(100);

/** One queue, in the words of one server: requests as bytes, made once where the protocol allows it. */
export interface QueueRequests {
  readonly create: Buffer;
  readonly send: Buffer;
  /** Asks for one message and does not wait. */
  readonly receive: Buffer;
  /** What a delete must name, of each message in a reply; empty when the queue was. Throws for a refusal. */
  readonly handlesIn: (reply: HttpReply) => readonly string[];
  readonly delete: (handle: string) => Buffer;
}

/** The same for batches of 16. */
export interface BatchRequests {
  readonly send: Buffer;
  readonly receive: Buffer;
  readonly delete: (handles: readonly string[]) => Buffer;
}

/** A server's way to speak. */
export interface Protocol {
  readonly queue: (name: string) => QueueRequests;
  readonly batch?: (name: string) => BatchRequests;
}

/** Throws for a reply that says no: a rate of refusals is no rate. */
export function accepted({ status, body }: HttpReply): void {
  if (status < 200 || status > 299) throw new Error(`refused with ${status}: ${body.toString().slice(0, 300)}`);
}

/** Every text between two marks, in order. */
export function between(text: string, opening: string, closing: string): readonly string[] {
  const found: string[] = [];
  for (let at = text.indexOf(opening); at >= 0;) {
    const start = at + opening.length;
    const end = text.indexOf(closing, start);
    if (end < 0) return found;
    found.push(text.slice(start, end));
    at = text.indexOf(opening, end);
  }
  return found;
}
