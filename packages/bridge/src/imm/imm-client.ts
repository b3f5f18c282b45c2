import {
  MnsbusError,
  SeededRandom,
  type AnyTaskEvent,
  type EventMap,
  type Imm2017Actions,
  type Imm2020Actions,
} from '@mnsbus/core';
import { describeValue, invalidArgument } from '@mnsbus/core/internal';
import { closedError } from '../closed-error.js';
import { credentialsSource } from '../credentials/credentials-source.js';
import type { CredentialsFact } from '../credentials/credentials.js';
import { tell, warnProcess } from '../status/tell.js';
import { ImmCalls, tokenOf } from './imm-calls.js';
import { ImmEffectUnknownError, immUnreachable } from './imm-error.js';
import { resolveImmOptions, type ImmApiVersion, type ImmOptions, type ResolvedImmOptions } from './imm-options.js';
import type { RpcReply } from './rpc-reply.js';
import { directRpc, socketRpc } from './rpc-transport.js';
import { expectedMsOf, imm2017TaskActions, imm2020TaskActions } from './task-actions.js';
import { TaskEnds, type FinishedTask, type Patience } from './task-ends.js';
import { kindOf, kindOfAction, type KnownTask } from './task-record.js';
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
  /** Longest wait for the task's end, a positive number of milliseconds. Default that of the client. */
  readonly timeoutMs?: number | undefined;
  /**
   * When the end is expected, in milliseconds from its creation, from 0. Default that of the client, or of the kind: 5 s for an image, 15 s for
   * a document, a minute for everything else. About 30 s later, and then ever less often, IMM is asked for an end that nothing has told of.
   */
  readonly expectedMs?: number | undefined;
  /** Ends the wait with `ABORTED`; the task itself goes on, because IMM has no way to cancel one. When it has aborted already, none is created. */
  readonly signal?: AbortSignal | undefined;
}

/** Where to ask for a task that another client has created. */
export interface AskOptions<Version extends ImmApiVersion> {
  /** The project of the task. Default that of the client. */
  readonly project?: string | undefined;
  /** The action that has created it. Default found out from how the id begins. */
  readonly action?: TaskActions<Version>[keyof TaskActions<Version>] extends { readonly action: infer Action }
    ? Action | undefined
    : never;
}

/** A task that was created. */
export interface SubmittedTask<Reply, Event> {
  readonly taskId: string;
  /** What the creating action answered. */
  readonly reply: Reply;
  /**
   * Resolves when the task has gone well, whichever process its event has gone to: IMM is asked when nothing has told of it here.
   *
   * Rejects with `TASK_FAILED` when it failed, with `TASK_OUTCOME_UNKNOWN` when neither its event nor IMM tells, and like
   * {@link Bridge.waitFor}. Nobody needs to look at it.
   */
  readonly finished: Promise<FinishedTask<Event>>;
}

/**
 * The methods that create tasks, one for each action.
 *
 * Each creates at most one task. They reject like `call`: with `IMM_EFFECT_UNKNOWN` when IMM may have created it though no answer
 * names it, and otherwise none was created. Throw `INVALID_ARGUMENT` for options out of range, before anything is sent.
 */
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
   * Rejects with `IMM_ERROR`, `IMM_UNREACHABLE`, `CREDENTIALS_UNAVAILABLE`, or `ABORTED` once the client is closed. What passes is met
   * with two more attempts where that is safe: for actions that read, for refusals that certainly had no effect, and with an
   * `IdempotentToken` of `CreateOfficeConversionTask` of 2017-09-06. Rejects with `IMM_EFFECT_UNKNOWN` when an action that changes
   * something may have been carried out all the same.
   */
  readonly call: <Action extends keyof ImmActions<Version> & string>(
    action: Action,
    request: RequestOf<Version, Action>,
  ) => Promise<ReplyOf<Version, Action>>;
  /**
   * Asks once for the record of a task, and makes from it the event that tells of its end; `undefined` while it runs. For
   * `waitFor({ taskId }, { ask: () => imm.ask(taskId) })`.
   *
   * Rejects like a single attempt of `call`, with `TASK_OUTCOME_UNKNOWN` for a record of which no event can be made, and with
   * `INVALID_ARGUMENT` for an id of no known kind.
   */
  readonly ask: (taskId: string, options?: AskOptions<Version>) => Promise<AnyTaskEvent | undefined>;
  /** Ends every call under way and every connection, and refuses further calls with `ABORTED`. Waits for tasks go on, and hear of events only. */
  readonly close: () => void;
};

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
    ask: (taskId: string, where?: AnyAskOptions) => client.ask(taskId, where),
    close: () => client.close(),
  };
}

interface AnyAskOptions {
  readonly project?: string | undefined;
  readonly action?: string | undefined;
}

class ImmClient {
  readonly #apiVersion: ImmApiVersion;
  readonly #options: ResolvedImmOptions;
  readonly #bus: TaskWaiter;
  readonly #calls: ImmCalls;
  readonly #ends: TaskEnds;
  /** Draws tokens. */
  readonly #random: SeededRandom;

  constructor(options: ImmOptions<ImmApiVersion>) {
    const { transport, apiVersion, bus } = options;
    this.#apiVersion = apiVersion;
    this.#options = resolveImmOptions(options);
    this.#bus = bus;
    const { clock, seed, endpoint, readTimeoutMs } = this.#options;
    const random = new SeededRandom(seed);
    this.#random = random.fork('tokens');
    const { onCredentials = () => {} } = options;
    const report = (fact: CredentialsFact): void => tell(onCredentials, fact, warnOfCredentials);
    const credentials = credentialsSource('imm', options, { clock, random: random.fork('credentials'), report });
    const nonces = random.fork(`nonces/${clock.now()}`);
    const parts = { endpoint, apiVersion, credentials, clock, random: nonces, readTimeoutMs };
    const rpc = transport === undefined ? socketRpc(parts) : directRpc(parts, transport);
    this.#calls = new ImmCalls({ apiVersion, rpc, clock, random: random.fork('retry') });
    this.#ends = new TaskEnds({ bus, calls: this.#calls, clock, random: random.fork('asking') });
  }

  async submit(
    action: string,
    request: object,
    options: SubmitOptions = {},
  ): Promise<SubmittedTask<RpcReply, AnyTaskEvent>> {
    const patience = this.#patience(action, options);
    const given = Object.entries(request).filter(([, value]) => value !== undefined);
    const whole = { ...this.#filledIn(action), ...Object.fromEntries(given) };
    const place = this.#place(action, whole);
    const reply = await this.#calls.call(action, whole);
    const task = { ...place, taskId: this.#taskIdOf(action, whole, reply) };
    // Begun at once: the event may have come before this reply, and the bus remembers it for a while only.
    const finished = this.#ends.finished(task, patience);
    finished.catch(() => {});
    return { taskId: task.taskId, reply, finished };
  }

  call(action: string, request: object): Promise<RpcReply> {
    return this.#calls.call(action, request);
  }

  async ask(
    taskId: string,
    { project = this.#options.project, action }: AnyAskOptions = {},
  ): Promise<AnyTaskEvent | undefined> {
    const kind = action === undefined ? kindOf(this.#apiVersion, taskId) : kindOfAction(this.#apiVersion, action);
    if (kind === undefined) {
      const name = action === undefined ? 'taskId' : 'action';
      throw invalidArgument(name, `that of a task of IMM ${this.#apiVersion}`, action ?? taskId);
    }
    return this.#ends.ask({ taskId, kind, project });
  }

  close(): void {
    this.#calls.close();
  }

  // Looked at before anything is created, which is billed.
  #patience(action: string, { signal, ...given }: SubmitOptions): Patience {
    const { timeoutMs = this.#options.timeoutMs } = given;
    const { expectedMs = this.#options.expectedMs ?? expectedMsOf(action) } = given;
    if (!(timeoutMs > 0)) throw invalidArgument('timeoutMs', 'a positive number of milliseconds', timeoutMs);
    if (!(expectedMs >= 0)) throw invalidArgument('expectedMs', 'a number of milliseconds from 0', expectedMs);
    if (signal?.aborted === true) {
      const message = `${action} was not called: its signal has aborted before`;
      throw new MnsbusError({ code: 'ABORTED', message, cause: signal.reason });
    }
    const state = this.#bus.health?.().state;
    if (state === 'closing' || state === 'closed') throw closedError();
    return { timeoutMs, expectedMs, signal };
  }

  /** Where the record of a task will be that a request is about to create. */
  #place(action: string, request: Readonly<Record<string, unknown>>): Omit<KnownTask, 'taskId'> {
    const kind = kindOfAction(this.#apiVersion, action);
    if (kind === undefined) throw invalidArgument('action', 'one that creates a task', action);
    const project = request[this.#apiVersion === '2020-09-30' ? 'ProjectName' : 'Project'];
    return { kind, project: typeof project === 'string' ? project : this.#options.project };
  }

  // IMM has taken the request: whatever its answer lacks, there is a task now.
  #taskIdOf(action: string, request: object, reply: RpcReply): string {
    const taskId = reply['TaskId'] ?? reply['JobId'];
    if (typeof taskId === 'string' && taskId !== '') return taskId;
    throw new ImmEffectUnknownError({
      action,
      idempotentToken: tokenOf(this.#apiVersion, action, request),
      reply,
      cause: immUnreachable(`expected a TaskId or JobId, received ${describeValue(taskId)}`),
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

function warnOfCredentials(reason: string): void {
  warnProcess('onCredentials', `onCredentials failed: ${reason}`);
}
