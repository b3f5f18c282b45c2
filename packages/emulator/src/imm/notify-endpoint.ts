import type { Tenant } from '../runtime/accounts.js';

/** Whose topic an event goes to, or why it cannot go anywhere. */
export type NotifyTenant =
  | { readonly ok: true; readonly tenant: Tenant }
  | { readonly ok: false; readonly reason: string };

// {accountId}.mns.{region}.aliyuncs.com, or the same with -control, -internal, -vpc or several of them after the region.
const MNS_ACCOUNT_HOST =
  /^(\d+)\.mns\.([a-z0-9]+(?:-[a-z0-9]+)*?)(?:-control)?(?:-internal)?(?:-vpc)?\.aliyuncs\.com$/i;

/**
 * Finds the owner of the topic that a `NotifyEndpoint` means (spec imm §2.2).
 *
 * An endpoint of MNS itself must name the task's own account and region. Any other text, such as
 * the address of this emulator, means the task's own tenant.
 */
export function notifyTenant(endpoint: string, taskTenant: Tenant): NotifyTenant {
  const [, accountId, region] = MNS_ACCOUNT_HOST.exec(hostOf(endpoint)) ?? [];
  if (accountId === undefined || region === undefined) return { ok: true, tenant: taskTenant };
  if (accountId === taskTenant.accountId && region.toLowerCase() === taskTenant.region) {
    return { ok: true, tenant: taskTenant };
  }
  return {
    ok: false,
    reason:
      `NotifyEndpoint names account ${accountId} in ${region.toLowerCase()}, ` +
      `but the task belongs to account ${taskTenant.accountId} in ${taskTenant.region}`,
  };
}

/** The host of a URL, with or without a scheme, whatever follows it. */
function hostOf(endpoint: string): string {
  const [host = ''] = endpoint
    .trim()
    .replace(/^https?:\/\//i, '')
    .split(/[/?#:]/, 1);
  return host;
}
