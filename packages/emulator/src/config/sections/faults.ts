import { z } from 'zod';
import type { Fault } from '../../faults/fault.js';
import { faultSchema } from '../../faults/fault-schema.js';

/** What goes wrong from the beginning. */
export const faults: z.ZodType<readonly Fault[]> = z
  .array(faultSchema)
  .superRefine((list, context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of list.entries()) {
      if (name !== undefined && seen.has(name)) {
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'expected each name once' });
      }
      if (name !== undefined) seen.add(name);
    }
  })
  .describe('What goes wrong on purpose: requests, messages, deliveries and tasks. More can be added while it runs.');
