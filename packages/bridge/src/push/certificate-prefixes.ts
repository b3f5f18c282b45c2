import { invalidArgument } from '@mnsbus/core/internal';

/** Where the service keeps the certificate of its pushes (spec mns §5.5). */
export const SERVICE_CERTIFICATES = 'https://mnstest.oss-cn-hangzhou.aliyuncs.com/';

/**
 * Checks which certificates may be fetched: those under these prefixes.
 *
 * Throws `INVALID_ARGUMENT` unless each is a normalised https URL that ends with a slash; http is for this machine only.
 */
export function checkPrefixes(prefixes: readonly string[]): readonly string[] {
  for (const prefix of prefixes) {
    const url = URL.canParse(prefix) ? new URL(prefix) : undefined;
    if (url?.href !== prefix || !prefix.endsWith('/') || !isSafe(url)) {
      throw invalidArgument(
        'certificatePrefixes',
        'https URLs as a browser writes them, with a slash at the end (http for 127.0.0.1, [::1] and localhost only)',
        prefix,
      );
    }
  }
  return prefixes;
}

/** Whether a URL lies under one of the prefixes. Only the one normal spelling of a URL does: everything else is a trick. */
export function isUnderPrefix(text: string, prefixes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.href === text && isSafe(url) && prefixes.some((prefix) => text.startsWith(prefix));
}

function isSafe({ protocol, hostname, username, password, hash }: URL): boolean {
  const isHere = hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost';
  const isSecure = protocol === 'https:' || (protocol === 'http:' && isHere);
  return isSecure && username === '' && password === '' && hash === '';
}
