import type { ServerCertificate } from '../tls/certificate-store.js';

/** How clients come to trust the certificate of an emulator. */
export function trustAdvice({ authorityPath, bundlePath, isNew }: ServerCertificate): {
  readonly line: string;
  readonly json: object;
} {
  const line = `${isNew ? 'A new certificate authority was made. ' : ''}To trust the certificate:
  Node.js            NODE_EXTRA_CA_CERTS=${authorityPath}
  OpenSSL, Go, Ruby  SSL_CERT_FILE=${bundlePath}
  Python requests    REQUESTS_CA_BUNDLE=${bundlePath}
It vouches for this machine and *.aliyuncs.com only; mns-emulator exec --tls sets these by itself.`;
  return { line, json: { event: 'certificate', caFile: authorityPath, caBundle: bundlePath, isNew } };
}

/** The variables by which programs of several languages trust the certificate. */
export const TRUST_VARIABLES: readonly string[] = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE'];

/** The same with their values; what they had before is in the bundle as well. */
export function trustEnvironment({ bundlePath }: ServerCertificate): Readonly<Record<string, string>> {
  return Object.fromEntries(TRUST_VARIABLES.map((name) => [name, bundlePath]));
}
