import { invalidArgument } from '@mnsbus/core/internal';

/** Where the service keeps the certificate of its pushes (spec mns §5.5). */
export const SERVICE_CERTIFICATES = 'https://mnstest.oss-cn-hangzhou.aliyuncs.com/';

/** The certificate that the service's pushes name (spec mns §5.5). */
export const SERVICE_CERTIFICATE: string = `${SERVICE_CERTIFICATES}x509_public_certificate.pem`;

/**
 * Checks which certificates may be fetched: those under these prefixes.
 *
 * Throws `INVALID_ARGUMENT` unless each is a normalised https URL that ends with a slash; http is for this machine only.
 */
export function checkPrefixes(prefixes: readonly string[]): readonly string[] {
  for (const prefix of prefixes) {
    if (!isNormal(prefix) || !prefix.endsWith('/')) {
      throw invalidArgument(
        'certificatePrefixes',
        'https URLs as a browser writes them, with a slash at the end (http for 127.0.0.1, [::1] and localhost only)',
        prefix,
      );
    }
  }
  return prefixes;
}

/** Checks the URLs of certificates that are expected. Throws `INVALID_ARGUMENT` like {@link checkPrefixes}, but for the slash. */
export function checkCertificateUrls(urls: readonly string[]): readonly string[] {
  for (const text of urls) {
    if (isNormal(text)) continue;
    throw invalidArgument('certificate.urls', 'https URLs as a browser writes them (http for this machine only)', text);
  }
  return urls;
}

/** What may follow a prefix: with a query or with escapes, one certificate could be asked for under any number of names. */
const PLAIN_PATH = /^[\w.~/-]+$/;

/** Whether a URL lies under one of the prefixes. Only the one normal spelling of a plain path does: everything else is a trick. */
export function isUnderPrefix(text: string, prefixes: readonly string[]): boolean {
  return (
    isNormal(text) && prefixes.some((prefix) => text.startsWith(prefix) && PLAIN_PATH.test(text.slice(prefix.length)))
  );
}

function isNormal(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.href === text && isSafe(url);
}

function isSafe({ protocol, hostname, username, password, hash }: URL): boolean {
  const isHere = hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost';
  const isSecure = protocol === 'https:' || (protocol === 'http:' && isHere);
  return isSecure && username === '' && password === '' && hash === '';
}
