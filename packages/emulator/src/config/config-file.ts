import { readFile } from 'node:fs/promises';
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { configSchema, type EmulatorConfig } from './config-schema.js';
import { schemaProblems, type SchemaProblem } from './schema-problems.js';
import type { ValuePath } from './value-path.js';

/** A config file that was read and checked. */
export interface ConfigFile {
  readonly config: EmulatorConfig;
  /** The error for a value that only proves wrong in use, with the place where it stands. */
  readonly errorAt: (path: ValuePath, text: string) => ConfigError;
}

/** Reads a config file, YAML or JSON. Rejects with `CONFIG_INVALID`. */
export async function readConfigFile(fileName: string): Promise<ConfigFile> {
  let text: string;
  try {
    text = await readFile(fileName, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(fileName, [{ path: [], text: `cannot be read: ${reason}` }], cause);
  }
  return parseConfig(text, fileName);
}

/** Reads the text of a config file; JSON is YAML, too. Throws `CONFIG_INVALID` with everything that is wrong. */
export function parseConfig(text: string, fileName: string): ConfigFile {
  const lines = new LineCounter();
  const document = documentOf(text, lines, fileName);
  const place = (offset: number): Pick<ConfigProblem, 'line' | 'column'> => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    throw new ConfigError(
      fileName,
      faults.map(({ message, pos }) => ({ path: [], text: message, ...place(pos[0]) })),
    );
  }
  const value = valueOf(document, fileName) ?? {};
  const result = configSchema.safeParse(value);
  const located = ({ path, isOfKey, text: problem }: SchemaProblem): ConfigProblem => ({
    path,
    text: problem,
    ...place(offsetOf(document, path, isOfKey)),
  });
  if (!result.success) {
    const problems = schemaProblems(result.error.issues, value).map(located);
    throw new ConfigError(fileName, problems.toSorted(byPlace));
  }
  return {
    config: result.data,
    errorAt: (path, problem) => new ConfigError(fileName, [located({ path, isOfKey: false, text: problem })]),
  };
}

/** More than any config needs. Of deeper ones the parser may run out of memory, which ends the process. */
const MAX_OPEN_BRACKETS = 1000;

/** How many brackets and braces are open at most: no fewer than the levels that they make. */
function mostOpenBrackets(text: string): number {
  let [open, most] = [0, 0];
  for (const character of text) {
    if (character === '[' || character === '{') open += 1;
    else if ((character === ']' || character === '}') && open > 0) open -= 1;
    if (open > most) most = open;
  }
  return most;
}

function documentOf(text: string, lineCounter: LineCounter, fileName: string): Document {
  try {
    if (mostOpenBrackets(text) > MAX_OPEN_BRACKETS) throw new RangeError('too many levels');
    return parseDocument(text, { lineCounter, prettyErrors: false, merge: true });
  } catch (cause) {
    // The parser goes down level by level, and has only so much stack.
    const reason = cause instanceof RangeError ? 'nested too deeply' : String(cause);
    throw new ConfigError(fileName, [{ path: [], text: `cannot be read: ${reason}` }], cause);
  }
}

function valueOf(document: Document, fileName: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    // Aliases that grow without bounds, or lead nowhere.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(fileName, [{ path: [], text: reason }], cause);
  }
}

/** Where a value begins in the text, or its key; what is missing is where it is missed. */
function offsetOf(document: Document, path: ValuePath, isOfKey: boolean): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const [key, value] = childAt(node, step);
    const wanted = isOfKey && index === path.length - 1 ? key : value;
    const start = startOf(wanted) ?? startOf(key);
    if (start === undefined) return offset;
    offset = start;
    node = value;
  }
  return offset;
}

function childAt(node: unknown, step: string | number): readonly [key: unknown, value: unknown] {
  if (isSeq(node)) return [undefined, node.items[Number(step)]];
  if (!isMap(node)) return [undefined, undefined];
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return [pair?.key, pair?.value];
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return undefined;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : undefined;
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
