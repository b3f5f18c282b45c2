import type { AdminAccessOptions } from '../admin/access.js';
import type { AdminConfig } from '../config/sections/process.js';
import { isLocalHost } from '../tls/local-hosts.js';
import { defined } from '../runtime/defined.js';

/** What flags say of the admin API. */
export interface AdminFlags {
  /** `false`: none at all. */
  readonly admin?: boolean;
  readonly adminToken?: string;
}

/** Who may operate an emulator, and why nobody may. */
export interface ServedAdmin {
  readonly access: AdminAccessOptions | false;
  /** Why there is no admin API although nobody has switched it off. */
  readonly isOffFor?: string;
}

/**
 * Who may operate an emulator that listens at `host`. Where other machines can connect, nobody may without a token: a
 * proxy on this machine would let them in.
 */
export function servedAdmin(
  flags: AdminFlags,
  config: AdminConfig | undefined,
  host: string = '127.0.0.1',
): ServedAdmin {
  if (flags.admin === false || config?.enabled === false) return { access: false };
  const token = flags.adminToken ?? config?.token;
  if (token === undefined && !isLocalHost(host)) {
    return { access: false, isOffFor: `at ${host}, where other machines can connect, it needs --admin-token` };
  }
  return { access: defined({ token, hosts: config?.hosts }) };
}
