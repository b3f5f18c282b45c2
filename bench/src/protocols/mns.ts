import { createHmac } from 'node:crypto';
import { httpRequest } from '../load/http-message.js';
import { BODY, accepted, between, type BatchRequests, type Protocol, type QueueRequests } from './protocol.js';

const ACCESS_KEY_ID = 'emuKey';
const ACCESS_KEY_SECRET = 'emuSecret';
const XMLNS = 'http://mns.aliyuncs.com/doc/v1/';
const BATCH = 16;
const MESSAGE = `<Message><MessageBody>${BODY}</MessageBody></Message>`;

/** The headers of a signed request, without those of a connection. */
export function mnsHeaders(method: string, resource: string): Readonly<Record<string, string>> {
  const date = new Date().toUTCString();
  const text = `${method}\n\ntext/xml\n${date}\nx-mns-version:2015-06-06\n${resource}`;
  const signature = createHmac('sha1', ACCESS_KEY_SECRET).update(text).digest('base64');
  return {
    Date: date,
    'Content-Type': 'text/xml',
    'x-mns-version': '2015-06-06',
    Authorization: `MNS ${ACCESS_KEY_ID}:${signature}`,
  };
}

/** The body of a batch send. */
export function mnsBatch(bodies: readonly string[]): string {
  const messages = bodies.map((body) => `<Message><MessageBody>${body}</MessageBody></Message>`).join('');
  return `<Messages xmlns="${XMLNS}">${messages}</Messages>`;
}

function signed(method: string, resource: string, body = ''): Buffer {
  return httpRequest(method, resource, mnsHeaders(method, resource), body);
}

function queue(name: string): QueueRequests {
  const messages = `/queues/${name}/messages`;
  return {
    create: signed('PUT', `/queues/${name}`, `<Queue xmlns="${XMLNS}"></Queue>`),
    send: signed('POST', messages, MESSAGE),
    receive: signed('GET', `${messages}?waitseconds=0`),
    handlesIn: (reply) => {
      if (reply.status === 404 && reply.body.includes('MessageNotExist')) return [];
      accepted(reply);
      return between(reply.body.toString(), '<ReceiptHandle>', '</ReceiptHandle>');
    },
    delete: (handle) => signed('DELETE', `${messages}?ReceiptHandle=${handle}`),
  };
}

function batch(name: string): BatchRequests {
  const messages = `/queues/${name}/messages`;
  return {
    send: signed('POST', messages, mnsBatch(Array.from({ length: BATCH }, () => BODY))),
    receive: signed('GET', `${messages}?numOfMessages=${BATCH}&waitseconds=0`),
    delete: (handles) => {
      const list = handles.map((handle) => `<ReceiptHandle>${handle}</ReceiptHandle>`).join('');
      return signed('DELETE', messages, `<ReceiptHandles xmlns="${XMLNS}">${list}</ReceiptHandles>`);
    },
  };
}

/** A receive that waits for a message, up to 30 seconds. */
export function mnsLongPoll(name: string): Buffer {
  return signed('GET', `/queues/${name}/messages?waitseconds=30`);
}

/** MNS with the emulator's default key. */
export const mns: Protocol = { queue, batch };

/** The same without batches, for a server that answers every receive with one message. */
export const mnsWithoutBatches: Protocol = { queue };
