import type { NoteChange } from './note-change.js';
import { isSameSecret } from './same-secret.js';
import { sortedRecord } from './sorted-record.js';

/** Who owns a resource, and where it lives: names are unique within a tenant. */
export interface Tenant {
  /** The numeric id of an Alibaba Cloud account. */
  readonly accountId: string;
  /** For example `cn-beijing`. */
  readonly region: string;
}

/** What makes a key pair a temporary one. */
export interface Session {
  /** Has to come with every request that the key signs. */
  readonly securityToken: string;
  /** When the key stops working, in milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** A key pair that may sign requests for one account. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly accountId: string;
  /** Whether the key has been switched off. Absent: it works. */
  readonly isInactive?: boolean;
  /** Absent for a key that is good for ever. */
  readonly session?: Session;
}

/** A temporary key as data, by its id elsewhere. */
export interface TemporaryKeyRecord extends Session {
  readonly accountId: string;
  readonly accessKeySecret: string;
}

/** What is wrong with the security token of a request: it lacks, is not that of the key, or its time is over. */
export type TokenFault = 'missing' | 'mismatch' | 'expired';

/** The accounts that the emulator knows, and the tenant of requests whose host names none. */
export class Accounts {
  readonly defaultTenant: Tenant;
  readonly #keys: Map<string, AccessKey>;
  readonly #accountIds: ReadonlySet<string>;
  readonly #note: NoteChange | undefined;

  /** `note` is told of temporary keys. */
  constructor(defaultTenant: Tenant, keys: readonly AccessKey[], note?: NoteChange) {
    this.#note = note;
    this.defaultTenant = defaultTenant;
    this.#keys = new Map(keys.map((key) => [key.accessKeyId, key]));
    this.#accountIds = new Set(keys.map(({ accountId }) => accountId));
  }

  /** The key with this id, temporary ones and those that have expired included; `undefined` when nobody owns it. */
  findKey(accessKeyId: string): AccessKey | undefined {
    return this.#keys.get(accessKeyId);
  }

  /** How the journal names a tenant; `undefined` for the default one, which needs no name. */
  tenantLabel({ accountId, region }: Tenant): string | undefined {
    const isDefault = accountId === this.defaultTenant.accountId && region === this.defaultTenant.region;
    return isDefault ? undefined : `${accountId}/${region}`;
  }

  /** The temporary keys, those that have expired included, as data by their ids. */
  temporaryKeys(): Readonly<Record<string, TemporaryKeyRecord>> {
    const keys = [...this.#keys.values()].flatMap((key) => {
      const record = temporaryKeyRecord(key);
      return record === undefined ? [] : [[key.accessKeyId, record] as const];
    });
    return sortedRecord(keys);
  }

  /** Lets these temporary keys take the place of those that there are. */
  restoreTemporaryKeys(records: Readonly<Record<string, TemporaryKeyRecord>>): void {
    for (const { accessKeyId, session } of this.#keys.values())
      if (session !== undefined) this.#keys.delete(accessKeyId);
    for (const [accessKeyId, { accountId, accessKeySecret, ...session }] of Object.entries(records)) {
      this.#keys.set(accessKeyId, { accountId, accessKeyId, accessKeySecret, session });
    }
  }

  /** Whether this account has had keys from the beginning. */
  hasAccount(accountId: string): boolean {
    return this.#accountIds.has(accountId);
  }

  /** The accounts that have had keys from the beginning. */
  ids(): readonly string[] {
    return [...this.#accountIds];
  }

  /** Lets one more key of such an account sign requests. */
  addKey(key: AccessKey): void {
    const { accessKeyId } = key;
    this.#keys.set(accessKeyId, key);
    this.#note?.([accessKeyId], () => temporaryKeyRecord(this.#keys.get(accessKeyId)));
  }
}

function temporaryKeyRecord(key: AccessKey | undefined): TemporaryKeyRecord | undefined {
  if (key?.session === undefined) return undefined;
  const { accountId, accessKeySecret, session } = key;
  return { accountId, accessKeySecret, securityToken: session.securityToken, expiresAtMs: session.expiresAtMs };
}

/** What is wrong with the token (`undefined`: none) that came with a key; `undefined` when nothing is. */
export function tokenFault(
  { session }: AccessKey,
  securityToken: string | undefined,
  nowMs: number,
): TokenFault | undefined {
  if (session === undefined) return securityToken === undefined ? undefined : 'mismatch';
  if (securityToken === undefined) return 'missing';
  if (!isSameSecret(securityToken, session.securityToken)) return 'mismatch';
  return nowMs < session.expiresAtMs ? undefined : 'expired';
}
