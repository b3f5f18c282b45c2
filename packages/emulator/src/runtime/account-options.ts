import { invalidArgument } from '@mnsbus/core/internal';
import type { AccessKey } from './accounts.js';

/** A key pair, as options write it. */
export interface AccessKeyOptions {
  /** Any text without blanks and colons; unique in the emulator. */
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Whether the key is switched off: what it signs is refused. Default `false`. */
  readonly inactive?: boolean;
}

/** One account and the keys that may sign for it. */
export interface AccountOptions {
  /** Digits. */
  readonly accountId: string;
  /** At least one. */
  readonly accessKeys: readonly AccessKeyOptions[];
}

/** What a region is called: the same wherever one is named, so that what is in a region can be looked at by its name. */
export const REGION: RegExp = /^[a-z0-9-]{1,64}$/;

/** Checks an account id. Throws `INVALID_ARGUMENT` unless it is 1 to 32 digits. */
export function readAccountId(name: string, value: string): string {
  if (typeof value !== 'string' || !/^\d{1,32}$/.test(value)) throw invalidArgument(name, 'digits', value);
  return value;
}

/** Checks a key pair; `name` is what stands before its members in an error. Throws `INVALID_ARGUMENT`. */
export function readAccessKey(name: string, accountId: string, options: AccessKeyOptions): AccessKey {
  const { accessKeyId, accessKeySecret, inactive = false } = options;
  if (typeof accessKeyId !== 'string' || !/^[^\s:]+$/.test(accessKeyId)) {
    throw invalidArgument(`${name}accessKeyId`, 'a text without blanks and colons', accessKeyId);
  }
  // The value is a secret, so an error does not show it.
  if (typeof accessKeySecret !== 'string' || accessKeySecret === '') {
    throw invalidArgument(`${name}accessKeySecret`, 'a text', undefined);
  }
  if (typeof inactive !== 'boolean') throw invalidArgument(`${name}inactive`, 'true or false', inactive);
  return { accountId, accessKeyId, accessKeySecret, ...(inactive ? { isInactive: true } : {}) };
}

/**
 * The keys of several accounts, after those that are there already.
 *
 * Throws `INVALID_ARGUMENT` for a malformed account or key, an account without keys, and a key id that comes twice.
 */
export function readAccounts(accounts: readonly AccountOptions[], first: readonly AccessKey[]): readonly AccessKey[] {
  if (!Array.isArray(accounts)) throw invalidArgument('accounts', 'a list of accounts', accounts);
  const keys = [...first, ...accounts.flatMap((account, index) => readAccount(`accounts[${index}]`, account))];
  const seen = new Set<string>();
  for (const { accessKeyId } of keys) {
    if (seen.has(accessKeyId)) throw invalidArgument('accounts', 'each accessKeyId once', accessKeyId);
    seen.add(accessKeyId);
  }
  return keys;
}

function readAccount(name: string, account: AccountOptions): readonly AccessKey[] {
  checkObject(name, 'an account', account);
  const accountId = readAccountId(`${name}.accountId`, account.accountId);
  const { accessKeys } = account;
  if (!Array.isArray(accessKeys) || accessKeys.length === 0) {
    throw invalidArgument(`${name}.accessKeys`, 'at least one key', accessKeys);
  }
  return accessKeys.map((key: AccessKeyOptions, index) =>
    readAccessKey(
      `${name}.accessKeys[${index}].`,
      accountId,
      checkObject(`${name}.accessKeys[${index}]`, 'a key', key),
    ),
  );
}

function checkObject<T>(name: string, expected: string, value: T): T {
  if (typeof value !== 'object' || value === null) throw invalidArgument(name, expected, value);
  return value;
}
