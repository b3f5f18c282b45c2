import type { OpenChoice } from '../open-choice.js';
import type { FailureCode } from './failure.js';
import { ERROR_CATALOGUE } from './rest/error-catalogue.js';

/** One row of the table. */
export type Row = readonly [question: string, choice: string, section: string];

/** The rows of one topic of MNS. */
export function rows(topic: string, choices: readonly Row[]): readonly OpenChoice[] {
  return choices.map(([question, choice, section]) => ({
    topic: `mns ${topic}`,
    question,
    choice,
    source: `spec mns ${section}`,
  }));
}

/** How errors look on the wire: code, status and text. */
export function textsOf(...codes: readonly FailureCode[]): string {
  return codes.map((code) => `${code} ${ERROR_CATALOGUE[code].status} "${ERROR_CATALOGUE[code].message}"`).join('; ');
}
