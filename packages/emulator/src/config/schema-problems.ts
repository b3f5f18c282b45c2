import { describeValue } from '@mnsbus/core/internal';
import type { z } from 'zod';
import { nearest } from '../runtime/nearest-word.js';
import { knownKeys } from './config-json-schema.js';
import type { ValuePath } from './value-path.js';

/** A problem, and whether it is with the key at the path rather than with its value. */
export interface SchemaProblem {
  readonly path: ValuePath;
  readonly isOfKey: boolean;
  readonly text: string;
}

/** What is wrong with a value, in the words of this house. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], root: unknown): readonly SchemaProblem[] {
  return issues.flatMap((issue) => problemsOf(issue, [], root));
}

function problemsOf(issue: z.core.$ZodIssue, before: ValuePath, root: unknown): readonly SchemaProblem[] {
  const path = [...before, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path);
    return issue.keys.map((key) => ({ path: [...path, key], isOfKey: true, text: unknownKey(key, known) }));
  }
  if (issue.code === 'invalid_key')
    return issue.issues.map((each) => ({ path, isOfKey: true, text: expectation(each) }));
  if (issue.code === 'invalid_union') {
    // The branch that got furthest knows best; one that did not like the value as a whole knows nothing.
    const closest = issue.errors.find((branch) => branch.every((each) => !isAboutWhole(each)));
    if (closest !== undefined && closest.length > 0) return closest.flatMap((each) => problemsOf(each, path, root));
  }
  const value = valueAt(root, path);
  // A secret is not shown, not even one that is wrong; and of a map there is nothing to show.
  const isShown = !SECRETS.has(String(path.at(-1))) && !(issue.code === 'custom' && typeof value === 'object');
  const received = isShown ? `, received ${describeValue(value)}` : '';
  return [{ path, isOfKey: false, text: `${expectation(issue)}${received}` }];
}

function isAboutWhole(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

const SECRETS: ReadonlySet<string> = new Set(['accessKeySecret', 'token']);

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

function expectation(issue: z.core.$ZodIssue): string {
  // Said by the schema itself.
  if (issue.message.startsWith('expected')) return issue.message;
  if (issue.code === 'invalid_type') return `expected ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `expected ${oneOf(issue.values.map(String))}`;
  if (issue.code === 'invalid_union' && 'options' in issue)
    return `expected ${oneOf((issue.options ?? []).map(String))}`;
  if (issue.code === 'too_small') return `expected ${amount(issue.origin, 'least', issue.minimum)}`;
  if (issue.code === 'too_big') return `expected ${amount(issue.origin, 'most', issue.maximum)}`;
  return `expected something else: ${issue.message}`;
}

function amount(origin: string, bound: 'least' | 'most', value: number | bigint): string {
  if (origin === 'array') return `at ${bound} ${value} in the list`;
  if (origin === 'string') return `at ${bound} ${value} characters`;
  return bound === 'least' ? `a number from ${value}` : `a number up to ${value}`;
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near !== undefined) return `unknown key; did you mean "${near}"?`;
  return known.length === 0
    ? 'unknown key'
    : `unknown key; known here are ${known.filter((name) => !name.startsWith('$')).join(', ')}`;
}

function valueAt(root: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    root,
  );
}
