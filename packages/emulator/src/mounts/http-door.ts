import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WireResponse } from '@mnsbus/core';
import { MAX_SNAPSHOT_BYTES } from '../admin/admin-limits.js';
import { isForAdmin, type AdminMount } from '../admin/admin-mount.js';
import type { Emulator } from '../emulator.js';
import type { PageGuard } from './page-guard.js';
import { Pipelines } from './pipelines.js';
import { boundReading, type ReplyWriter } from './reply-writer.js';
import { RequestBodies, hasBody, type RequestBody } from './request-body.js';
import { SocketRequest, headersOf } from './socket-request.js';

/** More than any valid request needs; what comes after it is read and dropped, and the rest fails its checks. */
export const MAX_BODY_BYTES: number = 8 * 1024 * 1024;

/** Bytes of bodies on their way to the services, of all connections together; where they would be more, the largest is refused. */
export const MAX_BODIES_BYTES: number = 128 * 1024 * 1024;

/** The same of the admin API, which has its own: who operates the emulator gets in however full the other door is. */
export const MAX_ADMIN_BODIES_BYTES: number = MAX_SNAPSHOT_BYTES + 32 * 1024 * 1024;

/** What else a request passes on its way. */
export interface HttpDoorParts {
  readonly admin: AdminMount | undefined;
  readonly pages: PageGuard;
  readonly replies: ReplyWriter;
}

/** The way from a server to an emulator, and to its admin API if it has one. */
export class HttpDoor {
  readonly #emulator: Pick<Emulator, 'handle'>;
  readonly #admin: AdminMount | undefined;
  readonly #pages: PageGuard;
  readonly #replies: ReplyWriter;
  readonly #bodies = new RequestBodies(MAX_BODIES_BYTES);
  readonly #adminBodies = new RequestBodies(MAX_ADMIN_BODIES_BYTES);
  readonly #pipelines = new Pipelines();

  constructor(emulator: Pick<Emulator, 'handle'>, { admin, pages, replies }: HttpDoorParts) {
    this.#emulator = emulator;
    this.#admin = admin;
    this.#pages = pages;
    this.#replies = replies;
  }

  /** Takes a request, to be answered when all earlier ones of its connection are. */
  readonly take = (message: IncomingMessage, response: ServerResponse): void => {
    // The socket is given to one reply after the other.
    if (response.socket === null) this.#pipelines.queue(message, response, () => this.#begin(message, response));
    else this.#begin(message, response);
  };

  #begin(message: IncomingMessage, response: ServerResponse): void {
    if (asksToUpgrade(message.rawHeaders)) response.shouldKeepAlive = false;
    const admin = isForAdmin(message.url ?? '') ? this.#admin : undefined;
    if (admin === undefined && this.#pages.hasAnswered(message, response)) return;
    const answered =
      admin === undefined ? this.#answer(message, response) : this.#answerAdmin(admin, message, response);
    answered.catch((cause: unknown) => giveUp(response, cause));
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = headersOf(message);
    const body = hasBody({ headers }) ? await this.#bodies.read(message, MAX_BODY_BYTES) : undefined;
    if (body?.state === 'hung-up') return; // there is nobody to answer
    this.#replies.owe(response);
    if (body?.state === 'no-room') {
      this.#replies.write(response, NO_ROOM);
      return;
    }
    const request = new SocketRequest(message, response, headers, body?.bytes ?? NO_BODY);
    response.once('close', () => request.closed());
    try {
      this.#replies.write(response, await this.#emulator.handle(request));
    } finally {
      body?.release();
    }
  }

  async #answerAdmin(admin: AdminMount, message: IncomingMessage, response: ServerResponse): Promise<void> {
    // A stream is owed its end.
    this.#replies.owe(response);
    const { socket } = message;
    let body: RequestBody | undefined;
    try {
      await admin.answer(message, response, headersOf(message), async (maxBytes) => {
        body = await this.#adminBodies.read(message, maxBytes);
        return body;
      });
    } finally {
      body?.release();
    }
    if (socket.writableLength > 0) boundReading(response, socket);
  }
}

/**
 * Whether a request asks for another protocol, which it is not given. Node's parser passes over what its client has sent
 * after it, so that only a connection that ends tells of that.
 */
function asksToUpgrade(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 7 && name.toLowerCase() === 'upgrade') return true;
  }
  return false;
}

/** Whoever waits must not wait for ever, and whoever runs this must hear of it. */
export function giveUp(response: ServerResponse, cause: unknown): void {
  process.emitWarning(cause instanceof Error ? cause : String(cause));
  response.destroy();
}

const NO_BODY = new Uint8Array();

const NO_ROOM_TEXT = Buffer.from(
  `mns-emulator: the bodies of requests under way exceed ${MAX_BODIES_BYTES} bytes, and this one was the largest; try again\n`,
);

const NO_ROOM: WireResponse = {
  status: 503,
  headers: [
    ['Content-Type', 'text/plain;charset=utf-8'],
    ['Content-Length', String(NO_ROOM_TEXT.length)],
    ['Retry-After', '1'],
    ['Connection', 'keep-alive'],
  ],
  body: NO_ROOM_TEXT,
};
