import { createHmac } from 'node:crypto';
import { httpRequest } from '../load/http-message.js';
import { BODY, accepted, between, type Protocol } from './protocol.js';

// The account that Azure's emulators publish for everybody's use.
const ACCOUNT = 'devstoreaccount1';
const KEY = Buffer.from(
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  'base64',
);
const MESSAGE = `<QueueMessage><MessageText>${BODY}</MessageText></QueueMessage>`;

type Query = Readonly<Record<string, string>>;

function signed(method: string, path: string, query: Query, body = ''): Buffer {
  const date = new Date().toUTCString();
  const type = body === '' ? '' : 'application/xml';
  const parameters = Object.entries(query)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `\n${name}:${value}`)
    .join('');
  const length = body === '' ? '' : String(Buffer.byteLength(body));
  const headers = `x-ms-date:${date}\nx-ms-version:2021-12-02`;
  const resource = `/${ACCOUNT}/${ACCOUNT}${path}${parameters}`;
  const text = `${method}\n\n\n${length}\n\n${type}\n\n\n\n\n\n\n${headers}\n${resource}`;
  const signature = createHmac('sha256', KEY).update(text).digest('base64');
  const search = new URLSearchParams(query).toString();
  return httpRequest(
    method,
    `/${ACCOUNT}${path}${search === '' ? '' : `?${search}`}`,
    {
      'x-ms-date': date,
      'x-ms-version': '2021-12-02',
      ...(type === '' ? {} : { 'Content-Type': type }),
      Authorization: `SharedKey ${ACCOUNT}:${signature}`,
    },
    body,
  );
}

/** Azure's queue service with shared-key signatures; a handle is message id and pop receipt. */
export const azureQueue: Protocol = {
  queue: (name) => ({
    create: signed('PUT', `/${name}`, {}),
    send: signed('POST', `/${name}/messages`, {}, MESSAGE),
    receive: signed('GET', `/${name}/messages`, { numofmessages: '1', visibilitytimeout: '600' }),
    handlesIn: (reply) => {
      accepted(reply);
      const text = reply.body.toString();
      const receipts = between(text, '<PopReceipt>', '</PopReceipt>');
      return between(text, '<MessageId>', '</MessageId>').map((id, index) => `${id} ${receipts[index] ?? ''}`);
    },
    delete: (handle) => {
      const [id = '', popreceipt = ''] = handle.split(' ');
      return signed('DELETE', `/${name}/messages/${id}`, { popreceipt });
    },
  }),
};
