import { readJson } from '@mnsbus/core/internal';
import { z } from 'zod';
import { MAX_VALUE_DEPTH } from '../../../../runtime/json-value.js';
import { recordOf } from '../../../../runtime/state-schema.js';
import { ossAddressProblem, type OssAddressKind } from '../../oss-address.js';
import { isXmlText } from '../../../../runtime/xml-text.js';

/** Marks the issue of a parameter that should be JSON and is none; an error has a code of its own for it. */
export const NO_JSON = 'no JSON';

/** A text; one that XML cannot carry is refused, because no XML reply could give it back. */
export function text(least: number = 1, most: number = Number.POSITIVE_INFINITY): z.ZodType<string, string> {
  return z
    .string()
    .refine((value) => isXmlText(value), 'it has characters that XML cannot carry')
    .refine((value) => value.length >= least && value.length <= most, `expected ${least} to ${most} characters`);
}

/** A text in a documented form. */
export function matching(pattern: RegExp, expected: string): z.ZodType<string, string> {
  return text().refine((value) => pattern.test(value), `expected ${expected}`);
}

/** One of the documented words. */
export function word<const W extends string>(...words: readonly W[]): z.ZodType<W, string> {
  return z.string().pipe(z.enum(words, `expected one of ${words.join(', ')}`));
}

/** A whole number in decimal; `or` is a value outside the range with a meaning of its own. */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER, or?: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^-?\d{1,18}$/, 'expected a whole number')
    .transform((digits) => Number(digits) + 0)
    .refine((value) => value === or || (value >= least && value <= most), `expected ${least} to ${most}`);
}

/** `true` or `false` in any case. */
export const flag: z.ZodType<boolean, string> = z
  .string()
  .regex(/^(?:true|false)$/i, 'expected true or false')
  .transform((value) => value.toLowerCase() === 'true');

/** JSON text of a documented shape (spec imm §1.6); what is too deep counts as none. */
export function json<T>(schema: z.ZodType<T>): z.ZodType<T, string> {
  return text()
    .transform((value, context): unknown => {
      const reading = readJson(value, { maxDepth: MAX_VALUE_DEPTH });
      if (reading.refusal === undefined) return reading.value;
      context.addIssue({ code: 'custom', message: NO_JSON });
      return z.NEVER;
    })
    .pipe(schema);
}

/** An address of an OSS object. */
export const ossUri: z.ZodType<string, string> = ossAddress('object');

/** An address of an OSS object, or of all that begin with it. */
export const ossPrefix: z.ZodType<string, string> = ossAddress('prefix', '{bucket}');

function ossAddress(kind: OssAddressKind, placeholder?: string): z.ZodType<string, string> {
  return text().superRefine((value, context) => {
    const message = ossAddressProblem(value, kind, placeholder);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

/** A JSON object of which nothing more is known. */
export const anyObject: z.ZodType<Readonly<Record<string, unknown>>> = recordOf(z.unknown());

/** The name of a project (spec imm §4.2). */
export const projectName: z.ZodType<string, string> = matching(
  /^[A-Za-z_][\w-]{0,127}$/,
  '1 to 128 letters, digits, hyphens and underscores, first a letter or an underscore',
);

/** The name of a dataset, by the rule for projects. */
export const datasetName: z.ZodType<string, string> = projectName;
