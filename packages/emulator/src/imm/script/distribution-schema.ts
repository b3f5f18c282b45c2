import { z } from 'zod';
import type { Milliseconds } from './distribution.js';

/** Milliseconds from 0. */
export const from0: z.ZodNumber = z.number('expected milliseconds from 0').min(0, 'expected milliseconds from 0');
const inOrder = (low: number, high: number): boolean => low <= high;

const distribution = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('fixed'), ms: from0 }),
    z
      .strictObject({ kind: z.literal('uniform'), leastMs: from0, mostMs: from0 })
      .refine(({ leastMs, mostMs }) => inOrder(leastMs, mostMs), {
        path: ['mostMs'],
        error: 'expected leastMs or more',
      }),
    z
      .strictObject({ kind: z.literal('exponential'), meanMs: from0, mostMs: from0 })
      .refine(({ meanMs, mostMs }) => inOrder(meanMs, mostMs), { path: ['mostMs'], error: 'expected meanMs or more' }),
    z
      .strictObject({ kind: z.literal('lognormal'), medianMs: from0, sigma: z.number().min(0), mostMs: from0 })
      .refine(({ medianMs, mostMs }) => inOrder(medianMs, mostMs), {
        path: ['mostMs'],
        error: 'expected medianMs or more',
      }),
    z.strictObject({ kind: z.literal('list'), valuesMs: z.array(from0).min(1) }),
  ],
  'expected kind fixed, uniform, exponential, lognormal or list',
);

/** Milliseconds, or how chance decides them, as plain JSON. */
export const millisecondsSchema: z.ZodType<Milliseconds> = z
  .union([from0, distribution], 'expected milliseconds from 0, or a distribution with its kind')
  .meta({ id: 'Milliseconds' });
