import type * as fc from 'fast-check';
import type { ContractTarget } from '../contract-target.js';
import type { ContractWorld } from '../contract-world.js';

/** One step of a run: it calls the target, judges the replies against what is known, and notes what they say. */
export type ContractCommand = fc.AsyncCommand<ContractWorld, ContractTarget>;

/** What decides whether a step is possible. */
export type WorldView = Pick<ContractWorld, 'now' | 'queue' | 'target'>;

/** A step from its text and what it does; it is left out where `isPossible` says so. */
export function step(
  text: string,
  run: (world: ContractWorld) => Promise<void>,
  isPossible: (world: WorldView) => boolean = () => true,
): ContractCommand {
  return { check: (world) => isPossible(world), run, toString: () => text };
}

/** Whether a step may let this much time go by. */
export function mayTake({ target }: WorldView, ms: number): boolean {
  const { virtualTime, slow } = target.capabilities;
  return virtualTime || slow || ms <= 50;
}
