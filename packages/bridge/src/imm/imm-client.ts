import {
  MnsbusError,
  SeededRandom,
  outcomeOf,
  sleep,
  type AnyTaskEvent,
  type EventMap,
  type Imm2017Actions,
  type Imm2020Actions,
  type TaskOutcome,
} from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { credentialsSource } from '../credentials/credentials-source.js';
import { asMnsbusError } from '../mns/mns-error.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import { TaskFailedError } from './imm-error.js';
import { resolveImmOptions, type ImmApiVersion, type ImmOptions, type ResolvedImmOptions } from './imm-options.js';
import { directRpc, socketRpc, type RpcReply, type RpcTransport } from './rpc-transport.js';
import { imm2017TaskActions, imm2020TaskActions } from './task-actions.js';
import { eventOfRecord, kindOf, questionFor } from './task-record.js';
import type { TaskWaiter } from './task-waiter.js';

/** The actions of one version of IMM, each with its request and reply. */
export type ImmActions<Version extends ImmApiVersion> = Version extends '2017-09-06' ? Imm2017Actions : Imm2020Actions;

type TaskActions<Version extends ImmApiVersion> = Version extends '2017-09-06'
  ? typeof imm2017TaskActions
  : typeof imm2020TaskActions;

/** What a request for a task may leave out, because the client knows it. */
type FilledIn = 'Project' | 'ProjectName' | 'NotifyTopicName' | 'NotifyEndpoint' | 'Notification';

type TaskRequest<Request> = Omit<Request, FilledIn> & Partial<Pick<Request, Extract<keyof Request, FilledIn>>>;

type RequestOf<Version extends ImmApiVersion, Action> = Action extends keyof ImmActions<Version>
  ? ImmActions<Version>[Action] extends { readonly request: infer Request }
    ? Request
    : never
  : never;

type ReplyOf<Version extends ImmApiVersion, Action> = Action extends keyof ImmActions<Version>
  ? ImmActions<Version>[Action] extends { readonly reply: infer Reply }
    ? Reply
    : never
  : never;

/** How long to wait for a task, and how to stop. */
export interface SubmitOptions {
  /** Longest wait for the task's end, in milliseconds from 1. Default that of the client. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait with `ABORTED`; the task itself goes on, because IMM has no way to cancel one. */
  readonly signal?: AbortSignal | undefined;
}

/** A task that went well. */
export interface FinishedTask<Event> {
  readonly outcome: TaskOutcome & { readonly succeeded: true };
  /** What told of it: the event, or one made from the task's record when the event was lost. */
  readonly event: Event;
}

/** A task that was created. */
export interface SubmittedTask<Reply, Event> {
  readonly taskId: string;
  /** What the creating action answered. */
  readonly reply: Reply;
  /**
   * Resolves when the task has gone well. Rejects with `TASK_FAILED` when it failed, and like {@link Bridge.waitFor}.
   * Nobody needs to look at it.
   */
  readonly finished: Promise<FinishedTask<Event>>;
}

/** The methods that create tasks, one for each action. */
export type TaskMethods<Version extends ImmApiVersion> = {
  readonly [Name in keyof TaskActions<Version>]: TaskActions<Version>[Name] extends {
    readonly action: infer Action;
    readonly eventName: infer EventName extends keyof EventMap;
  }
    ? (
        request: TaskRequest<RequestOf<Version, Action>>,
        options?: SubmitOptions,
      ) => Promise<SubmittedTask<ReplyOf<Version, Action>, EventMap[EventName]>>
    : never;
};

/** A client of one version of IMM that hears of the end of its tasks through a bus. */
export type Imm<Version extends ImmApiVersion> = TaskMethods<Version> & {
  /**
   * Calls any action. Members travel as the API has them; objects and lists as JSON (spec imm §1.6).
   *
   * Rejects with `IMM_ERROR`, `IMM_UNREACHABLE` or `CREDENTIALS_UNAVAILABLE`. Refusals that pass are met with two more attempts,
   * and so are lost answers of actions that only read.
   */
  readonly call: <Action extends keyof ImmActions<Version> & string>(
    action: Action,
    request: RequestOf<Version, Action>,
  ) => Promise<ReplyOf<Version, Action>>;
  /**
   * Asks for the record of a task of this project, and makes from it the event that tells of its end; `undefined` while it
   * runs. For `waitFor({ taskId }, { ask: () => imm.ask(taskId) })`. Throws `INVALID_ARGUMENT` for an id of no known kind.
   */
  readonly ask: (taskId: string) => Promise<AnyTaskEvent | undefined>;
  /** Ends every connection. */
  readonly close: () => void;
};

const RETRY_MS: BackoffRange = { base: 200, cap: 2000 };
const MAX_ATTEMPTS = 3;

/** Creates a client of IMM. Throws `INVALID_ARGUMENT` for an option out of range. */
export function createImm<const Version extends ImmApiVersion>(options: ImmOptions<Version>): Imm<Version>;
export function createImm(options: ImmOptions<ImmApiVersion>): unknown {
  const client = new ImmClient(options);
  const table = options.apiVersion === '2017-09-06' ? imm2017TaskActions : imm2020TaskActions;
  const methods = Object.entries(table).map(([name, { action }]) => [
    name,
    (request: object, submit?: SubmitOptions) => client.submit(action, request, submit),
  ]);
  return {
    ...Object.fromEntries(methods),
    call: (action: string, request: object) => client.call(action, request),
    ask: (taskId: string) => client.ask(taskId),
    close: () => client.close(),
  };
}

class ImmClient {
  readonly #apiVersion: ImmApiVersion;
  readonly #bus: TaskWaiter;
  readonly #options: ResolvedImmOptions;
  readonly #rpc: RpcTransport;
  readonly #random: SeededRandom;

  constructor(options: ImmOptions<ImmApiVersion>) {
    this.#apiVersion = options.apiVersion;
    this.#bus = options.bus;
    this.#options = resolveImmOptions(options);
    const { clock, seed, endpoint, readTimeoutMs } = this.#options;
    const { transport, apiVersion, onCredentials: report = () => {} } = options;
    const random = new SeededRandom(seed);
    this.#random = random.fork('retry');
    const credentials = credentialsSource('imm', options, { clock, random: random.fork('credentials'), report });
    const parts = {
      endpoint,
      apiVersion,
      credentials,
      clock,
      random: random.fork(`nonces/${clock.now()}`),
      readTimeoutMs,
    };
    this.#rpc = transport === undefined ? socketRpc(parts) : directRpc(parts, transport);
  }

  async submit(
    action: string,
    request: object,
    options: SubmitOptions = {},
  ): Promise<SubmittedTask<RpcReply, AnyTaskEvent>> {
    const reply = await this.call(action, { ...this.#filledIn(action), ...request });
    const taskId = reply['TaskId'] ?? reply['JobId'];
    if (typeof taskId !== 'string') throw invalidArgument(`reply to ${action}`, 'a TaskId or JobId', taskId);
    const { timeoutMs = this.#options.timeoutMs, signal } = options;
    // Begun at once: the event may have come before this reply, and the bus remembers it for a while only.
    const finished = this.#finished(taskId, timeoutMs, signal);
    finished.catch(() => {});
    return { taskId, reply, finished };
  }

  async call(action: string, request: object): Promise<RpcReply> {
    const parameters = Object.fromEntries(
      Object.entries(request).flatMap(([name, value]) => (value === undefined ? [] : [[name, asText(value)]])),
    );
    const isReading = /^(?:Get|List|Describe)/.test(action);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#rpc.call(action, parameters);
      } catch (cause) {
        const error = asMnsbusError(cause);
        // A refused call has had no effect; one without an answer may have.
        const isSafe = error.code === 'IMM_ERROR' || isReading || 'IdempotentToken' in parameters;
        if (!error.retryable || !isSafe || attempt >= MAX_ATTEMPTS) throw error;
        await sleep(this.#options.clock, fullJitter(RETRY_MS, attempt, this.#random));
      }
    }
  }

  async ask(taskId: string): Promise<AnyTaskEvent | undefined> {
    const kind = kindOf(this.#apiVersion, taskId);
    if (kind === undefined) throw invalidArgument('taskId', `the id of a task of IMM ${this.#apiVersion}`, taskId);
    const { action, parameters } = questionFor(kind, this.#options.project, taskId);
    return eventOfRecord(kind, await this.call(action, parameters));
  }

  close(): void {
    this.#rpc.close();
  }

  async #finished(
    taskId: string,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<FinishedTask<AnyTaskEvent>> {
    const told = await this.#bus.waitFor({ taskId }, { timeoutMs, signal, ask: () => this.ask(taskId) });
    // An event may not tell how the task ended; its record does.
    const record = outcomeOf(told).succeeded === undefined ? await this.ask(taskId) : undefined;
    const event = record ?? told;
    const outcome = outcomeOf(event);
    if (outcome.succeeded === true) return { outcome, event };
    if (outcome.succeeded === false) throw new TaskFailedError(outcome, event);
    throw new MnsbusError({
      code: 'EVENT_MALFORMED',
      message: `task ${taskId} has ended, but neither its event nor its record tells how: ${event.problems.map(({ path, received }) => `${path} is ${received}`).join('; ')}`,
    });
  }

  #filledIn(action: string): object {
    const { project, topicName, notifyEndpoint } = this.#options;
    if (this.#apiVersion === '2020-09-30') {
      return { ProjectName: project, Notification: { MNS: { TopicName: topicName } } };
    }
    // With it, an attempt whose answer was lost finds the task that it has created (spec imm §2.4).
    const token = action === 'CreateOfficeConversionTask' ? { IdempotentToken: this.#random.uuid() } : {};
    return { Project: project, NotifyTopicName: topicName, NotifyEndpoint: notifyEndpoint, ...token };
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
