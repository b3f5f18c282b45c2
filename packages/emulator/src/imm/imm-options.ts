import type { CreateOfficeConversionTaskRequest } from '@mnsbus/core';
import type { ImmReplies } from './replies/imm-replies.js';
import type { ImmCall, ProvokedImmFault } from './rpc/provoked-fault.js';
import type { EventOptions } from './script/event-script.js';
import type { Milliseconds } from './script/distribution.js';
import type { ScriptedTask, TaskDecision, TaskRule } from './script/task-decision.js';

/** About how many bytes stored tasks may take that are told nothing else. */
export const DEFAULT_TASK_BYTES: number = 512 * 1024 * 1024;

/** The smallest bound of stored tasks, in bytes. */
export const MIN_TASK_BYTES: number = 1024 * 1024;

/** Something of one task: fixed, or asked for each. */
export type PerTask<T> = T | ((task: ScriptedTask) => T);

/** A number, or one for each creating request of 2017-09-06. */
export type PerConversion = number | ((request: CreateOfficeConversionTaskRequest) => number);

/**
 * What IMM's tasks do. A function that throws, or gives what is out of range, refuses the creating request with
 * `InternalError`, creates nothing, and is told of in the journal.
 */
export interface ImmOptions {
  /** Milliseconds of running, from 0, rounded; `Infinity` never ends. Default what each kind of task takes. */
  readonly durationMs?: PerTask<Milliseconds>;
  /** The same for single task types, for example `{ GrabFrameTask: 500 }`; counts before `durationMs`. */
  readonly durationMsByType?: Readonly<Record<string, Milliseconds>>;
  /** Milliseconds of waiting before a task starts, from 0. Default 0. */
  readonly queueDelayMs?: PerTask<Milliseconds>;
  /** How many pages a document has, a whole number 0–999,999,999. Default 1–20, the same for the same source. */
  readonly pageCount?: PerConversion;
  /** Decisions by source address; the first that fits counts, and what `decide` says counts before them. Default none. */
  readonly rules?: readonly TaskRule[];
  /**
   * Decides about one task; `undefined` leaves it to the rules, and those leave it to the path segments `fail-{Code}`,
   * `slow-{ms}` and `hold` of the source. Default: leaves everything to them.
   */
  readonly decide?: (task: ScriptedTask) => TaskDecision | undefined;
  /** What happens to events on their way. Default nothing but a lag of 150–350 ms. */
  readonly events?: EventOptions;
  /**
   * When a deleted project of 2017-09-06 is gone: `at-once` (default), or `next-morning`, at 06:00 in Beijing, as the
   * real service has it; its name is blocked until then.
   */
  readonly projectDeletion?: 'at-once' | 'next-morning';
  /**
   * About how many bytes of memory tasks may take, in all accounts, regions and versions together, from 1 MiB: requests and
   * results are kept for seven days. One too many is refused with `Throttling.User`. Default 512 MiB.
   */
  readonly maxStoredBytes?: number;
  /**
   * Refuses a call with the error that it returns, before anything has changed: throttling, a broken service, a policy
   * (spec imm §1.8). Asked once per call whose sender is known. What it throws is answered with `InternalError`. Default refuses nothing.
   */
  readonly refuse?: (call: ImmCall) => ProvokedImmFault | undefined;
  /**
   * What actions are answered that are not emulated, such as detection and tokens of WebOffice: literals, or functions of the
   * call. Default nothing: they are answered with `InvalidAction.NotFound`. Throws `INVALID_ARGUMENT` for what cannot be meant.
   */
  readonly replies?: ImmReplies;
}
