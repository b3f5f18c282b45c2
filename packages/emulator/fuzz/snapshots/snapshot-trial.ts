import { MnsbusError } from '@mnsbus/core';
import { eventLoopTurn } from '@mnsbus/core/internal';
import type { Escapes } from '../escapes.js';
import { stateProblem } from '../laws.js';
import type { Draw } from '../drawing/draw.js';
import type { Draft } from '../requests/draft.js';
import { judgeReply } from '../requests/judge.js';
import { wireRequest } from '../requests/signing.js';
import { openWorld, type FuzzedWorld, type MakeEmulator, type SessionPlan } from '../requests/world.js';

/** What became of one snapshot. */
export type Trial =
  | { readonly outcome: 'refused' | 'taken' | 'no JSON'; readonly problem?: undefined }
  | { readonly problem: string };

/** How far the time goes after a snapshot was taken up, in milliseconds: at least one of all that it plans happens. */
const THEN_MS = [0, 1, 1000, 31_000, 3_600_000, 90_000_000] as const;

/** An emulator that gets one snapshot after the other, and what it must not be by them. */
export class SnapshotTrials {
  readonly #plan: SessionPlan;
  readonly #escapes: Escapes;
  readonly #make: MakeEmulator | undefined;
  #world: FuzzedWorld | undefined;
  /** The state as it was when it was last asked for. */
  #before: string | undefined;

  constructor(plan: SessionPlan, escapes: Escapes, make?: MakeEmulator) {
    this.#plan = plan;
    this.#escapes = escapes;
    this.#make = make;
  }

  /** Loads a text that may be a snapshot: it is refused for a reason and leaves no trace, or what it makes works. */
  async load(text: string, draw: Draw): Promise<Trial> {
    const value = parsed(text);
    if (value === undefined) return { outcome: 'no JSON' };
    this.#world ??= await openWorld(this.#plan, this.#make);
    const { emulator } = this.#world;
    const before = this.#before ?? JSON.stringify(emulator.snapshot());
    this.#before = before;
    try {
      emulator.restore(value);
    } catch (error) {
      const problem = refusalProblem(error) ?? this.#escapes.take();
      if (problem !== undefined) return { problem };
      const after = JSON.stringify(emulator.snapshot());
      return after === before ? { outcome: 'refused' } : { problem: 'it was refused, and has changed the state' };
    }
    this.#before = undefined;
    const problem = await this.#used(this.#world, draw);
    return problem === undefined ? { outcome: 'taken' } : { problem };
  }

  /** Ends the emulator; the next snapshot gets a fresh one. */
  close(): void {
    this.#world?.close();
    this.#before = undefined;
    this.#world = undefined;
  }

  /** Works on what a snapshot has made, as clients and time do. */
  async #used(world: FuzzedWorld, draw: Draw): Promise<string | undefined> {
    const first = this.#escapes.take() ?? (await stateProblem(world.emulator, world.another));
    if (first !== undefined) return first;
    for (const [index, draft] of drafts(world, draw).entries()) {
      const request = wireRequest(draft, {
        keys: world.keys,
        nowMs: world.now(),
        nonce: `trial-${index}-${draw.hex(8)}`,
      });
      const reply = await world.emulator.handle(request);
      const { problem } = judgeReply(reply);
      if (problem !== undefined) return `${draft.operation} afterwards: ${problem} ${this.#escapes.take() ?? ''}`;
    }
    await world.advance(draw.one(THEN_MS));
    await eventLoopTurn();
    if (draw.once(4)) world.emulator.reset({ accountId: world.emulator.accountId });
    return this.#escapes.take() ?? (await stateProblem(world.emulator, world.another));
  }
}

function refusalProblem(error: unknown): string | undefined {
  if (!(error instanceof MnsbusError)) {
    return `refused with no error of its own: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  if (error.code !== 'INVALID_ARGUMENT') return `refused with ${error.code}`;
  return error.message.startsWith('snapshot') ? undefined : `refused without its place: ${error.message}`;
}

const PROOF = { way: 'v1', key: 'own', flaw: 'none' } as const;

function mns(operation: string, method: string, target: string, body = ''): Draft & { readonly door: 'mns' } {
  return { door: 'mns', operation, method, target, headers: [], body: Buffer.from(body), proof: PROOF, leaves: false };
}

function imm(
  operation: string,
  version: string,
  parameters: Readonly<Record<string, string>>,
): Draft & { readonly door: 'imm' } {
  return {
    door: 'imm',
    operation,
    method: 'GET',
    path: '/',
    version,
    parameters: Object.entries({ Format: 'JSON', ...parameters }),
    placement: 'query',
    headers: [['Host', 'imm.cn-beijing.aliyuncs.com']],
    proof: PROOF,
  };
}

/** What is asked of a state: mostly of what it has, to look at, to take, to add and to end. */
function drafts(world: FuzzedWorld, draw: Draw): readonly (Draft & { readonly door: 'mns' | 'imm' })[] {
  const inspection = world.emulator.inspect();
  const queue = encodeURIComponent(
    some(
      draw,
      inspection.queues().items.map(({ name }) => name),
    ) ?? 'orders',
  );
  const topic = encodeURIComponent(
    some(
      draw,
      inspection.topics().items.map(({ name }) => name),
    ) ?? 'events',
  );
  const project = some(draw, inspection.projects()) ?? { name: 'demo', apiVersion: '2017-09-06' };
  const task = some(draw, inspection.tasks());
  const isOld = project.apiVersion === '2017-09-06';
  const inProject = isOld ? { Project: project.name } : { ProjectName: project.name };
  const message = '<Message><MessageBody>after</MessageBody></Message>';
  const all = [
    mns('BatchReceiveMessage', 'GET', `/queues/${queue}/messages?numOfMessages=16&waitseconds=0`),
    mns('BatchPeekMessage', 'GET', `/queues/${queue}/messages?peekonly=true&numOfMessages=16`),
    mns('SendMessage', 'POST', `/queues/${queue}/messages`, message),
    mns('GetQueueAttributes', 'GET', `/queues/${queue}`),
    mns('ListQueue', 'GET', '/queues'),
    mns('PublishMessage', 'POST', `/topics/${topic}/messages`, message),
    mns('ListSubscriptionByTopic', 'GET', `/topics/${topic}/subscriptions`),
    mns('GetTopicAttributes', 'GET', `/topics/${topic}`),
    mns('GetAccountAttributes', 'GET', '/?accountmeta=true'),
    mns('DeleteQueue', 'DELETE', `/queues/${queue}`),
    imm(isOld ? 'ListOfficeConversionTask' : 'ListTasks', project.apiVersion, {
      ...inProject,
      RequestDefinition: 'true',
    }),
    imm('GetProject', project.apiVersion, inProject),
    imm('ListProjects', project.apiVersion, {}),
    imm('ListTriggers', '2020-09-30', inProject),
    imm('DeleteProject', project.apiVersion, inProject),
    ...(task === undefined ? [] : [aboutTask(task)]),
  ];
  return all.filter(() => draw.once(2));
}

function aboutTask(
  task: ReturnType<ReturnType<FuzzedWorld['emulator']['inspect']>['tasks']>[number],
): Draft & { readonly door: 'imm' } {
  const { apiVersion, project, taskId, taskType } = task;
  const name = { TaskId: taskId, TaskType: taskType, JobId: taskId, JobType: taskType, Id: taskId };
  const own = apiVersion === '2017-09-06' ? { Project: project, ...name } : { ProjectName: project, ...name };
  const action =
    taskType === 'FormatConvertJob'
      ? 'GetOfficeConversionTask'
      : apiVersion === '2017-09-06'
        ? 'GetVideoTask'
        : 'GetTask';
  return imm(action, apiVersion, own);
}

function some<T>(draw: Draw, items: readonly T[]): T | undefined {
  return items.length === 0 ? undefined : draw.one(items);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
