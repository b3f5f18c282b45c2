import { invalidArgument } from '@mnsbus/core/internal';
import type { z } from 'zod';
import { IMM_API_VERSIONS, type ImmApiVersion } from '../../config/resource-options.js';
import type { DecideAnswer, ImmReplies, LiteralReply, ScriptedAnswer } from './imm-replies.js';
import { actionName, namingProblem, replySchema } from './reply-schema.js';

/** What an action is answered, checked. */
export type ReadReply = LiteralReply | { readonly decide: DecideAnswer; readonly overrides?: true };

/** Where the reply of an action stands among the options. */
export function replyPath(apiVersion: string, action: string): string {
  return `imm.replies.${apiVersion}.${action}`;
}

/** Everything that the options say, by version and action. Throws `INVALID_ARGUMENT`, naming the place. */
export function* readReplies(replies: ImmReplies): IterableIterator<readonly [ImmApiVersion, string, ReadReply]> {
  if (!isMap(replies)) throw invalidArgument('imm.replies', 'replies by API version', replies);
  for (const [version, given] of Object.entries(replies)) {
    const apiVersion = readVersion(version);
    if (given === undefined) continue;
    if (!isMap(given)) throw invalidArgument(`imm.replies.${version}`, 'replies by action', given);
    for (const [action, reply] of Object.entries(given)) {
      if (reply !== undefined) yield [apiVersion, action, readReply(apiVersion, action, reply)];
    }
  }
}

/** A version of IMM. Throws `INVALID_ARGUMENT`. */
export function readVersion(version: string): ImmApiVersion {
  const known = IMM_API_VERSIONS.find((one) => one === version);
  if (known === undefined) throw invalidArgument('imm.replies', `one of ${IMM_API_VERSIONS.join(', ')}`, version);
  return known;
}

/** A function or a literal. Throws `INVALID_ARGUMENT`, naming the place; also for a name that cannot be meant. */
export function readReply(apiVersion: ImmApiVersion, action: string, given: unknown): ReadReply {
  const path = replyPath(apiVersion, action);
  const name = actionName.safeParse(action);
  if (!name.success) throw refusal(path, name.error, action);
  const reply = decideIn(path, given) ?? readLiteral(path, given);
  const problem = namingProblem(apiVersion, action, reply);
  if (problem === undefined) return reply;
  if (problem.member === undefined) throw invalidArgument(path, problem.expected, action);
  throw invalidArgument(`${path}.${problem.member}`, problem.expected, undefined);
}

/** What a function has answered. Throws `INVALID_ARGUMENT` for what is no answer. */
export function readAnswer(path: string, answer: unknown): ScriptedAnswer {
  if (isObject(answer) && 'then' in answer) {
    // Nobody waits for it, so its failure must not end the process.
    Promise.resolve(answer).catch(() => {});
    throw invalidArgument(path, 'an answer at once, and no promise (the fault delay makes slow ones)', answer);
  }
  if (isObject(answer) && 'overrides' in answer) throw invalidArgument(`${path}.overrides`, 'nothing here', true);
  return readLiteral(path, answer);
}

function decideIn(path: string, given: unknown): ReadReply | undefined {
  if (typeof given === 'function') return { decide: asDecide(given) };
  if (!isObject(given) || !('decide' in given)) return undefined;
  const { decide, overrides, ...others } = given;
  if (typeof decide !== 'function') throw invalidArgument(`${path}.decide`, 'a function', decide);
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalidArgument(`${path}.${other}`, 'nothing beside decide', others[other]);
  if (overrides !== undefined && overrides !== true) throw invalidArgument(`${path}.overrides`, 'true', overrides);
  return { decide: asDecide(decide), ...(overrides === undefined ? {} : { overrides }) };
}

// What a function gives is checked at each call.
function asDecide(given: Function): DecideAnswer {
  return (call): ScriptedAnswer | undefined => Reflect.apply(given, undefined, [call]);
}

function readLiteral(path: string, given: unknown): LiteralReply {
  const result = replySchema.safeParse(given);
  if (result.success) return result.data;
  throw refusal(path, result.error, given);
}

function refusal(path: string, { issues: [issue] }: z.ZodError, given: unknown): Error {
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const steps = [...(issue?.path ?? []), ...keys].map(String);
  const value = steps.reduce<unknown>((inner, step) => (isObject(inner) ? inner[step] : undefined), given);
  const message = issue?.message ?? '';
  // The library says "Invalid input: expected string, received number", or "Too small: expected …".
  const expected = /expected (.*?)(?:, received .*)?$/s.exec(message)?.[1] ?? message;
  return invalidArgument([path, ...steps].join('.'), keys.length > 0 ? 'no such member' : expected, value);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !Array.isArray(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
