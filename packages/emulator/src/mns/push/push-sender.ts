import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { PushRequest } from './push-request.js';

/** What a subscriber answered. */
export interface PushAnswer {
  /** The HTTP status. */
  readonly status: number;
}

/** Carries one push to its subscriber; rejects when there is no answer. `signal` aborts when nobody waits for it any more. */
export type PushSender = (request: PushRequest, signal: AbortSignal) => Promise<PushAnswer>;

/**
 * Sends a push over a connection of its own, and waits for the whole answer; redirections are not followed.
 *
 * Not `fetch`, which rewrites the names and the order of headers.
 */
export const sendOverSocket: PushSender = ({ url, headers, body }, signal) =>
  new Promise((resolve, reject) => {
    const { protocol, hostname, port, pathname, search } = new URL(url);
    const request = (protocol === 'https:' ? httpsRequest : httpRequest)(
      {
        // An IPv6 address stands in brackets in a URL only.
        host: hostname.replace(/^\[(.*)\]$/, '$1'),
        port,
        path: `${pathname}${search}`,
        method: 'POST',
        headers: headers.flat(),
        agent: false,
        signal,
      },
      (response) => {
        response.once('error', reject).once('end', () => resolve({ status: response.statusCode ?? 0 }));
        response.resume();
      },
    );
    // However often: an error that nobody hears of ends the process.
    request.on('error', reject);
    // Without an error, when the answer is one that Node does not know what to do with: another protocol, for example.
    request.once('close', () => reject(new Error('the connection ended without an answer')));
    request.end(body);
  });
