import type { Timer } from '@mnsbus/core';
import type { Tenant } from '../runtime/accounts.js';
import type { EmulatorContext } from '../runtime/context.js';
import { legacyEventText } from './event-text.js';
import type { ImmCommand, ImmCommandType, ImmResult } from './model/commands.js';
import { Imm2017Model } from './model/imm-2017-model.js';
import type { LegacyEvent } from './model/office-task.js';
import type { Publication, TaskEffect } from './model/task-engine.js';
import { notifyTenant } from './notify-endpoint.js';

/** What became of one attempt to publish. */
export type PublishResult =
  | { readonly ok: true; readonly messageId: string }
  | { readonly ok: false; readonly code: string };

/** Puts an event onto a topic. */
export type PublishEvent = (tenant: Tenant, topicName: string, body: string) => PublishResult;

/** Lets the model of one tenant live in time: ends tasks and publishes events when they are due. */
export class TenantDriver {
  readonly #tenant: Tenant;
  readonly #context: EmulatorContext;
  readonly #publish: PublishEvent;
  readonly #model = new Imm2017Model();
  #timer: Timer | undefined;
  #timerDueMs: number | undefined;
  #closed = false;

  constructor(tenant: Tenant, context: EmulatorContext, publish: PublishEvent) {
    this.#tenant = tenant;
    this.#context = context;
    this.#publish = publish;
  }

  /** Carries out a command at `nowMs`, after everything that was due by then. */
  apply<T extends ImmCommandType>(command: ImmCommand<T>, nowMs: number): ImmResult<T> {
    this.#advance(nowMs);
    const result = this.#model.apply(command, nowMs);
    this.#arm(nowMs);
    return result;
  }

  /** Stops: no task ends and no event is published from here on. */
  close(): void {
    this.#closed = true;
    this.#disarm();
  }

  #advance(nowMs: number): void {
    for (const effect of this.#model.advance(nowMs)) this.#carryOut(effect, nowMs);
  }

  #carryOut(effect: TaskEffect<LegacyEvent>, nowMs: number): void {
    if (effect.type === 'publish') {
      this.#publishEvent(effect.publication, nowMs);
    } else {
      this.#context.journal.record({ kind: 'task-ended', taskId: effect.taskId, status: effect.status });
    }
  }

  #publishEvent(publication: Publication<LegacyEvent>, nowMs: number): void {
    const { taskId, topicName, endpoint, event } = publication;
    const { journal } = this.#context;
    const target = notifyTenant(endpoint, this.#tenant);
    if (!target.ok) {
      journal.record({ kind: 'event-lost', taskId, topicName, reason: target.reason });
      return;
    }
    const result = this.#attempt(target.tenant, topicName, legacyEventText(event));
    if (result.ok) {
      journal.record({ kind: 'event-published', taskId, topicName, messageId: result.messageId });
      return;
    }
    const retry = this.#model.apply({ type: 'retryPublication', publication }, nowMs);
    if (retry.ok && retry.value === undefined) {
      journal.record({ kind: 'event-lost', taskId, topicName, reason: result.code });
    }
  }

  #attempt(tenant: Tenant, topicName: string, body: string): PublishResult {
    try {
      return this.#publish(tenant, topicName, body);
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
