import { z } from 'zod';
import { REGION } from './account-options.js';
import type { Tenant } from './accounts.js';
import { sortedRecord } from './sorted-record.js';

/** Something of each tenant, by account and then by region. */
export type TenantRecords<R> = Readonly<Record<string, Readonly<Record<string, R>>>>;

/** Records in one order, whatever that of the tenants; those that say nothing are left out. */
export function tenantRecords<R extends object>(entries: Iterable<readonly [Tenant, R]>): TenantRecords<R> {
  const accounts = new Map<string, Map<string, R>>();
  for (const [{ accountId, region }, record] of entries) {
    if (Object.keys(record).length === 0) continue;
    const regions = accounts.get(accountId) ?? new Map<string, R>();
    accounts.set(accountId, regions.set(region, record));
  }
  return sortedRecord(Array.from(accounts, ([accountId, regions]) => [accountId, sortedRecord(regions)] as const));
}

/** Each tenant that has a record. */
export function* eachTenant<R>(records: TenantRecords<R>): IterableIterator<readonly [Tenant, R]> {
  for (const [accountId, regions] of Object.entries(records)) {
    for (const [region, record] of Object.entries(regions)) yield [{ accountId, region }, record];
  }
}

/** What records of tenants have to be like, given what one has to be like. */
export function tenantRecordsSchema<R>(record: z.ZodType<R>): z.ZodType<TenantRecords<R>> {
  return z.record(
    z.string().regex(/^\d{1,32}$/, 'expected an account id'),
    z.record(z.string().regex(REGION, 'expected a region'), record),
  );
}
