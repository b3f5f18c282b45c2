import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createGunzip, createInflate, type Gunzip, type Inflate } from 'node:zlib';
import { eventLoopTurn } from '@mnsbus/core/internal';
import { replyTooLarge } from './reply-limit.js';

/**
 * An agent that keeps connections, and ends one when a reply on it has more than `maxBytes` bytes, as sent or unpacked; its request
 * then fails with {@link replyTooLarge}.
 *
 * The SDKs read whatever comes, to its end, into one text, and unpack it before: a page of half a megabyte can end the process
 * so. Neither lets us read in its place, but both take an agent.
 */
export function boundedAgent(isSecure: boolean, maxBytes: number): HttpAgent {
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const addRequest = agent.addRequest.bind(agent);
  agent.addRequest = (request, ...rest) => {
    // Before the SDK has a listener of its own, so that it never sees a reply without this limit.
    request.prependOnceListener('response', (response: IncomingMessage) => bound(response, maxBytes));
    addRequest(request, ...rest);
  };
  return agent;
}

/**
 * Lets the readers of a reply see no more than `maxBytes` of it, and that unpacked.
 *
 * It stands where Node's parser puts the bytes in: nothing that listens further out would do. A listener for data would take them
 * from the SDK, and the SDK tells nobody how much it unpacks, nor hears of it when what it unpacks breaks off.
 */
function bound(response: IncomingMessage, maxBytes: number): void {
  let isRefused = false;
  const refuse = (): void => {
    if (isRefused) return;
    isRefused = true;
    // The SDK begins to listen some promises after the head has come, and would miss what went wrong before.
    void eventLoopTurn().then(() => response.destroy(replyTooLarge(nameOf(response), maxBytes)));
  };
  const counted = (next: Sink): Sink => {
    let count = 0;
    return (chunk) => {
      count += chunk?.length ?? 0;
      if (count > maxBytes) refuse();
      return !isRefused && next(chunk);
    };
  };
  const push = response.push.bind(response);
  const deliver = counted(push);
  const unpacker = unpackerOf(response);
  response.push = unpacker === undefined ? deliver : counted(unpackedBy(unpacker, response, deliver));
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) refuse();
}

/** Takes the next bytes of a body, or `null` at its end; whether more are wanted now. */
type Sink = (chunk: Uint8Array | null) => boolean;

/** Unpacks what it takes, and hands that on; an unpacker that fails ends the response. */
function unpackedBy(unpacker: Gunzip | Inflate, response: IncomingMessage, next: Sink): Sink {
  unpacker.on('data', (chunk: Uint8Array) => next(chunk));
  unpacker.on('end', () => next(null));
  unpacker.on('error', (error) => response.destroy(error));
  response.once('close', () => unpacker.destroy());
  let isEmpty = true;
  return (chunk) => {
    if (unpacker.destroyed || unpacker.writableEnded) return false;
    if (chunk === null) {
      // What has no body may say that it is packed all the same.
      if (isEmpty) return next(null);
      unpacker.end();
      return false;
    }
    isEmpty = false;
    unpacker.write(chunk);
    // No more than the limit can wait.
    return true;
  };
}

/** What unpacks the body, which from then on no longer says that it is packed; `undefined` where the SDK would take it as it is. */
function unpackerOf({ headers }: IncomingMessage): Gunzip | Inflate | undefined {
  const encoding = headers['content-encoding']?.toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'deflate') return undefined;
  delete headers['content-encoding'];
  return encoding === 'gzip' ? createGunzip() : createInflate();
}

function nameOf({ statusCode, headers }: IncomingMessage): string {
  const type = headers['content-type']?.slice(0, 60) ?? 'no type';
  return `status ${statusCode}, ${type}`;
}
