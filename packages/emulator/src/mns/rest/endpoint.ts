import type { WireRequest } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import type { Tenant } from '../../runtime/accounts.js';

/** How the emulator is spoken to. */
export type Scheme = 'http' | 'https';

/** Whom a request is for, and how URLs in the reply begin. */
export interface Endpoint {
  readonly tenant: Tenant;
  readonly scheme: Scheme;
  /** Host and, if the client names one, port; without a scheme. */
  readonly host: string;
}

const TENANT_HOST =
  /^(\d{1,32})\.mns\.([a-z0-9-]{1,64}?)(?:-control)?(?:-internal)?(?:-vpc)?\.aliyuncs\.com(?::\d+)?$/i;

/** The endpoint that a request was sent to: the tenant in its Host header, else the default one (spec mns §1.1). */
export function endpointOf(request: WireRequest, defaultTenant: Tenant, scheme: Scheme = 'http'): Endpoint {
  const host = headerOf(request, 'host') ?? '';
  const [, accountId, region] = TENANT_HOST.exec(host) ?? [];
  const tenant =
    accountId === undefined || region === undefined ? defaultTenant : { accountId, region: region.toLowerCase() };
  // What is no host name must not find its way into headers and XML.
  return { tenant, scheme, host: /^[\w.:[\]-]{1,255}$/.test(host) ? host : officialHost(tenant) };
}

/** The URL of an endpoint: of the request's scheme and host (spec mns §2.1). */
export function endpointUrl({ scheme, host }: Endpoint): string {
  return `${scheme}://${host}`;
}

function officialHost({ accountId, region }: Tenant): string {
  return `${accountId}.mns.${region}.aliyuncs.com`;
}
