import type { WireRequest, WireResponse } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { z } from 'zod';
import type { ImmApiVersion } from './config/resource-options.js';
import { derivedPageCount } from './imm/document-pages.js';
import { DEFAULT_TASK_BYTES, MIN_TASK_BYTES, type ImmOptions, type PerConversion } from './imm/imm-options.js';
import type { Refusal } from './imm/model/commands.js';
import { IMM_2017_VERSION, imm2017, imm2017Fault, legacyProjectSchema } from './imm/rpc/actions/2017-09-06/imm-2017.js';
import { DEFAULT_LEGACY_PROJECT } from './imm/rpc/actions/2017-09-06/projects.js';
import { IMM_2020_VERSION, imm2020, imm2020Fault, projectSchema } from './imm/rpc/actions/2020-09-30/imm-2020.js';
import type { ImmVersionRecord } from './imm/imm-version-record.js';
import { Replies } from './imm/replies/replies.js';
import { DEFAULT_PROJECT } from './imm/rpc/actions/2020-09-30/project-record.js';
import { MAX_PROJECTS } from './imm/rpc/actions/2020-09-30/projects.js';
import { RpcEndpoint } from './imm/rpc/rpc-endpoint.js';
import type { UsedNonces } from './imm/rpc/used-nonces.js';
import { TaskRoom } from './imm/task-room.js';
import { TaskScript } from './imm/script/task-script.js';
import { tasksByHand, type EmulatorTasks } from './imm/tasks-by-hand.js';
import type { PublishEvent } from './imm/tenant-driver.js';
import type { HousedProject } from './imm/housed.js';
import { VersionRunner } from './imm/version-runner.js';
import type { Tenant } from './runtime/accounts.js';
import type { EmulatorContext } from './runtime/context.js';

/** What the IMM half of the emulator is told. */
export interface ImmServiceOptions extends ImmOptions {
  /** Puts an event onto a topic; the MNS half provides it. */
  readonly publish: PublishEvent;
}

/** The state of IMM as data, by API version. */
export type ImmRecords = Readonly<Record<string, ImmVersionRecord>>;

/** IMM as one object. */
export interface ImmService {
  /** The tasks of both API versions, to look at and to end by hand. */
  readonly tasks: EmulatorTasks;
  /** What actions are answered by a script. */
  readonly replies: Replies;
  /** How many tasks each tenant has in each API version, where it has any. */
  taskCounts(): readonly { readonly tenant: Tenant; readonly count: number }[];
  /** The projects of both API versions, by version and tenant, and then by name. */
  projects(): readonly HousedProject[];
  /** Answers one request; never rejects. */
  handle(request: WireRequest): Promise<WireResponse>;
  /** Creates a project as `PutProject` and `CreateProject` do when told nothing but its name; gives the refusal if that cannot be done. */
  putProject(tenant: Tenant, apiVersion: ImmApiVersion, name: string): Refusal | undefined;
  /** Which nonces cannot be used again. */
  readonly nonces: UsedNonces;
  /** Everything else that survives, as it is now, as data by API version. */
  records(): ImmRecords;
  /** What such records have to be like. */
  readonly recordsSchema: z.ZodType<ImmRecords>;
  /**
   * Makes checked records ready to take the place of all that is here; carried out when called, which never throws.
   * Tenants that they do not name have nothing from then on. With `accountId`, only its tenants are touched.
   */
  prepare(records: ImmRecords, accountId?: string): () => void;
  /** Lets happen what has fallen due, and waits for the rest. */
  settle(): void;
  /** Creates a project as `PutProject` and `CreateProject` do when told nothing but its name; gives the refusal if that cannot be done. */
  putProject(tenant: Tenant, apiVersion: ImmApiVersion, name: string): Refusal | undefined;
  /** Cancels every timer: no task ends from here on, and requests are answered with `ServiceUnavailable`. */
  close(): void;
}

/** Most pages of a document: what readers of the event accept. */
const MAX_PAGES = 999_999_999;

/** Creates IMM with nothing in it. Throws `INVALID_ARGUMENT` for an option out of range. */
export function createImmService(context: EmulatorContext, options: ImmServiceOptions): ImmService {
  const { publish, pageCount = ({ SrcUri }) => derivedPageCount(SrcUri) } = options;
  const script = new TaskScript(options);
  const room = new TaskRoom(readStoredBytes(options.maxStoredBytes));
  const settings2017 = {
    pageCount: perConversion(pageCount),
    slowProjectDeletion: readProjectDeletion(options.projectDeletion) === 'next-morning',
  };
  const legacy = new VersionRunner(
    {
      version: IMM_2017_VERSION,
      projectRecord: legacyProjectSchema,
      faultOf: imm2017Fault,
      api: (world) => imm2017(world, settings2017),
    },
    context,
    script,
    publish,
    room,
  );
  const current = new VersionRunner(
    { version: IMM_2020_VERSION, projectRecord: projectSchema, faultOf: imm2020Fault, api: imm2020 },
    context,
    script,
    publish,
    room,
  );
  const runners = [legacy, current];
  const replies = new Replies(context, options.replies);
  const settle = (): void => {
    for (const runner of runners) runner.settle(context.clock.now());
  };
  const endpoint = new RpcEndpoint(
    context,
    runners.map(({ api }) => api),
    { replies, refuse: options.refuse, settle },
  );
  return {
    replies,
    projects: () => runners.flatMap((runner) => runner.projects(context.clock.now())),
    taskCounts: () => runners.flatMap((runner) => runner.taskCounts(context.clock.now())),
    tasks: tasksByHand(runners, context),
    nonces: endpoint.nonces,
    records: () => {
      const records = runners.map((runner) => [runner.api.version, runner.record(context.clock.now())] as const);
      return Object.fromEntries(records.filter(([, record]) => Object.keys(record).length > 0));
    },
    recordsSchema: z.strictObject({
      [IMM_2017_VERSION]: legacy.recordSchema.exactOptional(),
      [IMM_2020_VERSION]: current.recordSchema.exactOptional(),
    }),
    prepare: (records, accountId) => {
      const changes = runners.map((runner) => runner.prepare(records[runner.api.version] ?? {}, accountId));
      return () => {
        for (const change of changes) change();
      };
    },
    settle,
    handle: (request) => Promise.resolve(endpoint.handle(request)),
    putProject: (tenant, apiVersion, name) =>
      apiVersion === IMM_2017_VERSION
        ? legacy.createProject(tenant, name, DEFAULT_LEGACY_PROJECT)
        : current.createProject(tenant, name, DEFAULT_PROJECT, MAX_PROJECTS),
    close: () => {
      endpoint.close();
      for (const runner of runners) runner.close();
    },
  };
}

/** A fixed number is checked now, a function's at each task. */
function perConversion(option: PerConversion): Exclude<PerConversion, number> {
  if (typeof option === 'function') return (request) => checkPageCount(option(request));
  const fixed = checkPageCount(option);
  return () => fixed;
}

function checkPageCount(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > MAX_PAGES) {
    throw invalidArgument('imm.pageCount', `a whole number from 0 to ${MAX_PAGES}`, value);
  }
  return value;
}

function readStoredBytes(value = DEFAULT_TASK_BYTES): number {
  if (Number.isSafeInteger(value) && value >= MIN_TASK_BYTES) return value;
  throw invalidArgument('imm.maxStoredBytes', `a whole number from ${MIN_TASK_BYTES}`, value);
}

function readProjectDeletion(value: ImmOptions['projectDeletion'] = 'at-once'): 'at-once' | 'next-morning' {
  if (value !== 'at-once' && value !== 'next-morning') {
    throw invalidArgument('imm.projectDeletion', 'at-once or next-morning', value);
  }
  return value;
}
