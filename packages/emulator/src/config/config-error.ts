import { MnsbusError } from '@mnsbus/core';
import { pathText, type ValuePath } from './value-path.js';

/** One thing that is wrong with a config file. */
export interface ConfigProblem {
  /** Where the value stands that is wrong: empty for the file as a whole. */
  readonly path: ValuePath;
  /** What was expected, and what came. */
  readonly text: string;
  /** From 1; absent when the file could not be read. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/** A config file that cannot be used (code `CONFIG_INVALID`); the message has a line `file:line:column: path: …` for each problem. */
export class ConfigError extends MnsbusError<'CONFIG_INVALID'> {
  override readonly name: string = 'ConfigError';
  readonly fileName: string;
  /** In the order of the file. */
  readonly problems: readonly ConfigProblem[];

  constructor(fileName: string, problems: readonly ConfigProblem[], cause?: unknown) {
    const message = problems.map((problem) => problemLine(fileName, problem)).join('\n');
    super({ code: 'CONFIG_INVALID', message, cause });
    this.fileName = fileName;
    this.problems = problems;
  }
}

function problemLine(fileName: string, { path, text, line, column }: ConfigProblem): string {
  const place = line === undefined ? '' : `:${line}:${column ?? 1}`;
  return [`${fileName}${place}`, ...(path.length === 0 ? [] : [pathText(path)]), text].join(': ');
}
