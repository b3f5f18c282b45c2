import type { RpcParameters } from './parameters.js';
import { emptyValue, invalidValue, missing, wrongFormat } from './rpc-fault.js';
import { isXmlText } from '../../runtime/xml-text.js';

/** Bounds of a number, both included. */
export interface NumberRange {
  readonly min: number;
  /** Default: the largest safe integer. */
  readonly max?: number;
  /** A value below `min` that has a meaning of its own, such as −1 for all. */
  readonly or?: number;
}

/**
 * Reads the parameters of one action, each as what it is documented to be.
 *
 * Throws the documented `RpcFault` for a value that is not. An optional parameter that is empty counts as not given.
 */
export class FieldReader {
  readonly #parameters: RpcParameters;

  constructor(parameters: RpcParameters) {
    this.#parameters = parameters;
  }

  /** Every parameter that is not empty, by name. */
  values(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#parameters].filter(([, value]) => value !== ''));
  }

  /** Throws for the first of these that is absent or empty; absent ones come first. */
  require(...names: readonly string[]): void {
    for (const name of names) if (!this.#parameters.has(name)) throw missing(name);
    for (const name of names) if (this.#parameters.get(name) === '') throw emptyValue(name);
  }

  /** A required text. */
  text(name: string): string {
    this.require(name);
    return this.optionalText(name) ?? '';
  }

  /** A text. One that XML cannot carry is refused, because no XML reply could give it back. */
  optionalText(name: string): string | undefined {
    const value = this.#parameters.get(name);
    if (value === undefined || value === '') return undefined;
    if (!isXmlText(value)) throw wrongFormat(name);
    return value;
  }

  /** A text in a documented form. */
  optionalMatch(name: string, pattern: RegExp): string | undefined {
    const value = this.optionalText(name);
    if (value !== undefined && !pattern.test(value)) throw wrongFormat(name);
    return value;
  }

  /** A whole number in decimal. */
  optionalInteger(name: string, { min, max = Number.MAX_SAFE_INTEGER, or }: NumberRange): number | undefined {
    const text = this.optionalMatch(name, /^-?\d+$/);
    if (text === undefined) return undefined;
    // −0 and 0 are one number.
    const value = Number(text) + 0;
    if (value !== or && !(value >= min && value <= max)) throw invalidValue(name);
    return value;
  }

  /** `true` or `false` in any case: Python writes `True`. */
  optionalBoolean(name: string): boolean | undefined {
    const text = this.optionalMatch(name, /^(?:true|false)$/i);
    return text === undefined ? undefined : text.toLowerCase() === 'true';
  }

  /** One of the documented words, in its documented case. */
  optionalWord<W extends string>(name: string, words: readonly W[]): W | undefined {
    const value = this.optionalText(name);
    if (value === undefined) return undefined;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw invalidValue(name);
    return word;
  }
}
