import type { VirtualClock, WireHandler } from '@mnsbus/core';
import { ContractViolation, runContract, wireClient, type ContractTarget } from '@mnsbus/emulator/testing';
import type { Violation } from './run-record.js';
import type { World } from './world.js';

/** Most steps of each of the two runs. */
const MAX_STEPS = 12;

/**
 * Runs a little of the contract suite of MNS on queues of its own, in the midst of everything else, once faults are over: what
 * the bridges never do – old and oddly spelled handles, peeks, forged and hostile requests – is judged there.
 */
export async function contractViolations(
  { clock, connection, emulator }: World,
  handler: WireHandler,
  seed: number,
): Promise<readonly Violation[]> {
  try {
    await runContract(targetOf(clock, connection, handler, emulator.profile.name === 'kind'), {
      runs: 1,
      concurrentRuns: 1,
      maxSteps: MAX_STEPS,
      shorten: false,
      seed,
    });
    return [];
  } catch (error) {
    if (!(error instanceof ContractViolation)) throw error;
    return [{ invariant: error.invariant, subject: 'contract', message: error.message }];
  }
}

function targetOf(
  clock: VirtualClock,
  connection: World['connection'],
  handler: WireHandler,
  isKind: boolean,
): ContractTarget {
  const { accountId, region } = connection;
  return {
    capabilities: {
      virtualTime: true,
      slow: true,
      deterministic: isKind,
      answersTakeTime: !isKind,
      tampering: true,
      hangUp: true,
      inProcess: true,
    },
    prefix: 'contract-',
    accountId,
    region,
    call: wireClient(handler, connection, clock),
    now: () => clock.now(),
    sleep: (ms) => clock.advanceBy(ms),
    close: () => Promise.resolve(),
  };
}
