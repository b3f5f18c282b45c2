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

/** What is wrong with the security token of a request: it lacks, is not that of the key, or its time is over. */
export type TokenFault = 'missing' | 'mismatch' | 'expired';

/** The accounts that the emulator knows, and the tenant of requests whose host names none. */
export class Accounts {
  readonly defaultTenant: Tenant;
  readonly #keys: Map<string, AccessKey>;
  readonly #accountIds: ReadonlySet<string>;

  constructor(defaultTenant: Tenant, keys: readonly AccessKey[]) {
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
    this.#keys.set(key.accessKeyId, key);
  }
}

/** What is wrong with the token (`undefined`: none) that came with a key; `undefined` when nothing is. */
export function tokenFault(
  { session }: AccessKey,
  securityToken: string | undefined,
  nowMs: number,
): TokenFault | undefined {
  if (session === undefined) return securityToken === undefined ? undefined : 'mismatch';
  if (securityToken === undefined) return 'missing';
  if (securityToken !== session.securityToken) return 'mismatch';
  return nowMs < session.expiresAtMs ? undefined : 'expired';
}
