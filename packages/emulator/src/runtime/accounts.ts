/** Who owns a resource, and where it lives: names are unique within a tenant. */
export interface Tenant {
  /** The numeric id of an Alibaba Cloud account. */
  readonly accountId: string;
  /** For example `cn-beijing`. */
  readonly region: string;
}

/** A key pair that may sign requests for one account. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly accountId: string;
}

/** The accounts that the emulator knows, and the tenant of requests whose host names none. */
export class Accounts {
  readonly defaultTenant: Tenant;
  readonly #keys: ReadonlyMap<string, AccessKey>;

  constructor(defaultTenant: Tenant, keys: readonly AccessKey[]) {
    this.defaultTenant = defaultTenant;
    this.#keys = new Map(keys.map((key) => [key.accessKeyId, key]));
  }

  /** The key with this id; `undefined` when nobody owns it. */
  findKey(accessKeyId: string): AccessKey | undefined {
    return this.#keys.get(accessKeyId);
  }
}
