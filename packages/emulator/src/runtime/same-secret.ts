import { timingSafeEqual } from 'node:crypto';

/**
 * Whether a text that somebody sent is a secret: a token or a signature. How long it takes tells nothing about where the
 * two differ; that their lengths do is told, and those are no secret.
 */
export function isSameSecret(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
