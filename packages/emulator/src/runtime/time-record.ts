import { z } from 'zod';
import type { TimeRecord } from './time-line.js';

/** The instants that clocks can tell, in milliseconds: no farther from 1970 than the year 9999. */
const instant = z.number().min(-253_402_300_799_999).max(253_402_300_799_999);

/** What a time line as data has to be like. */
export const timeSchema: z.ZodType<TimeRecord> = z.strictObject({
  steps: z
    .array(z.tuple([instant, instant]).readonly())
    .min(1)
    .readonly()
    .exactOptional(),
  lastMs: instant.exactOptional(),
});
