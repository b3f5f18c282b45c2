import { X509Certificate, createPrivateKey } from 'node:crypto';
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { MnsbusError, SeededRandom, freshSeed } from '@mnsbus/core';
import { diskTrouble } from '../runtime/disk-trouble.js';
import { makeAuthority, makeServerCertificate, type KeyAndCertificate } from './certificate-authority.js';
import { isAddress } from './certificate-hosts.js';

/** The certificate of an emulator, and the files by which clients trust it. */
export interface ServerCertificate extends KeyAndCertificate {
  /** The certificate of the authority, for clients that add to what they trust, as by `NODE_EXTRA_CA_CERTS`. */
  readonly authorityPath: string;
  /** The same after all others that are trusted, for clients whose setting replaces what they trust, as `SSL_CERT_FILE` does. */
  readonly bundlePath: string;
  /** Whether the authority is new, so that nobody trusts it yet. */
  readonly isNew: boolean;
}

/** What is asked of a certificate. */
export interface CertificateRequest {
  /** Where it is kept. */
  readonly directory: string;
  /** Names and addresses that it has to be for; `*.` may stand before a name. */
  readonly hosts: readonly string[];
  /** PEM of certificates that the bundle shall hold besides those that Node.js trusts. Default none. */
  readonly alsoTrusted?: readonly string[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** What is valid for less than this many milliseconds is made anew. */
const LEAST_VALIDITY_MS = 30 * 86_400_000;

/**
 * The certificate kept in a directory, made when it is not there, is about to expire, or is not for all of the hosts.
 *
 * Its authority stays for ten years, so that it has to be trusted once. Private keys can be read by their owner only.
 * Rejects with `CERTIFICATE_UNAVAILABLE` when the directory cannot be used or holds something else.
 */
export async function serverCertificate(request: CertificateRequest): Promise<ServerCertificate> {
  const { directory, nowMs, alsoTrusted = [] } = request;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { authority, isNew } = await authorityIn(directory, nowMs);
    const authorityPath = join(directory, 'ca.pem');
    const bundlePath = join(directory, 'ca-bundle.pem');
    await replace(authorityPath, authority.cert, 0o644);
    await replace(bundlePath, bundle([...rootCertificates, ...alsoTrusted, authority.cert]), 0o644);
    return { ...(await leafIn(authority, request)), authorityPath, bundlePath, isNew };
  } catch (cause) {
    const reason = diskTrouble(cause) ?? (cause instanceof Error ? cause.message : String(cause));
    throw new MnsbusError({
      code: 'CERTIFICATE_UNAVAILABLE',
      message: `cannot keep a certificate in ${directory}: ${reason}; another directory can be chosen`,
      cause,
    });
  }
}

async function authorityIn(
  directory: string,
  nowMs: number,
): Promise<{ readonly authority: KeyAndCertificate; readonly isNew: boolean }> {
  const path = join(directory, 'authority.pem');
  const kept = await read(path);
  if (kept !== undefined && isFresh(new X509Certificate(kept.cert), nowMs)) {
    createPrivateKey(kept.key);
    return { authority: kept, isNew: false };
  }
  if (kept !== undefined) await rm(path);
  const authority = makeAuthority(nowMs);
  const draft = draftOf(path);
  await writeFile(draft, pem(authority), { mode: 0o600 });
  try {
    await link(draft, path);
    return { authority, isNew: true };
  } catch (error) {
    // Another emulator was faster: there must be one authority only.
    const winner = await read(path);
    if (winner === undefined) throw error;
    return { authority: winner, isNew: true };
  } finally {
    await rm(draft, { force: true });
  }
}

async function leafIn(
  authority: KeyAndCertificate,
  { directory, hosts, nowMs }: CertificateRequest,
): Promise<KeyAndCertificate> {
  const path = join(directory, 'server.pem');
  const kept = await read(path);
  if (kept !== undefined && isUsable(kept, authority, hosts, nowMs)) return kept;
  const leaf = makeServerCertificate(authority, hosts, nowMs);
  await replace(path, pem(leaf), 0o600);
  return leaf;
}

function isUsable(
  { cert }: KeyAndCertificate,
  authority: KeyAndCertificate,
  hosts: readonly string[],
  nowMs: number,
): boolean {
  const certificate = new X509Certificate(cert);
  return (
    isFresh(certificate, nowMs) &&
    certificate.verify(new X509Certificate(authority.cert).publicKey) &&
    hosts.every((host) => isFor(certificate, host))
  );
}

function isFor(certificate: X509Certificate, host: string): boolean {
  if (isAddress(host)) return certificate.checkIP(host) !== undefined;
  return certificate.checkHost(host.replace(/^\*/, 'any')) !== undefined;
}

function isFresh({ validFrom, validTo }: X509Certificate, nowMs: number): boolean {
  return Date.parse(validFrom) <= nowMs && nowMs + LEAST_VALIDITY_MS < Date.parse(validTo);
}

/** Key and certificate stand in one file, so that they always belong together. */
function pem({ key, cert }: KeyAndCertificate): string {
  return `${key}${cert}`;
}

const PAIR =
  /^(?<key>-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n)(?<cert>-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n)$/;

async function read(path: string): Promise<KeyAndCertificate | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const { key, cert } = PAIR.exec(text)?.groups ?? {};
  if (key === undefined || cert === undefined) throw new Error(`${path} holds no key and certificate of an emulator`);
  return { key, cert };
}

/** Each certificate once, whatever stands between them. */
function bundle(texts: readonly string[]): string {
  const certificates = texts.flatMap((text) => text.match(CERTIFICATE) ?? []);
  return `${[...new Set(certificates)].join('\n')}\n`;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Of its own for each writer, who may be several. */
function draftOf(path: string): string {
  return `${path}.${new SeededRandom(freshSeed()).hex(16)}`;
}

/** Readers see the old text or the new one, never half of it. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  const draft = draftOf(path);
  await writeFile(draft, text, { mode });
  await chmod(draft, mode);
  await rename(draft, path);
}
