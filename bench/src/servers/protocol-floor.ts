import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { childText, readXml } from '../../../packages/core/dist/internal.js';

const SECRET = 'emuSecret';
const NAMESPACE = 'xmlns="http://mns.aliyuncs.com/doc/v1"';

interface Kept {
  readonly id: string;
  readonly md5: string;
  readonly text: string;
  readonly atMs: number;
}

const queue: Kept[] = [];
const delivered = new Map<string, Kept>();
let first = 0;
let requests = 0;

function isSigned({ method = '', url = '', headers }: IncomingMessage): boolean {
  const { authorization, date = '' } = headers;
  const version = String(headers['x-mns-version']);
  const text = `${method}\n\n${headers['content-type'] ?? ''}\n${date}\nx-mns-version:${version}\n${url}`;
  return authorization === `MNS emuKey:${createHmac('sha1', SECRET).update(text).digest('base64')}`;
}

function write(response: ServerResponse, status: number, lines: readonly string[]): void {
  const body = lines.length === 0 ? '' : ['<?xml version="1.0" ?>', ...lines].join('\n');
  requests += 1;
  response.writeHead(status, {
    Server: 'AliyunMQS',
    'Content-Type': 'text/xml;charset=utf-8',
    ...(status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    Connection: 'keep-alive',
    'x-mns-version': '2015-06-06',
    'x-mns-request-id': String(requests).padStart(24, '0'),
  });
  response.end(body);
}

function send(response: ServerResponse, body: string): void {
  const root = readXml(body);
  if (root.name !== 'Message') {
    write(response, 201, []);
    return;
  }
  const text = childText(root, 'MessageBody') ?? '';
  const md5 = createHash('md5').update(text).digest('hex').toUpperCase();
  const id = String(queue.length).padStart(32, '0');
  queue.push({ id, md5, text, atMs: Date.now() });
  const content = [`  <MessageId>${id}</MessageId>`, `  <MessageBodyMD5>${md5}</MessageBodyMD5>`];
  write(response, 201, [`<Message ${NAMESPACE}>`, ...content, '</Message>']);
}

function receive(response: ServerResponse): void {
  const message = queue[first];
  if (message === undefined) {
    write(response, 404, [`<Error ${NAMESPACE}>`, '  <Code>MessageNotExist</Code>', '</Error>']);
    return;
  }
  // Not by `shift`, which moves the whole of a long array.
  first += 1;
  const { id, md5, text, atMs } = message;
  const payload = `${first} ${atMs} 30000 0 0 emu-broker-0 0 ${first}|floor0`;
  const handle = `${id}-${Buffer.from(payload, 'latin1').toString('base64')}`;
  delivered.set(handle, message);
  write(response, 200, [
    `<Message ${NAMESPACE}>`,
    `  <MessageId>${id}</MessageId>`,
    `  <MessageBodyMD5>${md5}</MessageBodyMD5>`,
    `  <MessageBody>${text}</MessageBody>`,
    `  <ReceiptHandle>${handle}</ReceiptHandle>`,
    `  <EnqueueTime>${atMs}</EnqueueTime>`,
    `  <FirstDequeueTime>${atMs}</FirstDequeueTime>`,
    `  <NextVisibleTime>${atMs}</NextVisibleTime>`,
    '  <DequeueCount>1</DequeueCount>',
    '  <Priority>8</Priority>',
    '</Message>',
  ]);
}

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const { method, url = '' } = request;
  if (!isSigned(request)) write(response, 403, [`<Error ${NAMESPACE}>`, '</Error>']);
  else if (method === 'GET') receive(response);
  else if (method !== 'DELETE') send(response, body);
  else write(response, delivered.delete(url.slice(url.indexOf('=') + 1)) ? 204 : 400, []);
}

/**
 * What MNS asks of any server: the floor that also verifies the signature, reads the XML with the emulator's reader,
 * computes the MD5, and writes replies as long as the emulator's. Its one queue is an array, and it checks nothing else.
 */
export function createProtocolFloor(): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => answer(request, response, Buffer.concat(chunks).toString()));
  });
}
