import type { Timer } from '@mnsbus/core';
import type { Tenant } from '../runtime/accounts.js';
import type { EmulatorContext } from '../runtime/context.js';
import type { NoteChange } from '../runtime/note-change.js';
import type { ImmCommand, ImmCommandType, ImmResult, Project } from './model/commands.js';
import { ImmModel } from './model/imm-model.js';
import type { HasRoomFor } from './model/task-book.js';
import { immModelRecord, recordedImmModel, type ImmModelRecord } from './model/imm-state.js';
import type { Task, TaskOutcome } from './model/task.js';
import type { Publication, TaskEffect } from './model/task-engine.js';
import { notifyTenant } from './notify-endpoint.js';
import type { TaskKind } from './task-kind.js';

/** What became of one attempt to publish. */
export type PublishResult =
  | { readonly ok: true; readonly messageId: string }
  | { readonly ok: false; readonly code: string };

/** Puts an event onto a topic. */
export type PublishEvent = (tenant: Tenant, topicName: string, body: string) => PublishResult;

/** What the journal says of an event that the options or a fault have taken away. */
export const LOST_BY_SCRIPT = 'lost on purpose (imm.events.lossProbability, or a fault)';

/** Lets the model of one API version in one tenant live in time: ends tasks and publishes events when they are due. */
export class TenantDriver<P> {
  readonly #tenant: Tenant;
  readonly #context: EmulatorContext;
  readonly #publish: PublishEvent;
  readonly #kinds: ReadonlyMap<string, TaskKind>;
  readonly #note: NoteChange | undefined;
  readonly #hasRoomFor: HasRoomFor | undefined;
  #model: ImmModel<P>;
  #timer: Timer | undefined;
  #timerDueMs: number | undefined;
  #closed = false;

  /** `kinds` are those of the API version, by their actions; each is there before a task of it is. */
  constructor(
    tenant: Tenant,
    context: EmulatorContext,
    publish: PublishEvent,
    kinds: ReadonlyMap<string, TaskKind>,
    note?: NoteChange,
    hasRoomFor?: HasRoomFor,
  ) {
    this.#note = note;
    this.#hasRoomFor = hasRoomFor;
    this.#model = new ImmModel<P>(note, hasRoomFor);
    this.#tenant = tenant;
    this.#context = context;
    this.#publish = publish;
    this.#kinds = kinds;
  }

  /** Carries out a command at `nowMs`, after everything that was due by then. */
  apply<T extends ImmCommandType>(command: ImmCommand<P, T>, nowMs: number): ImmResult<P, T> {
    this.#advance(nowMs);
    const result = this.#model.apply(command, nowMs);
    // The one command that makes something happen at its own instant.
    if (command.type === 'endTask') this.#advance(nowMs);
    this.#arm(nowMs);
    return result;
  }

  /** The tasks as they are at `nowMs`, as submitted. */
  tasks(nowMs: number): readonly Task[] {
    this.#advance(nowMs);
    this.#arm(nowMs);
    return this.#model.tasks();
  }

  /** A task as it is at `nowMs`. */
  findTask(taskId: string, nowMs: number): Task | undefined {
    this.#advance(nowMs);
    this.#arm(nowMs);
    return this.#model.find(taskId);
  }

  /** About how much memory the tasks take, in bytes. */
  get storedBytes(): number {
    return this.#model.storedBytes;
  }

  /** Every project at `nowMs`, by name. */
  projects(nowMs: number): readonly Project<P>[] {
    const page = this.apply({ type: 'listProjects', marker: '', maxKeys: Number.MAX_SAFE_INTEGER }, nowMs);
    return page.ok ? page.value.items : [];
  }

  /** How a task ends, or has ended, unless somebody ends it by hand. */
  plannedOutcome(taskId: string): TaskOutcome | undefined {
    return this.#model.plannedOutcome(taskId);
  }

  /** Everything that survives, as it is at `nowMs`, as data. */
  record(nowMs: number): ImmModelRecord {
    this.#advance(nowMs);
    this.#arm(nowMs);
    return immModelRecord(this.#model);
  }

  /** Makes a checked record ready to take the place of what is here; carried out when called, which never throws. */
  prepare(record: ImmModelRecord, readProject: (record: unknown) => P): () => void {
    const prepared = recordedImmModel(record, readProject, this.#note, this.#hasRoomFor);
    return () => {
      this.#model = prepared;
      this.#disarm();
    };
  }

  /** Lets happen what has fallen due by `nowMs`, and waits for the rest. */
  settle(nowMs: number): void {
    this.#advance(nowMs);
    this.#arm(nowMs);
  }

  /** Stops: no task ends by itself and no event is published from here on. */
  close(): void {
    this.#closed = true;
    this.#disarm();
  }

  #advance(nowMs: number): void {
    if (this.#closed) return;
    for (const effect of this.#model.advance(nowMs)) this.#carryOut(effect, nowMs);
  }

  #carryOut(effect: TaskEffect, nowMs: number): void {
    const { journal } = this.#context;
    switch (effect.type) {
      case 'publish':
        this.#publishEvent(effect.publication, nowMs);
        return;
      case 'task-started':
        journal.record({ kind: 'task-started', taskId: effect.task.taskId, taskType: effect.task.taskType });
        return;
      case 'event-disturbed': {
        const { task, disturbance, copyNumber: copy } = effect;
        journal.record({ kind: 'event-disturbed', taskId: task.taskId, disturbance, copy });
        return;
      }
      case 'task-ended': {
        const { taskId, taskType, outcome } = effect.task;
        journal.record({
          kind: 'task-ended',
          taskId,
          taskType,
          ...(outcome === undefined || outcome.ok ? { state: 'succeeded' } : { state: 'failed', code: outcome.code }),
        });
      }
    }
  }

  #publishEvent(publication: Publication, nowMs: number): void {
    const { task, notify, copy, copyNumber } = publication;
    const { taskId } = task;
    const { topicName } = notify;
    const { journal, hints } = this.#context;
    const target = notifyTenant(notify.endpoint, this.#tenant);
    const lostBecause = notify.notSentBecause ?? (copy.lost ? LOST_BY_SCRIPT : target.ok ? undefined : target.reason);
    if (!target.ok) {
      const { endpoint } = notify;
      const { reason } = target;
      hints.observe({ kind: 'notified-elsewhere', tenant: this.#tenant, topicName, endpoint, reason });
    }
    if (lostBecause !== undefined || !target.ok) {
      journal.record({ kind: 'event-lost', taskId, topicName, reason: lostBecause ?? '' });
      return;
    }
    const copied = copyNumber === 1 ? {} : { copy: copyNumber };
    const result = journal.hold(() => {
      const attempted = this.#attempt(target.tenant, topicName, task);
      if (attempted.ok) {
        journal.lead({ kind: 'event-published', taskId, topicName, messageId: attempted.messageId, ...copied });
      }
      return attempted;
    });
    if (result.ok) return;
    const retry = this.#model.apply({ type: 'retryPublication', publication }, nowMs);
    if (retry.ok && retry.value === undefined) {
      journal.record({ kind: 'event-lost', taskId, topicName, reason: result.code });
    }
  }

  #attempt(tenant: Tenant, topicName: string, task: Task): PublishResult {
    try {
      const kind = this.#kinds.get(task.action);
      if (kind === undefined) throw new Error(`no kind of task for ${task.action}`);
      return this.#publish(tenant, topicName, kind.eventText(this.#context.clock.named(task), this.#tenant));
    } catch (error) {
      // Thrown out of a timer, it would take the process with it.
      process.emitWarning(error instanceof Error ? error : String(error));
      return { ok: false, code: 'InternalError' };
    }
  }

  #arm(nowMs: number): void {
    const dueMs = this.#model.nextDueMs;
    if (dueMs === this.#timerDueMs) return;
    this.#disarm();
    if (dueMs === undefined || this.#closed) return;
    this.#timerDueMs = dueMs;
    this.#timer = this.#context.clock.after(dueMs - nowMs, () => {
      this.#timerDueMs = undefined;
      const firedAtMs = this.#context.clock.now();
      this.#advance(firedAtMs);
      this.#arm(firedAtMs);
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueMs = undefined;
  }
}
