import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PushRequest } from './incoming-push.js';
import type { BodySource } from './request-body.js';

/** What is answered to a request. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Decides over a request; never rejects. */
export type AnswerRequest = (request: PushRequest, body: BodySource, sender: AbortSignal) => Promise<Answer>;

/** What is still to come of a refused request is thrown away up to here, in bytes, so that the connection can be used again. */
const WORTH_DRAINING = 65_536;

/** A handler for `node:http` and what is built on it. */
export function nodeDoor(answerRequest: AnswerRequest): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const gone = new AbortController();
    const leave = (): void => {
      if (!response.writableFinished) gone.abort(new Error('the sender has gone'));
    };
    response.once('close', leave);
    // Whatever came before us may have taken its time.
    if (response.destroyed) leave();
    const body: BodySource = {
      announced: request.headers['content-length'],
      isConsumed: () => request.readableDidRead,
      stream: () => request.iterator({ destroyOnReturn: false }),
    };
    const push = { method: request.method ?? '', target: targetOf(request), headers: headersOf(request) };
    void answerRequest(push, body, gone.signal).then((answer) => reply(request, response, answer));
  };
}

function reply(request: IncomingMessage, response: ServerResponse, { status, text }: Answer): void {
  // Somebody else has answered, or nobody listens.
  if (response.headersSent || response.destroyed) return;
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain');
  // What was not read is not worth reading, unless it is little: the connection ends with the answer.
  const isLittle = !request.readableDidRead && Number(request.headers['content-length']) <= WORTH_DRAINING;
  if (!request.complete && !isLittle) response.setHeader('connection', 'close');
  response.end(text);
}

/** Path and query as they came: a router may have cut off where the handler is mounted. */
function targetOf(request: IncomingMessage & { readonly originalUrl?: unknown }): string {
  return typeof request.originalUrl === 'string' ? request.originalUrl : (request.url ?? '');
}

function headersOf({ rawHeaders }: IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const known = headers.get(name);
    // Joined as `fetch` does it: one that comes twice is never taken for one of its values.
    headers.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  return headers;
}
