import {
  MnsbusError,
  isTaskEvent,
  monotonicMs,
  outcomeOf,
  sleep,
  type AnyEvent,
  type AnyTaskEvent,
  type Clock,
  type SeededRandom,
  type TaskOutcome,
} from '@mnsbus/core';
import { joinSignals } from '@mnsbus/core/internal';
import { textOf } from '../dispatch/listener-call.js';
import { pauseBefore } from '../wait/asking.js';
import type { ImmCalls } from './imm-calls.js';
import { TaskFailedError, TaskOutcomeUnknownError } from './imm-error.js';
import { eventOfRecord, questionFor, type KnownTask } from './task-record.js';
import type { TaskWaiter } from './task-waiter.js';

/** A task that went well. */
export interface FinishedTask<Event> {
  readonly outcome: TaskOutcome & { readonly succeeded: true };
  /** What told of it: the event, or one made from the task's record when the event was lost, or could not be read. */
  readonly event: Event;
}

/** How long to wait for a task. */
export interface Patience {
  readonly timeoutMs: number;
  readonly expectedMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What {@link TaskEnds} works with. */
export interface TaskEndsParts {
  readonly bus: TaskWaiter;
  readonly calls: ImmCalls;
  readonly clock: Clock;
  /** Draws the pauses between questions. */
  readonly random: SeededRandom;
}

/** Learns how tasks end: from the bus, and where that does not tell, from IMM. */
export class TaskEnds {
  readonly #parts: TaskEndsParts;

  constructor(parts: TaskEndsParts) {
    this.#parts = parts;
  }

  /** Asks for a task's record once; `undefined` while it runs. */
  async ask(task: KnownTask, signal?: AbortSignal): Promise<AnyTaskEvent | undefined> {
    const { calls, clock } = this.#parts;
    const { action, parameters } = questionFor(task);
    const record = await calls.call(action, parameters, { attempts: 1, ...(signal && { signal }) });
    return eventOfRecord(task, record, clock.now());
  }

  /** Resolves when the task has gone well. Rejects with `TASK_FAILED`, `TASK_OUTCOME_UNKNOWN`, and like the bus. */
  async finished(task: KnownTask, patience: Patience): Promise<FinishedTask<AnyTaskEvent>> {
    const { bus, clock } = this.#parts;
    const deadlineMs = monotonicMs(clock) + patience.timeoutMs;
    const ask = (signal: AbortSignal): Promise<AnyTaskEvent | undefined> => this.ask(task, signal);
    const event = await bus.waitFor({ taskId: task.taskId }, { ...patience, ask });
    return finishedBy(event) ?? this.#askHow(task, event, { deadlineMs, signal: patience.signal });
  }

  /** Asks until IMM tells how a task has ended whose event does not say so. */
  async #askHow(
    task: KnownTask,
    event: AnyEvent,
    { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<FinishedTask<AnyTaskEvent>> {
    const { clock, random, calls } = this.#parts;
    const { taskId } = task;
    const unknown = (cause: unknown): TaskOutcomeUnknownError =>
      new TaskOutcomeUnknownError(taskId, `its event does not tell, and of IMM: ${textOf(cause)}`, { event, cause });
    for (let asked = 0; ; asked += 1) {
      const { told, failure } = await this.#told(task, signal);
      if (signal?.aborted === true) throw aborted(taskId, signal);
      const finished = told && finishedBy(told);
      if (finished !== undefined) return finished;
      if (told !== undefined) throw unknown(`the record of task ${taskId} does not tell either`);
      const pauseMs = pauseBefore(asked, random);
      const isForGood = failure instanceof MnsbusError && !failure.retryable;
      if (isForGood || monotonicMs(clock) + pauseMs > deadlineMs) throw unknown(failure ?? 'it is still running');
      const either = joinSignals(signal, calls.closed);
      await sleep(clock, pauseMs, either.signal);
      either.release();
    }
  }

  async #told(
    task: KnownTask,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly told?: AnyTaskEvent | undefined; readonly failure?: unknown }> {
    try {
      return { told: await this.ask(task, signal) };
    } catch (failure) {
      return { failure };
    }
  }
}

/** The good end that an event tells of; `undefined` when it does not tell how the task ended. Throws `TASK_FAILED` for a bad one. */
function finishedBy(event: AnyEvent): FinishedTask<AnyTaskEvent> | undefined {
  if (!isTaskEvent(event)) return undefined;
  const outcome = outcomeOf(event);
  if (outcome.succeeded === false) throw new TaskFailedError(outcome, event);
  return outcome.succeeded === true ? { outcome, event } : undefined;
}

function aborted(taskId: string, signal: AbortSignal): MnsbusError<'ABORTED'> {
  const message = `the wait for the end of task ${taskId} was aborted`;
  return new MnsbusError({ code: 'ABORTED', message, cause: signal.reason });
}
