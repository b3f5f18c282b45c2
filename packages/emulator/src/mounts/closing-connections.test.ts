import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SystemClock } from '@mnsbus/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator } from '../emulator.js';
import { serverCertificate } from '../tls/certificate-store.js';
import { listen, type EmulatorServer } from './http.js';

// RFC 9112 §9.6: who asks for "Connection: close", and who speaks HTTP/1.0 and does not ask for the contrary, waits for the
// end of the connection: PHP's file_get_contents does nothing else.

const PHP = '/usr/bin/php';
let directory = '';
let authority = '';
const servers: Readonly<Record<string, EmulatorServer>>[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mnsbus-closing-'));
  const certificate = await serverCertificate({
    directory,
    hosts: ['localhost'],
    alsoTrusted: [],
    nowMs: new SystemClock().now(),
  });
  authority = await readFile(certificate.authorityPath, 'utf8');
  const emulators = [createEmulator({ seed: 'closing' }), createEmulator({ seed: 'closing' })] as const;
  servers.push({ http: await listen(emulators[0]), https: await listen(emulators[1], { tls: certificate }) });
});
afterAll(async () => {
  await Promise.all(servers.flatMap((both) => Object.values(both).map((server) => server.close())));
  await rm(directory, { recursive: true, force: true });
});

/** What a client that never hangs up reads until the server does, or until it has gone on for so long that it will not. */
function untilClosed(scheme: string, bytes: string): Promise<{ readonly text: string; readonly isClosed: boolean }> {
  const port = servers[0]?.[scheme]?.port ?? 0;
  return new Promise((resolve, reject) => {
    const at = { port, host: '127.0.0.1', allowHalfOpen: true };
    const socket = scheme === 'http' ? connect(at) : connectTls({ ...at, ca: authority, servername: 'localhost' });
    let text = '';
    const end = (isClosed: boolean): void => {
      socket.destroy();
      resolve({ text, isClosed });
    };
    socket.once('end', () => end(true)).once('error', reject);
    socket.setTimeout(20_000, () => end(false));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.write(bytes);
  });
}

const DOORS = [
  ['MNS', 'GET /queues/q'],
  ['IMM', 'GET /?Action=GetProject'],
  ['the certificate of pushes', 'GET /_emulator/mns-signing-cert.pem'],
  ['the admin API', 'GET /_emulator/health'],
  ['a refusal of the admin API', 'GET /_emulator/nothing'],
  ['the page', 'GET /_emulator/ui'],
] as const;

describe.each(['http', 'https'])('Over %s, a connection', (scheme) => {
  describe.each(DOORS)('to %s', (_, line) => {
    it.each([
      ['that asks for it', 'HTTP/1.1', 'Connection: close\r\n'],
      ['that asks for it in capitals, among other things', 'HTTP/1.1', 'Connection: TE, Close\r\n'],
      ['of HTTP/1.0', 'HTTP/1.0', ''],
      ['that asks for another protocol', 'HTTP/1.1', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n'],
    ])('%s is closed after the reply, which says so', async (__, version, header) => {
      const { text, isClosed } = await untilClosed(scheme, `${line} ${version}\r\nHost: localhost\r\n${header}\r\n`);
      expect(text).toMatch(/^HTTP\/1\.1 [2-4]\d\d .*\r\n/);
      expect(text.split('\r\n\r\n', 1)[0]?.match(/^connection: .*$/gim)).toEqual(['Connection: close']);
      expect(isClosed).toBe(true);
    });
  });

  it.each([
    ['that asks for nothing', 'HTTP/1.1', ''],
    ['of HTTP/1.0 that asks for it', 'HTTP/1.0', 'Connection: keep-alive\r\n'],
  ])('%s is kept', async (__, version, header) => {
    const ask = `GET /queues/q ${version}\r\nHost: localhost\r\n`;
    const { text } = await untilClosed(scheme, `${ask}${header}\r\n${ask}Connection: close\r\n\r\n`);
    expect(text.match(/HTTP\/1\.1 400 /g)).toHaveLength(2);
    expect(text.match(/^connection: .*$/gim)).toEqual(['Connection: keep-alive', 'Connection: close']);
  });

  it.each([
    ['that speaks no HTTP', 'nonsense\r\n\r\n', 400],
    ['without a host', 'GET /queues/q HTTP/1.1\r\n\r\n', 400],
    ['with too many headers', `GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['that asks for a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', 405],
  ])('%s is told why, and closed', async (_, bytes, status) => {
    const { text, isClosed } = await untilClosed(scheme, bytes);
    expect(text.slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
    expect(text).toMatch(/^Connection: close\r$/m);
    expect(isClosed).toBe(true);
  });
});

describe("PHP's file_get_contents", () => {
  const run = promisify(execFile);

  it.each([
    ['1.0', ''],
    ['1.1', 'Connection: close'],
  ])('with HTTP/%s and the header "%s" has the reply at once, at every door', async (version, header) => {
    expect(existsSync(PHP), `${PHP}: apt-get install -y --no-install-recommends php-cli (.ci/run does)`).toBe(true);
    const base = servers[0]?.['http']?.endpoint ?? '';
    const urls = DOORS.map(([, line]) => `${base}${line.replace('GET ', '')}`);
    const code = `
      $context = stream_context_create(['http' => ['protocol_version' => ${version}, 'header' => '${header}', 'ignore_errors' => true, 'timeout' => 5]]);
      foreach (array_slice($argv, 1) as $url) {
        $from = hrtime(true);
        $text = file_get_contents($url, false, $context);
        echo json_encode([strlen($text) > 0, (hrtime(true) - $from) / 1e6 < 5000]), "\\n";
      }`;
    const { stdout } = await run(PHP, ['-r', code, '--', ...urls]);
    expect(stdout.trim().split('\n')).toEqual(urls.map(() => '[true,true]'));
  });
});
