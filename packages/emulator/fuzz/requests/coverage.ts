import { ERROR_CATALOGUE } from '../../src/mns/rest/error-catalogue.js';
import { ADMIN_OPERATIONS } from './admin-grammar.js';
import type { Draft } from './draft.js';
import { IMM_ACTIONS } from './imm-grammar.js';
import { MNS_OPERATIONS } from './mns-grammar.js';

/** Codes that only an option or a fault brings, never a request by itself. */
const ONLY_ON_REQUEST = new Set([
  'AccessDeniedByRamPolicy',
  'InternalError',
  'InternalServerError',
  'QpsLimitExceeded',
  'TooManyRequests',
]);

/** Operations that the service has and the emulator refuses as a whole. */
const REFUSED_AS_A_WHOLE = new Set(['OpenService', 'Unknown']);

/** What was asked for, and what was answered, how often. */
export class Coverage {
  readonly #counts = new Map<string, Map<string, number>>();
  #requests = 0;

  /** How many answers were counted. */
  get requests(): number {
    return this.#requests;
  }

  /** Counts an answer. */
  count(draft: Draft, outcome: string): void {
    this.#requests += 1;
    const version = draft.door === 'imm' ? ` ${draft.version}` : '';
    const name = `${draft.door}${version} ${draft.operation}`;
    const outcomes = this.#counts.get(name) ?? new Map<string, number>();
    this.#counts.set(name, outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1));
  }

  /** How often an outcome was seen, of whatever operation of a door. */
  of(door: string, outcome: string): number {
    let sum = 0;
    for (const [name, outcomes] of this.#counts) if (name.startsWith(`${door} `)) sum += outcomes.get(outcome) ?? 0;
    return sum;
  }

  /** What was never seen, of all that can be: an operation that never succeeded, a code that was never answered. */
  unseen(): readonly string[] {
    const wanted = [
      ...MNS_OPERATIONS.filter((name) => !REFUSED_AS_A_WHOLE.has(name)).map((name) => `mns ${name}`),
      ...Object.entries(IMM_ACTIONS).flatMap(([version, actions]) => actions.map((name) => `imm ${version} ${name}`)),
      ...ADMIN_OPERATIONS.map((name) => `admin ${name}`),
    ];
    const codes = Object.keys(ERROR_CATALOGUE).filter((code) => !ONLY_ON_REQUEST.has(code));
    return [
      ...wanted.filter((name) => (this.#counts.get(name)?.get('success') ?? 0) === 0).map((name) => `${name}: success`),
      ...codes.filter((code) => this.of('mns', code) === 0).map((code) => `mns: ${code}`),
      ...IMM_CODES.filter((code) => this.of('imm', code) === 0).map((code) => `imm: ${code}`),
    ];
  }

  /** For people: every outcome of each door, and how often. */
  toString(): string {
    const lines = ['mns', 'imm', 'admin'].map((door) => {
      const sums = new Map<string, number>();
      for (const [name, outcomes] of this.#counts) {
        if (!name.startsWith(`${door} `)) continue;
        for (const [outcome, count] of outcomes) sums.set(outcome, (sums.get(outcome) ?? 0) + count);
      }
      const parts = [...sums].toSorted(([, a], [, b]) => b - a).map(([outcome, count]) => `${outcome} ${count}`);
      return `  ${door}: ${parts.join(', ')}`;
    });
    return [`${this.#requests} requests`, ...lines].join('\n');
  }
}

/** Every code that a request to IMM can bring about by itself (spec imm §1.8), without the parameter that some name. */
const IMM_CODES: readonly string[] = (
  'InvalidParameter InvalidParameter.* InvalidParameter.*.Empty InvalidParameter.*.WrongFormat InvalidJSON InvalidArgument ' +
  'InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive InvalidSecurityToken.Expired ' +
  'InvalidSecurityToken.MismatchWithAccessKey MissingSecurityToken InvalidSignatureMethod InvalidTimeStamp.Format InvalidTimeStamp.Expired ' +
  'IncompleteSignature SignatureDoesNotMatch SignatureNonceUsed InvalidAction.NotFound UnsupportedHTTPMethod InvalidVersion ' +
  'MissingProject MissingSignature InvalidProject.NotFound InvalidProject.AlreadyExists InvalidProject.Deleting InvalidTask.NotFound InvalidSet.Processing ' +
  'ResourceNotFound ResourceAlreadyExists StatusConflict InvalidMaxKeys InvalidTask.Finished'
).split(' ');
