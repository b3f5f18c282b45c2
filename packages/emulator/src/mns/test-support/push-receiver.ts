import { X509Certificate, createHash, createVerify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse, type Server } from 'node:http';

/** A push as it came off the wire. */
export interface ReceivedPush {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly target: string;
  /** Names as they were spelt, in order; one character per byte. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** How a receiver verifies. */
export interface VerifierOptions {
  /** Certificates are taken from URLs with this prefix only. */
  readonly certificatePrefix: string;
  /** Fetches a certificate in PEM; rejects when there is none. */
  readonly fetchCertificate: (url: string) => Promise<string>;
}

/**
 * What the docs tell a receiver to do (spec mns §5.5), written without a look at the sender: gives the reason to
 * refuse a push, or `undefined` when it is genuine.
 */
export async function reasonToRefuse(push: ReceivedPush, options: VerifierOptions): Promise<string | undefined> {
  const header = (name: string): string => push.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';

  const certificateUrl = Buffer.from(header('x-mns-signing-cert-url'), 'base64').toString('utf8');
  if (!certificateUrl.startsWith(options.certificatePrefix)) return 'the certificate is from elsewhere';
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(await options.fetchCertificate(certificateUrl));
  } catch {
    return 'there is no certificate';
  }

  const mnsLines = push.headers
    .map(([name, value]) => [name.toLowerCase(), value])
    .filter(([name = '']) => name.startsWith('x-mns-'))
    .map(([name, value]) => `${name}:${value}\n`)
    .toSorted();
  const signed = `${push.method}\n${header('content-md5')}\n${header('content-type')}\n${header('date')}\n${mnsLines.join('')}${push.target}`;
  const isGenuine = createVerify('RSA-SHA1')
    .update(signed, 'latin1')
    .verify(certificate.publicKey, header('authorization'), 'base64');
  if (!isGenuine) return 'the signature does not fit';

  const hex = createHash('md5').update(push.body).digest('hex');
  const forms = [
    hex,
    hex.toUpperCase(),
    Buffer.from(hex).toString('base64'),
    Buffer.from(hex, 'hex').toString('base64'),
  ];
  return forms.includes(header('content-md5')) ? undefined : 'the body is another one';
}

/** A web server that verifies what it gets: 204 for a genuine push, 403 for any other. */
export interface PushReceiver {
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string;
  /** What came, and what was wrong with it, in order. */
  readonly pushes: readonly (ReceivedPush & { readonly refusal: string | undefined })[];
  /** Resolves when `count` pushes have been answered. */
  answered(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a receiver on any free port of this machine. `status` answers genuine pushes. */
export async function pushReceiver(
  options: VerifierOptions,
  status: (pushNumber: number) => number = () => 204,
): Promise<PushReceiver> {
  const pushes: (ReceivedPush & { refusal: string | undefined })[] = [];
  const waiting = new Set<() => void>();
  const receive = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const push = await read(message);
    const refusal = await reasonToRefuse(push, options);
    response.writeHead(refusal === undefined ? status(pushes.length + 1) : 403).end(() => {
      pushes.push({ ...push, refusal });
      for (const wake of waiting) wake();
    });
  };
  const server = createServer((message, response) => void receive(message, response));
  return {
    url: `http://127.0.0.1:${await bind(server)}`,
    pushes,
    answered: async (count) => {
      while (pushes.length < count) await new Promise<void>((resolve) => waiting.add(resolve));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(message: IncomingMessage): Promise<ReceivedPush> {
  const { method = '', url = '', rawHeaders } = message;
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return { method, target: url, headers: pairs(rawHeaders), body: Buffer.concat(chunks) };
}

function pairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as const] : []));
}

function bind(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
