import { TaskFailedError, createBridge, createImm, type Bridge, type Imm } from '@mnsbus/bridge';
import { MnsbusError, sleep, type Clock, type WireHandler } from '@mnsbus/core';
import { SimulatedProcess } from '@mnsbus/emulator/testing';
import type { Scenario, TaskPlan } from './scenario.js';

/** How the wait for a task's end ended. */
export interface AwaitedTask {
  readonly taskId: string;
  readonly end: 'succeeded' | 'failed' | 'gave-up';
  /** The code of the error, unless it went well. */
  readonly code: string | undefined;
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
  readonly #imm: Imm<'2017-09-06'>;

  constructor(
    scenario: Scenario,
    parts: {
      readonly clock: Clock;
      readonly network: WireHandler;
      readonly connection: {
        readonly accountId: string;
        readonly accessKeyId: string;
        readonly accessKeySecret: string;
        readonly region: string;
      };
    },
  ) {
    const { clock, network, connection } = parts;
    const { seed } = scenario;
    this.process = new SimulatedProcess('app', clock, network);
    const ways = { clock: this.process.clock, transport: this.process.transport };
    this.bridge = createBridge({
      ...ways,
      mns: { ...connection, endpoint: 'http://mns.test' },
      queueName: 'app',
      fanout: 'replica',
      topicName: TOPIC,
      unhandled: 'delete',
      seed: `${seed}/app`,
    });
    this.bridge.status(({ type }) => {
      if (type === 'stopped') this.process.clock.after(5000, () => this.bridge.resume());
    });
    this.#imm = createImm({
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
    return this.awaited.length < this.submitted.length;
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
      try {
        const task = await this.#imm.convertOffice(request);
        this.submitted.push(task.taskId);
        this.durations.set(task.taskId, durationMs);
        this.awaited.push(await endOf(task.taskId, task.finished));
        return;
      } catch {
        await sleep(this.process.clock, 5000);
      }
    }
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
