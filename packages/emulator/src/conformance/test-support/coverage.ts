import type { ConformanceRow } from './conformance-row.js';
import { DOCUMENTED_ERRORS, documentedError, type DocumentedCode } from './documented-errors.js';
import { COMMON_ERRORS, OPERATIONS, type DocumentedOperation, type OperationName } from './documented-operations.js';

/** What of the documents is in a table. */
export interface Coverage {
  /** For people: each operation with its outcomes and numbers of rows, then what is left out and why. */
  readonly report: string;
  /** Documented outcomes with neither a row nor a reason. */
  readonly missing: readonly string[];
  /** Outcomes with rows that also have a reason for having none. */
  readonly needlessReasons: readonly string[];
}

type Outcome = ConformanceRow['outcome'];

/** Holds a table against the documents. */
export function coverageOf(rows: readonly ConformanceRow[]): Coverage {
  const counts = new Map<OperationName, Map<Outcome, number>>();
  for (const { operation, outcome } of rows) {
    const ofOperation = counts.get(operation) ?? new Map<Outcome, number>();
    counts.set(operation, ofOperation.set(outcome, (ofOperation.get(outcome) ?? 0) + 1));
  }
  const count = (name: OperationName, outcome: Outcome): number => counts.get(name)?.get(outcome) ?? 0;
  const seen = new Set<string>(rows.map(({ outcome }) => outcome));
  const codes = Object.keys(DOCUMENTED_ERRORS) as readonly DocumentedCode[];

  const missing: string[] = [];
  const needlessReasons: string[] = [];
  for (const [name, operation] of OPERATIONS) {
    for (const outcome of documentedOutcomes(operation)) {
      const reason = whyNot(operation, outcome);
      if (count(name, outcome) === 0 && reason === undefined) missing.push(`${name}: ${outcome}`);
      if (count(name, outcome) > 0 && reason !== undefined) needlessReasons.push(`${name}: ${outcome}`);
    }
  }
  for (const code of codes) {
    const reason = documentedError(code).whyNever;
    if (!seen.has(code) && reason === undefined) missing.push(`any operation: ${code}`);
    if (seen.has(code) && reason !== undefined) needlessReasons.push(`any operation: ${code}`);
  }

  const never = codes.filter((code) => !seen.has(code));
  const report = [
    `MNS conformance: ${rows.length} rows, ${counts.size} of ${OPERATIONS.length} operations, ${codes.length - never.length} of ${codes.length} error codes`,
    ...OPERATIONS.map(([name, operation]) => operationLine(name, operation, (outcome) => count(name, outcome))),
    ...never.map((code) => `  never ${code}: ${documentedError(code).whyNever ?? 'no reason given'}`),
  ].join('\n');
  return { report, missing, needlessReasons };
}

function documentedOutcomes({ errors }: DocumentedOperation): readonly Outcome[] {
  return ['success', ...errors, ...COMMON_ERRORS];
}

function whyNot({ never }: DocumentedOperation, outcome: Outcome): string | undefined {
  return outcome === 'success' ? undefined : never?.[outcome];
}

function operationLine(
  name: OperationName,
  operation: DocumentedOperation,
  count: (outcome: Outcome) => number,
): string {
  const { errors, never } = operation;
  const own = ['success' as const, ...errors]
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${outcome} ${count(outcome)}`);
  const common = COMMON_ERRORS.filter((code) => count(code) > 0).length;
  const reasons = Object.entries(never ?? {}).map(([code, reason]) => `no ${code} (${reason})`);
  return `  ${name}: ${[...own, `common errors ${common}/${COMMON_ERRORS.length}`, ...reasons].join(', ')}`;
}
