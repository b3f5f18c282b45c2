import { X509Certificate } from 'node:crypto';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SystemClock } from '@mnsbus/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator } from '../emulator.js';
import { alicloudClient, field } from '../mns/test-support/alicloud-client.js';
import { listen } from '../mounts/http.js';
import { certificateHosts } from './certificate-hosts.js';
import { serverCertificate, type ServerCertificate } from './certificate-store.js';

const DAY_MS = 86_400_000;
const NOW_MS = new SystemClock().now();
const HOSTS = certificateHosts('cn-beijing');

let root: string;
let directory: string;
let first: ServerCertificate;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mns-tls-'));
  directory = join(root, 'a', 'b');
  first = await serverCertificate({ directory, hosts: HOSTS, nowMs: NOW_MS });
}, 60_000);

afterAll(() => rm(root, { recursive: true }));

const text = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');

// Keys take their time on a busy machine.
describe('the certificate of an emulator', { timeout: 60_000 }, () => {
  it('is for this machine and for the hosts of both services, and for nobody else', () => {
    const certificate = new X509Certificate(first.cert);
    for (const host of [
      'localhost',
      '1.mns.cn-beijing.aliyuncs.com',
      '42.mns.cn-hangzhou-internal-vpc.aliyuncs.com',
      'imm.cn-shanghai.aliyuncs.com',
    ]) {
      expect({ host, fits: certificate.checkHost(host) !== undefined }).toEqual({ host, fits: true });
    }
    expect(certificate.checkIP('127.0.0.1')).toBeDefined();
    expect(certificate.checkIP('::1')).toBeDefined();
    expect(certificate.checkHost('example.com')).toBeUndefined();
    expect(certificate.checkHost('ecs.aliyuncs.com')).toBeUndefined();
    expect(certificate.ca).toBe(false);
  });

  it('is kept, so that its authority is trusted once', async () => {
    expect(first.isNew).toBe(true);
    const mine = '-----BEGIN CERTIFICATE-----\nbWluZQ==\n-----END CERTIFICATE-----';
    const alsoTrusted = [`# of the company\n${mine}\n`, await text('ca-bundle.pem')];
    const again = await serverCertificate({ directory, hosts: HOSTS, alsoTrusted, nowMs: NOW_MS + 300 * DAY_MS });
    expect(again).toEqual({ ...first, isNew: false });
    // What is trusted already stays trusted, and nothing is there twice.
    expect((await text('ca-bundle.pem')).split(mine)).toHaveLength(2);
    expect((await text('ca-bundle.pem')).split(await text('ca.pem'))).toHaveLength(2);
    expect(await text('ca.pem')).toBe(await readFile(first.authorityPath, 'utf8'));
    expect(await text('ca-bundle.pem')).toContain(await text('ca.pem'));
    expect((await text('ca-bundle.pem')).split('BEGIN CERTIFICATE').length).toBeGreaterThan(50);
  });

  it('is made anew by the same authority when it expires, or is not for a host', async () => {
    const authority = await text('ca.pem');
    const later = await serverCertificate({ directory, hosts: HOSTS, nowMs: NOW_MS + 380 * DAY_MS });
    expect(later.cert).not.toBe(first.cert);
    expect(later.isNew).toBe(false);
    const other = await serverCertificate({ directory, hosts: ['*.mns.xx-new.aliyuncs.com'], nowMs: NOW_MS });
    expect(new X509Certificate(other.cert).checkHost('1.mns.xx-new.aliyuncs.com')).toBeDefined();
    expect(await text('ca.pem')).toBe(authority);
    expect(new X509Certificate(other.cert).verify(new X509Certificate(authority).publicKey)).toBe(true);
  });

  it('keeps its authority when the clock is set back', async () => {
    const authority = await text('ca.pem');
    const earlier = await serverCertificate({ directory, hosts: HOSTS, nowMs: NOW_MS - 300 * DAY_MS });
    expect([earlier.isNew, await text('ca.pem')]).toEqual([false, authority]);
    expect(Date.parse(new X509Certificate(earlier.cert).validFrom)).toBeLessThan(NOW_MS - 300 * DAY_MS);
  });

  it('has a new authority, and says so, when the old one is about to expire', async () => {
    const before = await text('ca.pem');
    const later = await serverCertificate({ directory, hosts: ['localhost'], nowMs: NOW_MS + 3640 * DAY_MS });
    expect(later.isNew).toBe(true);
    expect(await text('ca.pem')).not.toBe(before);
    // Back to now: that authority is not valid yet.
    first = await serverCertificate({ directory, hosts: HOSTS, nowMs: NOW_MS });
    expect(first.isNew).toBe(true);
  });

  it('shows its keys to nobody else, and leaves no drafts', async () => {
    const mode = async (name: string): Promise<number> => (await stat(join(directory, name))).mode % 0o1000;
    expect([await mode('authority.pem'), await mode('server.pem'), await mode('.')]).toEqual([0o600, 0o600, 0o700]);
    expect(await mode('ca.pem')).toBe(0o644);
    expect((await readdir(directory)).toSorted()).toEqual(['authority.pem', 'ca-bundle.pem', 'ca.pem', 'server.pem']);
    expect(await text('ca.pem')).not.toContain('PRIVATE');
  });

  it('is made by one authority even when several emulators start at once', async () => {
    const shared = join(root, 'shared');
    const made = await Promise.all(
      [1, 2, 3].map(() => serverCertificate({ directory: shared, hosts: ['localhost'], nowMs: NOW_MS })),
    );
    const authority = new X509Certificate(await readFile(join(shared, 'ca.pem'), 'utf8'));
    for (const { cert } of made) expect(new X509Certificate(cert).verify(authority.publicKey)).toBe(true);
  });

  it('cannot be kept where something else lies, or nothing may', async () => {
    const bad = join(root, 'bad');
    await serverCertificate({ directory: bad, hosts: ['localhost'], nowMs: NOW_MS });
    await chmod(join(bad, 'authority.pem'), 0o600);
    await writeFile(join(bad, 'authority.pem'), 'something else');
    const request = { hosts: ['localhost'], nowMs: NOW_MS };
    await expect(serverCertificate({ ...request, directory: bad })).rejects.toMatchObject({
      code: 'CERTIFICATE_UNAVAILABLE',
      message: expect.stringContaining('authority.pem holds no key and certificate of an emulator'),
    });
    await expect(serverCertificate({ ...request, directory: join(bad, 'authority.pem') })).rejects.toMatchObject({
      code: 'CERTIFICATE_UNAVAILABLE',
    });
  });
});

describe('an emulator that listens with it', { timeout: 60_000 }, () => {
  it('serves the official client over https, with https in the URLs of its replies', async () => {
    const emulator = createEmulator();
    const server = await listen(emulator, { tls: first });
    try {
      expect(server.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      const { accountId, accessKeyId, accessKeySecret } = emulator;
      const agent = new Agent({ ca: await text('ca.pem') });
      // Anew for each call: the client writes into them.
      const options = (): object => ({ beforeRequest: (request: object) => ({ ...request, agent }) });
      const mns = alicloudClient(accountId, { endpoint: server.endpoint, accessKeyId, accessKeySecret });
      const created = await mns.put('/queues/q', 'Queue', '', ['location'], options());
      expect(created).toMatchObject({ code: 201, headers: { location: `${server.endpoint}/queues/q` } });
      const body = '<Message><MessageBody>over TLS</MessageBody></Message>';
      await mns.post('/queues/q/messages', 'Message', body, [], options());
      const received = await mns.get('/queues/q/messages', 'Message', options());
      expect(field(received.body, 'MessageBody')).toBe('over TLS');
      const list = await mns.get('/queues', 'Queues', options());
      agent.destroy();
      expect(JSON.stringify(list.body)).toContain(`${server.endpoint}/queues/q`);
    } finally {
      await server.close();
    }
  });

  // Written for the strictest reader of certificates on this machine.
  const PYTHON = `
import ssl, socket, sys
port, ca, name = int(sys.argv[1]), sys.argv[2], sys.argv[3]
context = ssl.create_default_context(cafile=ca)
context.verify_flags |= ssl.VERIFY_X509_STRICT
with socket.create_connection(("127.0.0.1", port)) as raw:
    with context.wrap_socket(raw, server_hostname=name) as tls:
        tls.sendall(b"GET /queues HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
        print(tls.recv(12).decode())
`;

  it('is trusted by the ssl of Python, strictly, under each of its names and no other', async () => {
    const server = await listen(createEmulator(), { tls: first });
    const python = async (name: string, ca: string): Promise<string> => {
      const { stdout } = await promisify(execFile)('python3', ['-c', PYTHON, String(server.port), ca, name]);
      return stdout.trim();
    };
    try {
      const { authorityPath, bundlePath } = first;
      expect(await python('localhost', authorityPath)).toBe('HTTP/1.1 400');
      expect(await python('127.0.0.1', bundlePath)).toBe('HTTP/1.1 400');
      expect(await python('42.mns.cn-shanghai.aliyuncs.com', bundlePath)).toBe('HTTP/1.1 400');
      await expect(python('example.com', authorityPath)).rejects.toThrow(
        /Hostname mismatch|certificate is not valid for/,
      );
    } finally {
      await server.close();
    }
  });
});
