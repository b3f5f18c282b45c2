import { z } from 'zod';
import type { ImmApiVersion } from '../../config/resource-options.js';
import { jsonValue } from '../../runtime/json-value.js';
import { nearest } from '../../runtime/nearest-word.js';
import { isXmlText } from '../../runtime/xml-text.js';
import { DOCUMENTED_ACTIONS } from './documented-actions.js';
import type { LiteralReplies, LiteralReply, ScriptedRefusal } from './imm-replies.js';
import { membersProblem } from './reply-members.js';

const xmlText = (most: number): z.ZodString =>
  z.string().max(most).refine(isXmlText, { error: 'expected characters that XML can carry' });

const members = z
  .unknown()
  .superRefine((value, context) => {
    const problem = membersProblem(value);
    if (problem !== undefined) {
      context.addIssue({ code: 'custom', path: [...problem.path], message: `expected ${problem.expected}` });
    }
  })
  // Of what passes, and only then: what is given may be changed afterwards by whoever gave it.
  .transform((value): object => Object(jsonValue(value)))
  .meta({ type: 'object', description: 'A success with these members; RequestId is added when it is absent.' });

const overrides = z
  .literal(true)
  .describe('Answers in place of an action that is emulated, which then does nothing.')
  .exactOptional();

/** An error of the service's own. */
export const refusalSchema: z.ZodType<ScriptedRefusal> = z
  .strictObject({
    status: z.int().min(400).max(599).describe('Default that of a well-known code, else 400.').exactOptional(),
    code: xmlText(200).min(1).describe('For example ResourceNotFound.'),
    message: xmlText(2000).describe('Default that of a well-known code.').exactOptional(),
    retryAfterMs: z.int().min(1).describe('Sent as x-acs-retry-after. Default none.').exactOptional(),
  })
  .describe('A refusal with this error.');

/** What an action is always answered. */
export const replySchema: z.ZodType<LiteralReply> = z
  .strictObject(
    { reply: members.exactOptional(), refuse: refusalSchema.exactOptional(), overrides },
    { error: ({ code }) => (code === 'invalid_type' ? 'expected an object with reply or refuse' : undefined) },
  )
  .refine(({ reply, refuse }) => (reply === undefined) !== (refuse === undefined), {
    error: 'expected either reply or refuse',
  })
  .transform(({ reply = {}, refuse, ...rest }) => (refuse === undefined ? { reply, ...rest } : { refuse, ...rest }));

/** The exact name of an action, which is also the name of an element of XML. */
export const actionName: z.ZodString = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9]{0,99}$/, 'expected the exact name of an action, such as DetectImageFaces');

/** The replies of one version, by action. */
function versionReplies(apiVersion: ImmApiVersion): z.ZodType<Readonly<Record<string, LiteralReply>>> {
  return z
    .record(actionName, replySchema)
    .superRefine((replies, context) => {
      for (const [action, reply] of Object.entries(replies)) {
        const problem = namingProblem(apiVersion, action, reply);
        if (problem === undefined) continue;
        const path = [action, ...(problem.member === undefined ? [] : [problem.member])];
        context.addIssue({ code: 'custom', path, message: `expected ${problem.expected}` });
      }
    })
    .describe(`What actions of ${apiVersion} are answered, by their exact names.`);
}

/** What actions are answered, by API version and name. */
export const repliesSchema: z.ZodType<LiteralReplies> = z
  .strictObject({
    '2017-09-06': versionReplies('2017-09-06').exactOptional(),
    '2020-09-30': versionReplies('2020-09-30').exactOptional(),
  })
  .describe('What actions of IMM are answered that are not emulated.');

/** What is wrong with a name: where beside the name, and what was expected. */
export interface NamingProblem {
  readonly member?: 'overrides';
  readonly expected: string;
}

/**
 * Why an action cannot be answered under this name; `undefined` when it can: also one that nobody here has heard of, because
 * the service has new ones every year.
 */
export function namingProblem(
  apiVersion: ImmApiVersion,
  action: string,
  { overrides: isExplicit }: { readonly overrides?: true },
): NamingProblem | undefined {
  const documented = DOCUMENTED_ACTIONS[apiVersion];
  if (documented.has(action)) {
    const isEmulated = documented.get(action) === undefined;
    return isEmulated && isExplicit !== true ? MUST_OVERRIDE : undefined;
  }
  const meant = nearest(action, [...documented.keys()]);
  if (meant?.toLowerCase() !== action.toLowerCase()) return undefined;
  return { expected: `${meant}, in just this spelling` };
}

const MUST_OVERRIDE: NamingProblem = {
  member: 'overrides',
  expected: 'true, because this action is emulated, and does nothing when it is answered so',
};
