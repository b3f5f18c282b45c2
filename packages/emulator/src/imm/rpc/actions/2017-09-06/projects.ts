import type { ProjectResult, PutProjectRequest } from '@mnsbus/core';
import type { Tenant } from '../../../../runtime/accounts.js';
import type { Project, ProjectSettings } from '../../../model/project.js';
import type { RpcAction } from '../../api-version.js';
import type { FieldReader } from '../../field-reader.js';
import { invalidValue } from '../../rpc-fault.js';
import { serviceHost } from '../../service-host.js';
import { secondsText } from '../../time-text.js';
import { carryOut, type Imm2017World } from './imm-2017-world.js';
import { readPage } from './page-fields.js';

/** `Type` of a project that names none (spec imm §2.3). */
export const DEFAULT_PROJECT_TYPE = 'DocStarter';

/** `CU` of a project that names none (spec imm §2.3). */
export const DEFAULT_CAPACITY_UNITS = 1;

/** Most `CU` of a project (spec imm §2.3). */
export const MAX_CAPACITY_UNITS = 10;

/** `BillingType` of a project that names none (spec imm §2.3). */
export const DEFAULT_BILLING_TYPE = 'ByUsage';

const PROJECT_NAME = /^[A-Za-z][A-Za-z0-9-]{0,49}$/;

/** `PutProject`, `GetProject`, `ListProjects` and `DeleteProject` of 2017-09-06 (spec imm §2.3). */
export function projectActions(world: Imm2017World): ReadonlyMap<string, RpcAction> {
  return new Map<string, RpcAction>([
    [
      'PutProject',
      (call) => {
        const request = readPutProject(call.fields);
        const project = carryOut(world, call, { type: 'putProject', settings: settingsOf(request) });
        return projectResult(project, call.tenant, call.requestId);
      },
    ],
    [
      'GetProject',
      (call) => {
        const project = carryOut(world, call, { type: 'getProject', project: call.fields.text('Project') });
        return projectResult(project, call.tenant, call.requestId);
      },
    ],
    [
      'ListProjects',
      (call) => {
        const page = carryOut(world, call, { type: 'listProjects', ...readPage(call.fields) });
        return {
          Projects: page.items.map((project) => projectMembers(project, call.tenant)),
          RequestId: call.requestId,
          NextMarker: page.nextMarker,
        };
      },
    ],
    [
      'DeleteProject',
      (call) => {
        carryOut(world, call, { type: 'deleteProject', project: call.fields.text('Project') });
        return { RequestId: call.requestId };
      },
    ],
  ]);
}

function readPutProject(fields: FieldReader): Required<PutProjectRequest> {
  fields.require('Project');
  const name = fields.text('Project');
  if (!PROJECT_NAME.test(name) || name === 'ALL') throw invalidValue('Project');
  return {
    Project: name,
    ServiceRole: fields.optionalText('ServiceRole') ?? '',
    Type: fields.optionalText('Type') ?? DEFAULT_PROJECT_TYPE,
    CU: fields.optionalInteger('CU', { min: 0, max: MAX_CAPACITY_UNITS }) ?? DEFAULT_CAPACITY_UNITS,
    BillingType: fields.optionalWord('BillingType', ['ByUsage', 'ByCU']) ?? DEFAULT_BILLING_TYPE,
  };
}

function settingsOf(request: Required<PutProjectRequest>): ProjectSettings {
  return {
    name: request.Project,
    type: request.Type,
    capacityUnits: request.CU,
    billingType: request.BillingType,
    serviceRole: request.ServiceRole,
  };
}

function projectMembers(project: Project, { region }: Tenant): Required<Omit<ProjectResult, 'RequestId'>> {
  return {
    Project: project.name,
    Type: project.type,
    CU: project.capacityUnits,
    BillingType: project.billingType,
    ServiceRole: project.serviceRole,
    Endpoint: serviceHost(region),
    RegionId: region,
    CreateTime: secondsText(project.createdAtMs),
    ModifyTime: secondsText(project.modifiedAtMs),
  };
}

function projectResult(project: Project, tenant: Tenant, requestId: string): ProjectResult {
  return { ...projectMembers(project, tenant), RequestId: requestId };
}
