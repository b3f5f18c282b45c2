import { SeededRandom } from '@mnsbus/core';
import type { z } from 'zod';
import type { Tenant } from '../runtime/accounts.js';
import { struckTask } from '../faults/task-faults.js';
import type { EmulatorContext } from '../runtime/context.js';
import { noteWithin, type NoteChange } from '../runtime/note-change.js';
import { eachTenant, tenantRecords } from '../runtime/tenant-records.js';
import { immVersionSchema, type ImmVersionRecord } from './imm-version-record.js';
import type { HousedProject, HousedTask } from './housed.js';
import type { ImmWorld, TaskRehearsal, TaskSubmission } from './imm-world.js';
import type { ImmCommand, ImmCommandType, ImmCommands, ImmResult, Refusal } from './model/commands.js';
import type { Task, TaskOutcome } from './model/task.js';
import type { ApiVersion, RpcCall } from './rpc/api-version.js';
import type { RpcFault } from './rpc/rpc-fault.js';
import type { ScriptedTask } from './script/task-decision.js';
import type { TaskFate, TaskScript } from './script/task-script.js';
import { TaskDraws } from './task-draws.js';
import type { TaskKind, TaskRequest } from './task-kind.js';
import type { TaskRoom } from './task-room.js';
import { TenantDriver, type PublishEvent } from './tenant-driver.js';

/** What the service must know of an API version to run it. */
export interface ImmVersion<P> {
  /** For example `2017-09-06`. */
  readonly version: string;
  /** What it keeps of a project has to be like. */
  readonly projectRecord: z.ZodType<P>;
  /** The error that each refusal is in this version. */
  readonly faultOf: (refusal: Refusal) => RpcFault;
  /** Its actions, given the world that they work with. */
  readonly api: (world: ImmWorld<P>) => ApiVersion;
}

interface House<P> {
  readonly tenant: Tenant;
  readonly driver: TenantDriver<P>;
}

/** One API version in every tenant: projects and tasks of the two versions do not mix (spec imm §0). */
export class VersionRunner<P> {
  readonly api: ApiVersion;
  readonly #version: ImmVersion<P>;
  readonly #context: EmulatorContext;
  readonly #script: TaskScript;
  readonly #publish: PublishEvent;
  readonly #note: NoteChange | undefined;
  readonly #room: TaskRoom;
  /** By action: those of the version, and any other that tasks have been created of. */
  readonly #kinds = new Map<string, TaskKind>();
  readonly #draws: TaskDraws;
  readonly #rehearsalDraws: TaskDraws;
  readonly #houses = new Map<string, House<P>>();

  /** `room` is how much memory tasks may take, of all that count themselves there. */
  constructor(
    version: ImmVersion<P>,
    context: EmulatorContext,
    script: TaskScript,
    publish: PublishEvent,
    room: TaskRoom,
  ) {
    this.#version = version;
    this.#room = room;
    room.count(() => this.#storedBytes);
    this.#context = context;
    this.#script = script;
    this.#publish = publish;
    this.#note = noteWithin(context.note, 'imm', version.version);
    const random = context.random.fork('imm-task');
    this.#draws = new TaskDraws(version.version === FIRST_VERSION ? random : random.fork(version.version), () =>
      this.#note?.(['draws'], () => this.#draws.record),
    );
    this.#rehearsalDraws = new TaskDraws(random.fork(`${version.version}/rehearsal`), () =>
      this.#note?.(['rehearsalDraws'], () => this.#rehearsalDraws.record),
    );
    const world: ImmWorld<P> = {
      carryOut: (call, command) => this.#carryOut(call, command),
      submit: (call, kind, submission) => this.#submit(call, kind, submission),
      rehearse: (call, kind, submission) => this.#rehearse(call, kind, submission),
    };
    this.api = version.api(world);
    for (const kind of this.api.kinds) this.#kinds.set(kind.action, kind);
  }

  /** Every task of every tenant as it is at `nowMs`. */
  tasks(nowMs: number): readonly HousedTask[] {
    return [...this.#houses.values()].flatMap(({ tenant, driver }) =>
      this.#named(driver.tasks(nowMs)).map((task) => ({ apiVersion: this.#version.version, tenant, task })),
    );
  }

  /** How many tasks each tenant has that has any, at `nowMs`. */
  taskCounts(nowMs: number): readonly { readonly tenant: Tenant; readonly count: number }[] {
    return Array.from(this.#houses.values(), ({ tenant, driver }) => ({
      tenant,
      count: driver.tasks(nowMs).length,
    })).filter(({ count }) => count > 0);
  }

  /** The task with this id in any tenant. */
  findTask(taskId: string, nowMs: number): HousedTask | undefined {
    const house = this.#houseOf(taskId, nowMs);
    const task = house?.driver.findTask(taskId, nowMs);
    if (house === undefined || task === undefined) return undefined;
    return { apiVersion: this.#version.version, tenant: house.tenant, task: this.#named(task) };
  }

  /** Every project of every tenant as it is at `nowMs`. */
  projects(nowMs: number): readonly HousedProject[] {
    const apiVersion = this.#version.version;
    return [...this.#houses.values()].flatMap(({ tenant, driver }) =>
      this.#named(driver.projects(nowMs)).map(({ name, record, createdAtMs, modifiedAtMs }) => ({
        apiVersion,
        tenant,
        name,
        createdAtMs,
        modifiedAtMs,
        settings: record,
      })),
    );
  }

  /** Holds a task of any tenant until it is ended by hand; `undefined` when there is none with this id. */
  holdTask(taskId: string, nowMs: number): ImmResult<P, 'holdTask'> | undefined {
    return this.#houseOf(taskId, nowMs)?.driver.apply({ type: 'holdTask', taskId }, nowMs);
  }

  /** Ends a task of any tenant by hand; `undefined` when there is none with this id. */
  endTask(taskId: string, outcome: TaskOutcome, nowMs: number): ImmResult<P, 'endTask'> | undefined {
    return this.#houseOf(taskId, nowMs)?.driver.apply({ type: 'endTask', taskId, outcome }, nowMs);
  }

  /** Creates a project by no request; gives the refusal if that cannot be done. `limit`: most projects of the tenant. */
  createProject(tenant: Tenant, name: string, record: P, limit?: number): Refusal | undefined {
    const command = { type: 'createProject', name, record, ...(limit === undefined ? {} : { limit }) } as const;
    const result = this.#driverOf(tenant).apply(command, this.#context.clock.now());
    return result.ok ? undefined : result.refusal;
  }

  /** What a task brings when it succeeds: what the script has planned, else what its kind derives. */
  resultOf({ tenant, task }: HousedTask): Readonly<Record<string, unknown>> {
    const planned = this.#driverOf(tenant).plannedOutcome(task.taskId);
    if (planned?.ok === true) return planned.result;
    const kind = this.#kinds.get(task.action);
    return kind === undefined ? {} : derivedResult(kind, task.request);
  }

  /** What a record of this version has to be like. */
  get recordSchema(): z.ZodType<ImmVersionRecord> {
    return immVersionSchema(this.#version.projectRecord);
  }

  /** Everything that survives, as it is at `nowMs`, as data. */
  record(nowMs: number): ImmVersionRecord {
    const tenants = tenantRecords(
      [...this.#houses.values()].map(({ tenant, driver }) => [tenant, driver.record(nowMs)]),
    );
    const { record: draws } = this.#draws;
    const { record: rehearsalDraws } = this.#rehearsalDraws;
    return {
      ...(draws === undefined ? {} : { draws }),
      ...(rehearsalDraws === undefined ? {} : { rehearsalDraws }),
      ...(Object.keys(tenants).length === 0 ? {} : { tenants }),
    };
  }

  /**
   * Makes a checked record ready to take the place of all that is here; carried out when called, which never throws.
   * Tenants that it does not name have nothing from then on. With `accountId`, only its tenants are touched.
   */
  prepare({ draws, rehearsalDraws, tenants = {} }: ImmVersionRecord, accountId?: string): () => void {
    const readProject = (record: unknown): P => this.#version.projectRecord.parse(record);
    const changes = [...eachTenant(tenants)].map(([tenant, record]) =>
      this.#driverOf(tenant).prepare(record, readProject),
    );
    for (const { tenant, driver } of this.#houses.values()) {
      const isMeant = accountId === undefined || tenant.accountId === accountId;
      if (isMeant && tenants[tenant.accountId]?.[tenant.region] === undefined) {
        changes.push(driver.prepare({}, readProject));
      }
    }
    return () => {
      if (accountId === undefined) {
        this.#draws.restore(draws);
        this.#rehearsalDraws.restore(rehearsalDraws);
      }
      for (const change of changes) change();
    };
  }

  /** Lets happen what has fallen due by `nowMs`, in every tenant, and waits for the rest. */
  settle(nowMs: number): void {
    for (const { driver } of this.#houses.values()) driver.settle(nowMs);
  }

  close(): void {
    for (const { driver } of this.#houses.values()) driver.close();
  }

  #carryOut<T extends ImmCommandType>(call: RpcCall, command: ImmCommand<P, T>): ImmCommands<P>[T]['value'] {
    const result = this.#driverOf(call.tenant).apply(command, call.nowMs);
    if (!result.ok) {
      const { maxBytes } = this.#room;
      if (result.refusal === 'no-room') {
        this.#context.hints.observe({ kind: 'tasks-full', tenant: call.tenant, maxBytes });
      }
      throw this.#version.faultOf(result.refusal);
    }
    return this.#named(result.value);
  }

  /** As clients are told. */
  #named<T>(data: T): T {
    return this.#context.clock.named(data);
  }

  #submit(call: RpcCall, kind: TaskKind, submission: TaskSubmission): Task {
    const { project, request, notify, idempotencyKey, exclusiveKey } = submission;
    const keys = {
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(exclusiveKey === undefined ? {} : { exclusiveKey }),
    };
    // A request that creates nothing draws nothing, and so moves no other task.
    const earlier = this.#carryOut(call, { type: 'findRepeatedTask', project, request, ...keys });
    if (earlier !== undefined) return earlier;
    const { uuid, eventId, random } = this.#draws.peek(call.nowMs);
    const { action, taskType, idPrefix } = kind;
    const eventCopies = this.#script.eventCopies(random);
    const fate = this.#fate(call, kind, submission, random);
    this.#draws.take(call.nowMs);
    const taskId = `${idPrefix}${uuid}`;
    const subject = {
      service: 'imm',
      ...call.tenant,
      apiVersion: this.#version.version,
      project,
      taskType,
      taskId,
    } as const;
    const planned = struckTask(this.#context.faults, subject, { ...fate, eventCopies });
    this.#kinds.set(kind.action, kind);
    const created = this.#carryOut(call, {
      type: 'createTask',
      plan: {
        taskId,
        action,
        taskType,
        project,
        eventId,
        requestId: call.requestId,
        request,
        notify,
        ...keys,
        ...planned,
      },
    });
    this.#context.journal.record({ kind: 'task-submitted', taskId: created.taskId, taskType, project });
    return created;
  }

  #rehearse(call: RpcCall, kind: TaskKind, submission: TaskSubmission): TaskRehearsal {
    this.#carryOut(call, { type: 'findRepeatedTask', project: submission.project });
    const { random } = this.#rehearsalDraws.peek(call.nowMs);
    const { durationMs, outcome } = this.#fate(call, kind, submission, random);
    this.#rehearsalDraws.take(call.nowMs);
    return { durationMs, outcome };
  }

  #fate(call: RpcCall, kind: TaskKind, { project, request }: TaskSubmission, random: SeededRandom): TaskFate {
    const { action, taskType, defaultDurationMs } = kind;
    const { tenant, wallMs: submittedAtMs } = call;
    const apiVersion = this.#version.version;
    const sourceUris = kind.sourceUris(request);
    const task: ScriptedTask = { apiVersion, tenant, action, taskType, project, request, sourceUris, submittedAtMs };
    const usual = { durationMs: defaultDurationMs, result: () => derivedResult(kind, request) };
    try {
      return this.#script.fate(task, usual, random);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#context.journal.record({ kind: 'script-failed', action, project, reason });
      throw error;
    }
  }

  get #storedBytes(): number {
    let bytes = 0;
    for (const { driver } of this.#houses.values()) bytes += driver.storedBytes;
    return bytes;
  }

  #houseOf(taskId: string, nowMs: number): House<P> | undefined {
    for (const house of this.#houses.values()) if (house.driver.findTask(taskId, nowMs) !== undefined) return house;
    return undefined;
  }

  #driverOf(tenant: Tenant): TenantDriver<P> {
    const key = `${tenant.accountId}/${tenant.region}`;
    const known = this.#houses.get(key);
    if (known !== undefined) return known.driver;
    const note = noteWithin(this.#note, 'tenants', tenant.accountId, tenant.region);
    const driver = new TenantDriver<P>(tenant, this.#context, this.#publish, this.#kinds, note, this.#room.hasRoomFor);
    this.#houses.set(key, { tenant, driver });
    return driver;
  }
}

// Its draws have had no name of their own since before there was a second version; a name would change every replay.
const FIRST_VERSION = '2017-09-06';

/** Depends on action and sources alone, so that the same document always gives the same result. */
function derivedResult(kind: TaskKind, request: TaskRequest): Readonly<Record<string, unknown>> {
  return kind.result(request, new SeededRandom(`${kind.action} of ${kind.sourceUris(request).join(' ')}`));
}
