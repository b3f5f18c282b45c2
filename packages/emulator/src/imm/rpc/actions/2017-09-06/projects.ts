import type { LegacyProject, ProjectResult, PutProjectRequest, UpdateProjectRequest } from '@mnsbus/core';
import type { Tenant } from '../../../../runtime/accounts.js';
import { defined } from '../../../../runtime/defined.js';
import type { Project } from '../../../model/commands.js';
import type { FieldReader } from '../../field-reader.js';
import { invalidValue, unreadableParameters } from '../../rpc-fault.js';
import { serviceHost } from '../../service-host.js';
import { secondsText } from '../../time-text.js';
import type { Imm2017ActionTable, Imm2017World } from './action-table.js';
import { nextMorningMs } from './next-morning.js';
import { readPage } from './page-fields.js';
import type { LegacyProjectRecord } from './project-record.js';

/** `Type` of a project that names none (spec imm §2.3). */
export const DEFAULT_PROJECT_TYPE = 'DocStarter';

/** `CU` of a project that names none (spec imm §2.3). */
export const DEFAULT_CAPACITY_UNITS = 1;

/** Most `CU` of a project (spec imm §2.3). */
export const MAX_CAPACITY_UNITS = 10;

/** `BillingType` of a project that names none (spec imm §2.3). */
export const DEFAULT_BILLING_TYPE = 'ByUsage';

/** What is kept of a project of which nothing but the name was said. */
export const DEFAULT_LEGACY_PROJECT: LegacyProjectRecord = {
  type: DEFAULT_PROJECT_TYPE,
  capacityUnits: DEFAULT_CAPACITY_UNITS,
  billingType: DEFAULT_BILLING_TYPE,
  serviceRole: '',
};

const PROJECT_NAME = /^[A-Za-z][A-Za-z0-9-]{0,49}$/;

/** Whether a project may be called so (spec imm §2.3). */
export function isProjectName(name: string): boolean {
  return PROJECT_NAME.test(name) && name !== 'ALL';
}

type ProjectActions = Pick<
  Imm2017ActionTable,
  'PutProject' | 'GetProject' | 'UpdateProject' | 'ListProjects' | 'DeleteProject'
>;

/**
 * The actions on projects of 2017-09-06 (spec imm §2.3).
 *
 * With `slowProjectDeletion` the name of a deleted project stays blocked until the next morning in Beijing.
 */
export function projectActions(world: Imm2017World, slowProjectDeletion: boolean): ProjectActions {
  return {
    PutProject: (call) => {
      const { Project: name, ...rest } = readPutProject(call.fields);
      const project = world.carryOut(call, { type: 'createProject', name, record: recordOf(rest) });
      return { ...projectMembers(project, call.tenant), RequestId: call.requestId };
    },
    GetProject: (call) => {
      const project = world.carryOut(call, { type: 'getProject', project: call.fields.text('Project') });
      return { ...projectMembers(project, call.tenant), RequestId: call.requestId };
    },
    UpdateProject: (call) => {
      const { Project: project, NewCU, NewServiceRole } = readUpdateProject(call.fields);
      const change = (record: LegacyProjectRecord): LegacyProjectRecord => ({
        ...record,
        capacityUnits: NewCU ?? record.capacityUnits,
        serviceRole: NewServiceRole ?? record.serviceRole,
      });
      const changed = world.carryOut(call, { type: 'updateProject', project, change });
      const { Endpoint: _endpoint, BillingType: _billingType, ...members } = projectMembers(changed, call.tenant);
      return { ...members, RequestId: call.requestId };
    },
    ListProjects: (call) => {
      const page = world.carryOut(call, { type: 'listProjects', ...readPage(call.fields) });
      return {
        Projects: page.items.map((project) => projectMembers(project, call.tenant)),
        RequestId: call.requestId,
        ...defined({ NextMarker: page.nextMarker }),
      };
    },
    DeleteProject: (call) => {
      const project = call.fields.text('Project');
      const slowly = slowProjectDeletion ? { goneAtMs: call.nowMs + nextMorningMs(call.wallMs) - call.wallMs } : {};
      world.carryOut(call, { type: 'deleteProject', project, ...slowly });
      return { RequestId: call.requestId };
    },
  };
}

function readPutProject(fields: FieldReader): Required<PutProjectRequest> {
  fields.require('Project');
  const name = fields.text('Project');
  if (!isProjectName(name)) throw invalidValue('Project');
  return {
    Project: name,
    ServiceRole: fields.optionalText('ServiceRole') ?? '',
    Type: fields.optionalText('Type') ?? DEFAULT_PROJECT_TYPE,
    CU: fields.optionalInteger('CU', { min: 0, max: MAX_CAPACITY_UNITS }) ?? DEFAULT_CAPACITY_UNITS,
    BillingType: fields.optionalWord('BillingType', ['ByUsage', 'ByCU']) ?? DEFAULT_BILLING_TYPE,
  };
}

function readUpdateProject(fields: FieldReader): UpdateProjectRequest {
  fields.require('Project');
  const changes = defined({
    NewCU: fields.optionalInteger('NewCU', { min: 0, max: MAX_CAPACITY_UNITS }),
    NewServiceRole: fields.optionalText('NewServiceRole'),
  });
  // The service has the same words for a request with nothing to change as for one that it cannot read (spec imm §1.8).
  if (Object.keys(changes).length === 0) throw unreadableParameters();
  return { Project: fields.text('Project'), ...changes };
}

function recordOf(request: Omit<Required<PutProjectRequest>, 'Project'>): LegacyProjectRecord {
  return {
    type: request.Type,
    capacityUnits: request.CU,
    billingType: request.BillingType,
    serviceRole: request.ServiceRole,
  };
}

function projectMembers(
  { name, record, createdAtMs, modifiedAtMs }: Project<LegacyProjectRecord>,
  { region }: Tenant,
): Required<LegacyProject> & Omit<ProjectResult, 'RequestId'> {
  return {
    Project: name,
    Type: record.type,
    CU: record.capacityUnits,
    BillingType: record.billingType,
    ServiceRole: record.serviceRole,
    Endpoint: serviceHost(region),
    RegionId: region,
    CreateTime: secondsText(createdAtMs),
    ModifyTime: secondsText(modifiedAtMs),
  };
}
