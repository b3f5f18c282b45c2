import { z } from 'zod';

/** What 2017-09-06 keeps of a project beside its name and times (spec imm §2.3). */
export interface LegacyProjectRecord {
  readonly type: string;
  /** Requests per second, 0–10. */
  readonly capacityUnits: number;
  readonly billingType: string;
  /** The empty string when none was named. */
  readonly serviceRole: string;
}

/** What a record has to be like that comes from elsewhere. */
export const legacyProjectSchema: z.ZodType<LegacyProjectRecord> = z.strictObject({
  type: z.string(),
  capacityUnits: z.int().min(0),
  billingType: z.string(),
  serviceRole: z.string(),
});
