import type { SeededRandom } from '@mnsbus/core';
import type { Scenario } from '../scenario-plan.js';

/** What an option is about; an invariant says by these which options concern it. */
export type OptionPart =
  | 'settings'
  | 'consumer'
  | 'claims'
  | 'operation'
  | 'network'
  | 'content'
  | 'service'
  | 'companions';

/** What a value of an option makes of a scenario, given all options before it; draws are the value's own. */
export type Apply = (scenario: Scenario, random: SeededRandom) => Partial<Scenario>;

/** One thing that runs differ in. */
export interface Option {
  readonly name: string;
  readonly part: OptionPart;
  /** By name; the first is the plain one, which a shortened run goes back to. */
  readonly values: Readonly<Record<string, Apply>>;
}

/** Leaves the scenario as it is. */
export const asItIs: Apply = () => ({});
