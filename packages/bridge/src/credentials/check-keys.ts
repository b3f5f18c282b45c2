import { invalidArgument } from '@mnsbus/core/internal';
import type { AccessKeys, ProvidedKeys } from './credentials.js';

/** What travels in a header has to be printable ASCII: a line feed at the end of a file with keys is not. */
const PRINTABLE = /^[\x21-\x7e]*$/;

/** The keys, and nothing else. Throws `INVALID_ARGUMENT` for what is none; no message shows a value that may be a secret. */
export function checkKeys(name: string, { accessKeyId, accessKeySecret, securityToken }: AccessKeys): AccessKeys {
  for (const [member, value] of Object.entries({ accessKeyId, accessKeySecret })) {
    if (typeof value !== 'string' || value === '') throw invalidArgument(`${name}.${member}`, 'a text', undefined);
  }
  for (const [member, value] of Object.entries({ accessKeyId, securityToken })) {
    if (typeof value === 'string' && !PRINTABLE.test(value))
      throw invalidArgument(`${name}.${member}`, 'printable ASCII without blanks or line ends', undefined);
  }
  if (securityToken === undefined) return { accessKeyId, accessKeySecret };
  if (typeof securityToken !== 'string') throw invalidArgument(`${name}.securityToken`, 'a text', undefined);
  return { accessKeyId, accessKeySecret, securityToken };
}

/** The keys of a provider, and when they run out. Throws `INVALID_ARGUMENT`, for keys of the past too. */
export function checkProvided(provided: ProvidedKeys, nowMs: number): ProvidedKeys {
  const name = 'credentials()';
  if (typeof provided !== 'object' || provided === null) throw invalidArgument(name, 'an object with keys', undefined);
  const keys = checkKeys(name, provided);
  const { expiresAt } = provided;
  if (expiresAt === undefined) return keys;
  if (!(expiresAt instanceof Date)) throw invalidArgument(`${name}.expiresAt`, 'a Date', expiresAt);
  if (!(expiresAt.getTime() > nowMs)) throw invalidArgument(`${name}.expiresAt`, 'a time to come', expiresAt.toJSON());
  return { ...keys, expiresAt: new Date(expiresAt) };
}

/** Whether both sign alike. */
export function areEqualKeys(a: AccessKeys, b: AccessKeys): boolean {
  return (
    a.accessKeyId === b.accessKeyId && a.accessKeySecret === b.accessKeySecret && a.securityToken === b.securityToken
  );
}
