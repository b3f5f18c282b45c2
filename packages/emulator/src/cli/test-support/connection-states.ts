import type { AttackedEmulator } from './attacked-emulator.js';
import { HostileSocket, type Act } from './hostile-socket.js';

/** A moment in the life of a connection. */
export interface ConnectionState {
  readonly name: string;
  /** Brings a connection there. */
  readonly reach: (emulator: AttackedEmulator) => Promise<HostileSocket>;
  /** What does not end the connection, as long as the client keeps its end of it. Default only silence. */
  readonly outlives?: readonly Act[];
}

const HOST = 'Host: 127.0.0.1\r\n';
const TINY = `GET /queues/q HTTP/1.1\r\n${HOST}\r\n`;

/** A state that is reached by saying something. */
function said(name: string, text: string | ((emulator: AttackedEmulator) => string), answer?: RegExp): ConnectionState {
  return {
    name,
    reach: async (emulator) => {
      const socket = await HostileSocket.open(emulator.port, emulator.ca);
      socket.send(typeof text === 'string' ? text : text(emulator));
      if (answer !== undefined) await socket.read(answer);
      return socket;
    },
  };
}

/** Who is owed what he does not read is not listened to. */
const UNREAD: readonly Act[] = ['FIN', 'silence', 'flood'];

/** Reads a page of a megabyte. */
const LARGE = '/queues/large/messages?peekonly=true&numOfMessages=16';

/** Makes what the states ask for. */
export async function furnish(emulator: AttackedEmulator): Promise<void> {
  for (const name of ['large', 'empty']) await emulator.call('PUT', `/queues/${name}`);
  const body = `<Message><MessageBody>${'x'.repeat(60_000)}</MessageBody></Message>`;
  await Promise.all(Array.from({ length: 16 }, () => emulator.call('POST', '/queues/large/messages', body)));
}

/** Every state of a connection that a client can bring it to. */
export const CONNECTION_STATES: readonly ConnectionState[] = [
  { name: 'just connected, under TLS before its handshake', reach: ({ port }) => HostileSocket.bare(port) },
  {
    name: 'half of a TLS handshake, or what is none',
    reach: async ({ port }) => {
      const socket = await HostileSocket.bare(port);
      socket.send('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03');
      return socket;
    },
  },
  said('nothing said yet', ''),
  said('half a request line', 'GET /que'),
  said('half of the headers', `POST /queues/q/messages HTTP/1.1\r\n${HOST}Content-`),
  said('half a body', `POST /queues/q/messages HTTP/1.1\r\n${HOST}Content-Length: 1000000\r\n\r\n<Message`),
  said('half a chunk', `POST /queues/q/messages HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n8\r\n<Mes`),
  said(
    'half a body for the admin API',
    `POST /_emulator/seed HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{`,
  ),
  said('a CONNECT that was not read', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n'),
  said('a CONNECT that was refused', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', /\r\n\r\n/),
  {
    ...said(
      'an upgrade',
      `GET /queues/q HTTP/1.1\r\n${HOST}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
      /<\/Error>/,
    ),
    // Node's parser passes over errors after such a request, and waits for the connection to be idle.
    outlives: ['silence', 'flood'],
  },
  said('an answered request', TINY, /<\/Error>/),
  { ...said('replies that nobody reads', (emulator) => emulator.signed('GET', LARGE).repeat(40)), outlives: UNREAD },
  said('a long poll', (emulator) => emulator.signed('GET', '/queues/empty/messages?waitseconds=30')),
  said(
    'requests behind a long poll',
    (emulator) => `${emulator.signed('GET', '/queues/empty/messages?waitseconds=30')}${TINY.repeat(10)}`,
  ),
  said('an open event stream', `GET /_emulator/journal/stream HTTP/1.1\r\n${HOST}\r\n`, /retry/),
  {
    name: 'half closed with a request unanswered',
    reach: async (emulator) => {
      const socket = await HostileSocket.open(emulator.port, emulator.ca);
      socket.send(emulator.signed('GET', '/queues/empty/messages?waitseconds=30'));
      socket.end();
      return socket;
    },
  },
  said('a flood of requests', TINY.repeat(20_000)),
  {
    ...said(
      'a flood of requests behind a long poll',
      (emulator) =>
        `${emulator.signed('GET', '/queues/empty/messages?waitseconds=1')}${emulator.signed('GET', LARGE).repeat(40)}`,
    ),
    outlives: UNREAD,
  },
];
