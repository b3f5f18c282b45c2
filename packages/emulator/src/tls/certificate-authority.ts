import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { SeededRandom, freshSeed } from '@mnsbus/core';
import forge from 'node-forge';
import { isAddress } from './certificate-hosts.js';

/** A private key and the certificate of its public one, both in PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

/** How the authority is called in lists of trusted ones. */
export const AUTHORITY_NAME = 'mns-emulator on this machine';

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Since when it has been valid: a clock that is set back, even by months, costs nobody the authority that he trusts. */
const AUTHORITY_GRACE_DAYS = 365;
/** Some clients refuse certificates that are valid for longer, with the grace. */
const LEAF_DAYS = 397;
/** For clocks that are behind. */
const LEAF_GRACE_DAYS = 1;
const KEY_BITS = 2048;

/** Makes an authority that can vouch for this machine and for hosts of Alibaba Cloud, and for nothing else. */
export function makeAuthority(nowMs: number): KeyAndCertificate {
  const certificate = blankCertificate(nowMs, AUTHORITY_DAYS, AUTHORITY_GRACE_DAYS);
  const name = [{ name: 'commonName', value: AUTHORITY_NAME }];
  const key = giveKeys(certificate);
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
    nameConstraints(),
  ]);
  return signedBy(certificate, key, key);
}

/** Makes a certificate for servers at these hosts. */
export function makeServerCertificate(
  authority: KeyAndCertificate,
  hosts: readonly string[],
  nowMs: number,
): KeyAndCertificate {
  const issuer = forge.pki.certificateFromPem(authority.cert);
  const certificate = blankCertificate(nowMs, LEAF_DAYS, LEAF_GRACE_DAYS);
  const key = giveKeys(certificate);
  certificate.setSubject([{ name: 'commonName', value: 'mns-emulator' }]);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: hosts.map((host) => (isAddress(host) ? { type: 7, ip: host } : { type: 2, value: host })),
    },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ]);
  return signedBy(certificate, key, authority.key);
}

function blankCertificate(nowMs: number, days: number, grace: number): ReturnType<typeof forge.pki.createCertificate> {
  const certificate = forge.pki.createCertificate();
  // Positive, and never the same twice: browsers refuse two certificates of one authority with the same number.
  certificate.serialNumber = `01${new SeededRandom(freshSeed()).hex(30)}`;
  certificate.validity.notBefore = new Date(nowMs - grace * DAY_MS);
  certificate.validity.notAfter = new Date(nowMs + days * DAY_MS);
  return certificate;
}

/** A new private key in PEM; its public one goes into the certificate. */
function giveKeys(certificate: ReturnType<typeof forge.pki.createCertificate>): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: KEY_BITS });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey.toString());
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function signedBy(
  certificate: ReturnType<typeof forge.pki.createCertificate>,
  key: string,
  signingKey: string,
): KeyAndCertificate {
  certificate.sign(forge.pki.privateKeyFromPem(signingKey), forge.md.sha256.create());
  // One line feed per line, on every machine.
  return { key, cert: forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n') };
}

/** Only these names and addresses (RFC 5280 §4.2.1.10), so that whoever gets hold of the key can do little with it. */
function nameConstraints(): object {
  const { asn1 } = forge;
  const { Class, Type } = asn1;
  const sequence = (items: readonly object[]): object => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, items);
  const subtree = (tag: number, value: string): object =>
    sequence([asn1.create(Class.CONTEXT_SPECIFIC, tag, false, value)]);
  const permitted = asn1.create(Class.CONTEXT_SPECIFIC, 0, true, [
    subtree(DNS_NAME, 'localhost'),
    subtree(DNS_NAME, 'aliyuncs.com'),
    // Address and mask: 127.0.0.0/8 and ::1.
    subtree(IP_ADDRESS, '\u007F\0\0\0\u00FF\0\0\0'),
    subtree(IP_ADDRESS, `${'\0'.repeat(15)}\u0001${'\u00FF'.repeat(16)}`),
  ]);
  return { id: '2.5.29.30', critical: true, value: sequence([permitted]) };
}

const DNS_NAME = 2;
const IP_ADDRESS = 7;
