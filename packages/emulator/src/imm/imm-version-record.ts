import { z } from 'zod';
import { tenantRecordsSchema, type TenantRecords } from '../runtime/tenant-records.js';
import type { ImmModelRecord } from './model/imm-state.js';
import { immModelSchema } from './model/imm-state-schema.js';
import type { TaskDrawsRecord } from './task-draws.js';

/** One API version in every tenant, as data. What was never touched is left out. */
export interface ImmVersionRecord {
  readonly draws?: TaskDrawsRecord;
  readonly rehearsalDraws?: TaskDrawsRecord;
  readonly tenants?: TenantRecords<ImmModelRecord>;
}

const draws: z.ZodType<TaskDrawsRecord> = z.strictObject({ lastMs: z.number(), sameMs: z.int().min(1) });

/** What a record of a version has to be like that keeps `projectRecord` of a project. */
export function immVersionSchema(projectRecord: z.ZodType): z.ZodType<ImmVersionRecord> {
  return z.strictObject({
    draws: draws.exactOptional(),
    rehearsalDraws: draws.exactOptional(),
    tenants: tenantRecordsSchema(immModelSchema(projectRecord)).exactOptional(),
  });
}
