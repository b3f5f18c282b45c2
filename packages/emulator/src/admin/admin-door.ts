import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SystemClock, type WireRequest } from '@mnsbus/core';
import { headerOf, joinSignals } from '@mnsbus/core/internal';
import { refusalOf, type AccessPolicy } from './access.js';
import { createAdminApp, refuse, type AdminApp } from './admin-app.js';
import { AdminRefusal } from './admin-error.js';
import { MAX_SNAPSHOT_BYTES } from './admin-limits.js';
import type { AdminTarget } from './admin-target.js';
import { boundReading } from '../mounts/reply-writer.js';
import type { RequestBody } from '../mounts/request-body.js';
import { PageDoor, isForPage } from './ui/page-door.js';
import { WrongTokens } from './wrong-tokens.js';

/** By which codes callers are refused for their token alone. */
const TOKEN_CODES: ReadonlySet<string> = new Set(['TOKEN_REQUIRED', 'TOO_MANY_WRONG_TOKENS']);

/** The body of a request, or why there is none. */
export type AdminBody = Pick<RequestBody, 'state' | 'bytes'>;

/** The way from a socket to the admin API and its page. */
export class AdminDoor {
  readonly #policy: AccessPolicy;
  readonly #app: AdminApp;
  readonly #page: PageDoor = new PageDoor();
  readonly #closing: AbortSignal;
  readonly #wrongTokens = new WrongTokens(new SystemClock());

  /** `closing` ends every stream, and refuses what comes. */
  constructor(target: AdminTarget, policy: AccessPolicy, closing: AbortSignal) {
    this.#closing = closing;
    this.#policy = policy;
    this.#app = createAdminApp(target);
  }

  /** Answers one request; `readBody` is only called for those that are let in. */
  async answer(
    message: IncomingMessage,
    response: ServerResponse,
    headers: WireRequest['headers'],
    readBody: (maxBytes: number) => Promise<AdminBody>,
  ): Promise<void> {
    const refusal = this.#refusal(message, headers);
    if (refusal !== undefined) {
      // Whatever follows of the body is not waited for.
      response.shouldKeepAlive = false;
      await write(refuse(refusal), message, response);
      return;
    }
    if (isForPage(message.url ?? '')) {
      const { method = 'GET', url = '/' } = message;
      const page = this.#page.answer(method, url, headerOf({ headers }, 'if-none-match'));
      await write(await page.catch(refuse), message, response);
      return;
    }
    const { state, bytes } = await readBody(MAX_SNAPSHOT_BYTES);
    if (state === 'hung-up') return; // there is nobody to answer
    if (state === 'no-room') {
      const expected = 'bodies under way that hold less at once';
      await write(
        refuse(new AdminRefusal(503, 'TOO_BUSY', { expected, received: 'this one, the largest' })),
        message,
        response,
      );
      return;
    }
    if (this.#closing.aborted) {
      // The emulator has closed while the body came: nothing that is done now would be kept.
      await write(refuse(closed()), message, response);
      return;
    }
    const gone = new AbortController();
    const { signal, release } = joinSignals(gone.signal, this.#closing);
    response.once('close', () => {
      gone.abort();
      release();
    });
    const request = requestOf(message, headers, bytes);
    const reply = request instanceof AdminRefusal ? refuse(request) : await this.#app(request, signal);
    await write(reply, message, response);
  }

  #refusal(message: IncomingMessage, headers: WireRequest['headers']): AdminRefusal | undefined {
    const refused = refusalOf(
      { headers, remoteAddress: message.socket.remoteAddress },
      this.#policy,
      this.#wrongTokens,
    );
    // A browser sends no token with a navigation, and the page holds no secret: it asks for the token, and then sends it.
    const isOpen = refused !== undefined && TOKEN_CODES.has(refused.code) && isForPage(message.url ?? '');
    if (refused !== undefined && !isOpen) return new AdminRefusal(refused.status, refused.code, refused);
    return this.#closing.aborted ? closed() : undefined;
  }
}

function closed(): AdminRefusal {
  return new AdminRefusal(503, 'CLOSED', { expected: 'an emulator that runs', received: 'one that closes' });
}

/** The request as a web `Request`, or why it cannot be one. */
function requestOf(
  { method = 'GET', url = '/' }: IncomingMessage,
  headers: WireRequest['headers'],
  body: Uint8Array,
): Request | AdminRefusal {
  const hasBody = method !== 'GET' && method !== 'HEAD' && body.length > 0;
  try {
    return new Request(`http://emulator.invalid${url}`, {
      method,
      // Those that the API looks at: others may be spelled in ways that this class refuses.
      headers: headers
        .filter(([name]) => ['content-type', 'last-event-id', 'accept'].includes(name.toLowerCase()))
        .map(([name, value]): [string, string] => [name, value]),
      ...(hasBody ? { body: Buffer.from(body) } : {}),
    });
  } catch (cause) {
    const received = cause instanceof Error ? cause.message : String(cause);
    return new AdminRefusal(400, 'INVALID_ARGUMENT', { expected: 'a request that can be read', received });
  }
}

async function write(reply: Response, message: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(reply.status, Object.fromEntries(reply.headers));
  if (reply.body === null || message.method === 'HEAD') {
    response.end();
    return;
  }
  if (reply.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    response.end(Buffer.from(await reply.arrayBuffer()));
    return;
  }
  // One that takes no heartbeat any more has gone without a word, and would keep others from their stream.
  boundReading(response, message.socket);
  // Rejects when the client goes in the middle of a stream, which is how streams end.
  await pipeline(Readable.fromWeb(reply.body), response).catch(() => {});
}
