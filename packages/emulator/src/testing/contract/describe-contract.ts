import type { ContractTarget } from './contract-target.js';
import { invariants } from './invariant.js';
import { runContract, type ContractOptions, type ContractReport } from './run-contract.js';

/** The words of a test runner that {@link describeContract} uses: those of vitest, Jest and `node:test` all fit. */
export interface TestWords {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>, timeoutMs?: number) => unknown;
}

/** What {@link describeContract} may be told besides what a run may be. */
export interface DescribeContractOptions extends ContractOptions {
  /** Longest that each kind of run may take. Default 120,000. */
  readonly timeoutMs?: number;
  /** Called with what a run without a violation was, for example to print its seed. */
  readonly report?: (report: ContractReport) => void;
}

/**
 * Declares the contract of MNS as tests of a target: one of steps one after the other, one of clients side by side.
 *
 * The runner's own words come as an argument, so that the suite depends on no runner: `describeContract('socket', () =>
 * emulatorTarget(…), { describe, it })`.
 */
export function describeContract(
  name: string,
  makeTarget: () => ContractTarget | Promise<ContractTarget>,
  { describe, it }: TestWords,
  options: DescribeContractOptions = {},
): void {
  const { timeoutMs = 120_000, report = () => {}, ...run } = options;
  const check = async (changes: ContractOptions): Promise<void> => {
    const target = await makeTarget();
    try {
      report(await runContract(target, { ...run, ...changes }));
    } finally {
      await target.close();
    }
  };
  const checked = run.invariants ?? Object.keys(invariants);
  describe(`${name} keeps the contract of MNS (${checked.join(', ')})`, () => {
    it('one step after the other', () => check({ concurrentRuns: 0 }), timeoutMs);
    it('with clients side by side', () => check({ runs: 0 }), timeoutMs);
  });
}
