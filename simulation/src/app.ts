import { TaskFailedError, type Bridge, type Imm } from '@mnsbus/bridge';
import { MnsbusError, sleep, type Clock, type WireHandler } from '@mnsbus/core';
import { SimulatedProcess } from '@mnsbus/emulator/testing';
import type { Scenario, TaskPlan } from './scenario-plan.js';
import type { BridgeMakers } from './simulated-bus.js';

/** How the wait for a task's end ended. */
export interface AwaitedTask {
  readonly taskId: string;
  readonly end: 'succeeded' | 'failed' | 'gave-up';
  /** The code of the error, unless it went well. */
  readonly code: string | undefined;
}

/** One call that creates a task: how many requests it sent, how many of them may have been carried out. */
export interface Submission {
  readonly source: string;
  readonly requests: number;
  readonly mayBeDone: number;
}

/** How a wait by `waitFor` for the event of a task ended. */
export interface WaitedEvent {
  readonly taskId: string;
  readonly isHeard: boolean;
}

/** Names that all of a run use. */
export const TOPIC = 'events';
export const PROJECT = 'demo';

/** Longest wait for a task: longer than faults last, so that each must be heard of, if only by asking. */
const TASK_TIMEOUT_MS = 900_000;

/** The app that submits tasks and awaits their end, on a queue of its own (`fanout: 'replica'`). */
export class App {
  readonly process: SimulatedProcess;
  readonly bridge: Bridge;
  readonly awaited: AwaitedTask[] = [];
  /** Ids of tasks whose creation was acknowledged. */
  readonly submitted: string[] = [];
  /** What each of them is to take, in milliseconds. */
  readonly durations: Map<string, number> = new Map();
  /** Each call that was to create a task. */
  readonly submissions: { source: string; requests: number; mayBeDone: number }[] = [];
  /** Tokens that were sent: all requests with one are one. */
  readonly #tokens = new Set<string>();
  /** Waits for events, beside those for the ends of tasks; those that have ended. */
  readonly waited: WaitedEvent[] = [];
  readonly #waits: boolean;
  readonly #imm: Imm<'2017-09-06'>;

  constructor(
    scenario: Scenario,
    parts: {
      readonly clock: Clock;
      readonly network: WireHandler;
      readonly makers: BridgeMakers;
      readonly connection: {
        readonly accountId: string;
        readonly accessKeyId: string;
        readonly accessKeySecret: string;
        readonly region: string;
      };
    },
  ) {
    const { clock, network, connection, makers } = parts;
    const { seed, companions } = scenario;
    this.#waits = companions.waits;
    this.process = new SimulatedProcess('app', clock, this.#counted(network));
    const ways = { clock: this.process.clock, transport: this.process.transport };
    this.bridge = makers.createBridge({
      ...ways,
      mns: { ...connection, endpoint: 'http://mns.test' },
      queueName: 'app',
      fanout: 'replica',
      topicName: TOPIC,
      unhandled: 'delete',
      seed: `${seed}/app`,
    });
    this.#imm = makers.createImm({
      ...ways,
      ...connection,
      apiVersion: '2017-09-06',
      bus: this.bridge,
      topicName: TOPIC,
      project: PROJECT,
      endpoint: 'http://imm.test',
      timeoutMs: TASK_TIMEOUT_MS,
      seed: `${seed}/app/imm`,
    });
  }

  /** Whether a task that it knows of has not ended yet, as far as it has heard. */
  get isWaiting(): boolean {
    const waits = this.#waits ? this.submitted.length : 0;
    return this.awaited.length < this.submitted.length || this.waited.length < waits;
  }

  /** Creates the project, and begins to listen. To be called before anything goes wrong. */
  async start(): Promise<void> {
    await this.#imm.call('PutProject', { Project: PROJECT });
    await this.bridge.start();
  }

  /** Submits a task and follows it to its end; what the service refuses is tried once more a while later. Never rejects. */
  async convert(index: number, { durationMs, failure }: TaskPlan): Promise<void> {
    const segments = [`slow-${durationMs}`, ...(failure === undefined ? [] : [`fail-${failure}`])];
    const request = {
      SrcUri: `oss://bucket/${segments.join('/')}/${index}.docx`,
      TgtUri: 'oss://bucket/out',
      TgtType: 'png' as const,
    };
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      this.submissions.push({ source: request.SrcUri, requests: 0, mayBeDone: 0 });
      try {
        const task = await this.#imm.convertOffice(request);
        this.submitted.push(task.taskId);
        this.durations.set(task.taskId, durationMs);
        if (this.#waits) void this.#waitForEvent(task.taskId);
        this.awaited.push(await endOf(task.taskId, task.finished));
        return;
      } catch {
        await sleep(this.process.clock, 5000);
      }
    }
  }

  async #waitForEvent(taskId: string): Promise<void> {
    const isHeard = await this.bridge.waitFor({ taskId }, { timeoutMs: TASK_TIMEOUT_MS }).then(
      () => true,
      () => false,
    );
    this.waited.push({ taskId, isHeard });
  }

  /** Counts the requests that create a task; each source is submitted by one call at a time. */
  #counted(network: WireHandler): WireHandler {
    return async (request) => {
      const text = `${request.target} ${Buffer.from(request.body).toString('utf8')}`;
      const source = text.includes('CreateOfficeConversionTask') ? /SrcUri=([^&\s]+)/.exec(text)?.[1] : undefined;
      const name = source === undefined ? undefined : decodeURIComponent(source);
      const submission = this.submissions.findLast((one) => one.source === name);
      if (submission === undefined) return network(request);
      submission.requests += 1;
      const token = /IdempotentToken=([^&\s]+)/.exec(text)?.[1];
      const isKnown = token !== undefined && this.#tokens.has(token);
      if (token !== undefined) this.#tokens.add(token);
      if (isKnown) return network(request);
      submission.mayBeDone += 1;
      const response = await network(request);
      // What the service itself has refused was not carried out.
      const reply = Buffer.from(response.body).toString('utf8');
      if (response.broken === undefined && response.status >= 400 && reply.includes('"Code"')) {
        submission.mayBeDone -= 1;
        if (token !== undefined) this.#tokens.delete(token);
      }
      return response;
    };
  }

  async close(): Promise<void> {
    await this.bridge.close();
    this.#imm.close();
  }
}

async function endOf(taskId: string, finished: Promise<unknown>): Promise<AwaitedTask> {
  try {
    await finished;
    return { taskId, end: 'succeeded', code: undefined };
  } catch (error) {
    if (error instanceof TaskFailedError) return { taskId, end: 'failed', code: error.taskCode };
    return { taskId, end: 'gave-up', code: error instanceof MnsbusError ? error.code : String(error) };
  }
}
