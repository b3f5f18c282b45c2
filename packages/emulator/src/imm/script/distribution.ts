import type { SeededRandom } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';

/**
 * Milliseconds that chance decides, from 0.
 *
 * `exponential` and `lognormal` have long tails, cut off at `mostMs`; of a list, each value is equally likely.
 */
export type Distribution =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly leastMs: number; readonly mostMs: number }
  | { readonly kind: 'exponential'; readonly meanMs: number; readonly mostMs: number }
  /** `sigma` is the standard deviation of the logarithm, for example 0.5. */
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number; readonly mostMs: number }
  | { readonly kind: 'list'; readonly valuesMs: readonly number[] };

/** Milliseconds, or how chance decides them. */
export type Milliseconds = number | Distribution;

/**
 * Checks what an option gives as milliseconds; `name` stands before it in an error. Throws `INVALID_ARGUMENT`.
 *
 * A plain number, a fixed one and those of a list may be `Infinity`, for what never comes.
 */
export function checkMilliseconds(name: string, value: Milliseconds): Distribution {
  if (typeof value === 'number') return { kind: 'fixed', ms: from0(name, value) };
  if (typeof value !== 'object' || value === null) throw invalidArgument(name, 'milliseconds or a distribution', value);
  switch (value.kind) {
    case 'fixed':
      from0(`${name}.ms`, value.ms);
      return value;
    case 'uniform':
      inOrder(`${name}.leastMs and mostMs`, value.leastMs, value.mostMs);
      return value;
    case 'exponential':
      inOrder(`${name}.meanMs and mostMs`, value.meanMs, value.mostMs);
      return value;
    case 'lognormal':
      inOrder(`${name}.medianMs and mostMs`, value.medianMs, value.mostMs);
      if (!(Number.isFinite(value.sigma) && value.sigma >= 0)) {
        throw invalidArgument(`${name}.sigma`, 'a number from 0', value.sigma);
      }
      return value;
    case 'list':
      if (!Array.isArray(value.valuesMs) || value.valuesMs.length === 0) {
        throw invalidArgument(`${name}.valuesMs`, 'at least one value', value.valuesMs);
      }
      for (const each of value.valuesMs) from0(`${name}.valuesMs`, each);
      return value;
    default:
      throw invalidArgument(`${name}.kind`, 'fixed, uniform, exponential, lognormal or list', kindOf(value));
  }
}

/** Draws whole milliseconds. A fixed number draws nothing. */
export function drawMilliseconds(distribution: Distribution, random: SeededRandom): number {
  switch (distribution.kind) {
    case 'fixed':
      return Math.round(distribution.ms);
    case 'uniform':
      return random.integer(Math.round(distribution.leastMs), Math.round(distribution.mostMs));
    case 'exponential':
      return capped(-Math.log(openUnit(random)) * distribution.meanMs, distribution.mostMs);
    case 'lognormal':
      return capped(distribution.medianMs * Math.exp(distribution.sigma * normal(random)), distribution.mostMs);
    case 'list':
      return Math.round(distribution.valuesMs[random.integer(0, distribution.valuesMs.length - 1)] ?? 0);
  }
}

/** Whether something of this probability (0–1) happens. Draws nothing for 0 and 1. */
export function drawChance(probability: number, random: SeededRandom): boolean {
  if (probability <= 0 || probability >= 1) return probability >= 1;
  return openUnit(random) <= probability;
}

const UNIT_STEPS = 2 ** 32;

/** A number above 0, and at most 1. */
function openUnit(random: SeededRandom): number {
  return random.integer(1, UNIT_STEPS) / UNIT_STEPS;
}

/** A number of the standard normal distribution, by the method of Box and Muller. */
function normal(random: SeededRandom): number {
  const [radius, turn] = [openUnit(random), openUnit(random)];
  return Math.sqrt(-2 * Math.log(radius)) * Math.cos(2 * Math.PI * turn);
}

function capped(value: number, mostMs: number): number {
  return Math.round(Math.min(value, mostMs));
}

function from0(name: string, value: number): number {
  if (typeof value !== 'number' || !(value >= 0)) throw invalidArgument(name, 'milliseconds from 0', value);
  return value;
}

function inOrder(name: string, low: number, high: number): void {
  if (!(Number.isFinite(low) && Number.isFinite(high) && 0 <= low && low <= high)) {
    throw invalidArgument(name, 'milliseconds from 0, in order', `${low}, ${high}`);
  }
}

function kindOf(value: object): unknown {
  return 'kind' in value ? value.kind : undefined;
}
