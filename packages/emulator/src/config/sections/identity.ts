import { z } from 'zod';
import { REGION, type AccountOptions } from '../../runtime/account-options.js';

/** An account id. In quotes: as numbers, long ids would lose their last digits. */
export const accountId: z.ZodType<string> = z
  .string('expected digits in quotes, such as "1000000000000001"')
  .regex(/^\d{1,32}$/, 'expected 1 to 32 digits');

/** A region. */
export const region: z.ZodType<string> = z
  .string()
  .regex(REGION, 'expected a region such as cn-beijing')
  .describe('The region of requests whose host names none. Default cn-beijing.');

/** The seed. */
export const seed: z.ZodType<string | number> = z
  .union([z.string(), z.number()], 'expected a text or a number')
  .describe('Replays ids, durations, lags and disturbances. Default a fresh one at each start.');

const accessKey = z.strictObject({
  accessKeyId: z.string().regex(/^[^\s:]+$/, 'expected a text without blanks and colons'),
  accessKeySecret: z.string('expected a text, in quotes if it looks like a number').min(1),
  inactive: z.boolean().exactOptional().describe('Whether the key is switched off. Default false.'),
});

/** Accounts and their keys. */
export const accounts: z.ZodType<readonly AccountOptions[]> = z
  .array(z.strictObject({ accountId, accessKeys: z.array(accessKey).min(1) }))
  .min(1)
  .superRefine((list, context) => {
    if (list[0]?.accessKeys.every(({ inactive }) => inactive === true) === true) {
      const message = 'expected a key of the first account that is not switched off';
      context.addIssue({ code: 'custom', path: [0, 'accessKeys'], message });
    }
    const seen = new Set<string>();
    for (const [index, { accessKeys }] of list.entries()) {
      for (const [keyIndex, { accessKeyId }] of accessKeys.entries()) {
        if (seen.has(accessKeyId)) {
          const path = [index, 'accessKeys', keyIndex, 'accessKeyId'];
          context.addIssue({ code: 'custom', path, message: 'expected each accessKeyId once' });
        }
        seen.add(accessKeyId);
      }
    }
  })
  .describe('Accounts and their keys. The first account is that of requests whose host names none.');
