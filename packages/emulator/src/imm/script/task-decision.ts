import { invalidArgument } from '@mnsbus/core/internal';
import type { Tenant } from '../../runtime/accounts.js';
import { checkJsonValue } from '../../runtime/json-value.js';
import type { TaskRequest } from '../task-kind.js';
import { checkMilliseconds, type Milliseconds } from './distribution.js';

/** A task that is about to be created, as a script sees it. */
export interface ScriptedTask {
  /** For example `2017-09-06`. */
  readonly apiVersion: string;
  readonly tenant: Tenant;
  /** For example `CreateGrabFrameTask`. */
  readonly action: string;
  /** For example `GrabFrameTask`. */
  readonly taskType: string;
  readonly project: string;
  /** The members of the creating request, checked, and named as the API names them. */
  readonly request: TaskRequest;
  readonly sourceUris: readonly string[];
  /** Milliseconds since 1970. */
  readonly submittedAtMs: number;
}

/** Why a task fails. */
export interface ScriptedFailure {
  /** A code of the service, for example `ConvertTimeout`. */
  readonly code: string;
  /** Default `unknown error`, which is what the service says with `InternalError` (spec imm §1.8). */
  readonly message?: string;
}

/** What becomes of a task; what is left out stays as it would be without a script. */
export interface TaskDecision {
  /** Milliseconds of waiting before the task starts, from 0. */
  readonly queueDelayMs?: Milliseconds;
  /** Milliseconds of running, from 0; `Infinity` is the same as `hold`. */
  readonly durationMs?: Milliseconds;
  /** Lets the task run until it is ended by hand (`emulator.tasks`). */
  readonly hold?: boolean;
  /** Lets it fail. */
  readonly fail?: ScriptedFailure;
  /** Replaces members of the result that success would bring. */
  readonly result?: Readonly<Record<string, unknown>>;
}

/** A decision about every task with a source of this kind. */
export interface TaskRule extends TaskDecision {
  /** What one of the task's source addresses begins with, or a pattern that one matches. */
  readonly sourceUri: string | RegExp;
  /** Only tasks of this type, for example `GrabFrameTask`. Default: of any. */
  readonly taskType?: string;
}

/** The message of a failure that was given none (spec imm §1.8). */
export const DEFAULT_FAILURE_MESSAGE = 'unknown error';

/** Checks a decision, `name` before its members in an error. Throws `INVALID_ARGUMENT`. */
export function checkDecision(name: string, decision: TaskDecision): void {
  if (typeof decision !== 'object' || decision === null) throw invalidArgument(name, 'a decision', decision);
  const { queueDelayMs, durationMs, fail, result } = decision;
  if (queueDelayMs !== undefined) checkMilliseconds(`${name}.queueDelayMs`, queueDelayMs);
  if (durationMs !== undefined) checkMilliseconds(`${name}.durationMs`, durationMs);
  if (fail !== undefined) checkFailure(`${name}.fail`, fail);
  if (result !== undefined && (typeof result !== 'object' || result === null)) {
    throw invalidArgument(`${name}.result`, 'an object of result members', result);
  }
  checkJsonValue(`${name}.result`, result);
}

/** Checks why a task is to fail. Throws `INVALID_ARGUMENT`. */
export function checkFailure(name: string, failure: ScriptedFailure): void {
  if (typeof failure !== 'object' || failure === null) throw invalidArgument(name, 'a code and a message', failure);
  const { code, message } = failure;
  if (typeof code !== 'string' || !/^[A-Za-z][\w.]{0,127}$/.test(code) || code === 'NoError') {
    throw invalidArgument(`${name}.code`, 'a code of an error, such as ConvertTimeout', code);
  }
  if (message !== undefined && typeof message !== 'string') {
    throw invalidArgument(`${name}.message`, 'a text', message);
  }
}

/** Checks a rule. Throws `INVALID_ARGUMENT`. */
export function checkRule(name: string, rule: TaskRule): void {
  checkDecision(name, rule);
  const { sourceUri } = rule;
  if (!(sourceUri instanceof RegExp) && (typeof sourceUri !== 'string' || sourceUri === '')) {
    throw invalidArgument(`${name}.sourceUri`, 'the beginning of an address, or a pattern', sourceUri);
  }
}

/** Whether a rule is about this task. */
export function ruleApplies({ sourceUri, taskType }: TaskRule, task: ScriptedTask): boolean {
  if (taskType !== undefined && taskType !== task.taskType) return false;
  // `search` ignores the place where a global pattern has stopped last, so that a rule never depends on earlier tasks.
  return task.sourceUris.some((uri) =>
    typeof sourceUri === 'string' ? uri.startsWith(sourceUri) : uri.search(sourceUri) >= 0,
  );
}
