import { SeededRandom, freshSeed } from '@mnsbus/core';
import * as fc from 'fast-check';
import { runClients, concurrentPlans } from './concurrent-run.js';
import type { ContractTarget } from './contract-target.js';
import { ContractViolation } from './contract-violation.js';
import { CreatedResources } from './created-resources.js';
import { invariants, isInvariant, type Invariant } from './invariant.js';
import { contractCommands, queueRules, runSteps } from './sequential-run.js';

/** How much is run, and what is looked at. */
export interface ContractOptions {
  /** Only these promises are checked. Default all. */
  readonly invariants?: readonly Invariant[];
  /** How many runs of steps one after the other, from 0. Default 100. */
  readonly runs?: number;
  /** How many runs of clients side by side, from 0. Default 100. */
  readonly concurrentRuns?: number;
  /** Most steps of a run, from 1. Default 60. */
  readonly maxSteps?: number;
  /** Look for a shorter case of a violation, which takes a few hundred runs more. Default `true`. */
  readonly shorten?: boolean;
  /** The seed of the steps. Default a fresh one. */
  readonly seed?: number;
  /** With `seed`: runs the one case of a violation again, in the kind of run that it was found in. */
  readonly path?: string;
  /** With `path`: its steps as far as they were shortened. */
  readonly replayPath?: string;
}

/** What a run without a violation was. */
export interface ContractReport {
  readonly runs: number;
  readonly concurrentRuns: number;
  /** How many requests the target has answered. */
  readonly requests: number;
  /** The seed that runs the same steps again. */
  readonly seed: number;
}

/**
 * Runs the contract of MNS against a target, with any test runner or none; what it creates, it removes.
 *
 * Rejects with a {@link ContractViolation} (code `CONTRACT_VIOLATED`) that names the invariant and replays with its
 * `replay`, and with whatever the target itself rejects with.
 */
export async function runContract(target: ContractTarget, options: ContractOptions = {}): Promise<ContractReport> {
  const { runs = 100, concurrentRuns = 100, maxSteps = 60, seed = freshRunSeed() } = options;
  const checked = new Set(options.invariants ?? Object.keys(invariants).filter(isInvariant));
  const created = new CreatedResources(target);
  const counter = { serial: 0 };
  const suffix = (): string => `run${(counter.serial += 1)}`;
  try {
    const commands = contractCommands(maxSteps, options.replayPath);
    await explore(options, seed, runs, (stable) =>
      fc.asyncProperty(queueRules, commands, (rules, steps) =>
        stable(() => runSteps(created.target, { rules, suffix: suffix(), checked }, steps)),
      ),
    );
    await explore(options, seed, concurrentRuns, (stable) =>
      fc.asyncProperty(concurrentPlans(maxSteps, options.replayPath), fc.scheduler(), (plan, scheduler) =>
        stable(() => runClients(created.target, { plan, scheduler, suffix: suffix(), checked })),
      ),
    );
  } finally {
    await created.removeAll();
  }
  return { runs, concurrentRuns, requests: created.requests, seed };
}

/** Runs a case, and lets only one kind of violation through, so that shortening a case does not end at another fault. */
type Stable = (run: () => Promise<void>) => Promise<void>;

async function explore<Case extends [unknown, ...unknown[]]>(
  { path, shorten = true }: ContractOptions,
  seed: number,
  numRuns: number,
  property: (stable: Stable) => fc.IAsyncPropertyWithHooks<Case>,
): Promise<void> {
  if (numRuns === 0) return;
  let found: Invariant | undefined;
  const stable: Stable = async (run) => {
    try {
      await run();
    } catch (error) {
      if (error instanceof ContractViolation) {
        found ??= error.invariant;
        if (error.invariant !== found) return;
      }
      throw error;
    }
  };
  const parameters = { seed, numRuns, endOnFailure: !shorten, ...(path === undefined ? {} : { path }) };
  const details = await fc.check(property(stable), parameters);
  if (!details.failed) return;
  const { errorInstance, counterexample, counterexamplePath } = details;
  if (!(errorInstance instanceof ContractViolation)) throw errorInstance;
  const replayPath = /replayPath="([^"]+)"/.exec(fc.stringify(counterexample))?.[1];
  const replay = { seed, path: counterexamplePath ?? '', ...(replayPath === undefined ? {} : { replayPath }) };
  throw new ContractViolation({ ...violationOf(errorInstance), replay }, errorInstance);
}

function violationOf({
  invariant,
  reason,
  history,
}: ContractViolation): ConstructorParameters<typeof ContractViolation>[0] {
  return { invariant, reason, history };
}

function freshRunSeed(): number {
  return new SeededRandom(freshSeed()).integer(0, 2 ** 31 - 1);
}
