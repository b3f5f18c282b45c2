import { request as requestHttp } from 'node:http';
import { text } from 'node:stream/consumers';
import type { WireRequest } from '@mnsbus/core';

/** What came back. */
export interface CallReply {
  readonly status: number;
  readonly text: string;
}

/** Sends a request that was signed for whatever date to a served emulator, on a connection of its own. */
export function sendSigned(endpoint: string, { method, target, headers, body }: WireRequest): Promise<CallReply> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: Object.fromEntries(headers), agent: false };
    requestHttp(`${endpoint}${target}`, options, (reply) => {
      text(reply).then((all) => resolve({ status: reply.statusCode ?? 0, text: all }), reject);
    })
      .once('error', reject)
      .end(body);
  });
}
