import type { WireRequest } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import type { Tenant } from '../../runtime/accounts.js';

/** Whom a request is for, and how URLs in the reply begin. */
export interface Endpoint {
  readonly tenant: Tenant;
  /** Host and, if the client names one, port; without a scheme. */
  readonly host: string;
}

const TENANT_HOST = /^(\d+)\.mns\.([a-z0-9-]+?)(?:-internal)?(?:-vpc)?\.aliyuncs\.com(?::\d+)?$/i;

/** The endpoint that a request was sent to: the tenant in its Host header, else the default one (spec mns §1.1). */
export function endpointOf(request: WireRequest, defaultTenant: Tenant): Endpoint {
  const host = headerOf(request, 'host') ?? '';
  const [, accountId, region] = TENANT_HOST.exec(host) ?? [];
  const tenant =
    accountId === undefined || region === undefined ? defaultTenant : { accountId, region: region.toLowerCase() };
  // What is no host name must not find its way into headers and XML.
  return { tenant, host: /^[\w.:[\]-]{1,255}$/.test(host) ? host : officialHost(tenant) };
}

/** The URL of an endpoint; the emulator itself speaks plain HTTP. */
export function endpointUrl({ host }: Endpoint): string {
  return `http://${host}`;
}

function officialHost({ accountId, region }: Tenant): string {
  return `${accountId}.mns.${region}.aliyuncs.com`;
}
