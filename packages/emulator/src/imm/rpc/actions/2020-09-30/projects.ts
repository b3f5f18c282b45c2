import type { CreateProjectRequest, ImmProjectRequest, ImmProjectSettings, ListImmProjectsRequest } from '@mnsbus/core';
import { z } from 'zod';
import type { Project } from '../../../model/commands.js';
import type { RpcCall } from '../../api-version.js';
import type { Imm2020ActionTable, Imm2020World } from './action-table.js';
import { integer, json, projectName, text } from './parameter.js';
import { DEFAULT_PROJECT, projectMembers, type ImmProjectRecord } from './project-record.js';
import { readRequest } from './read-request.js';

/** Most projects of an account in a region (spec imm §4.5). */
export const MAX_PROJECTS = 100;

/** The length of a page when the request names none or 0, and the longest there is (spec imm §4.5). */
export const PROJECT_PAGE: { readonly usual: number; readonly most: number } = { usual: 100, most: 200 };

/** Regions that `ListRegions` tells (spec imm §1.1). */
export const CURRENT_REGIONS: readonly string[] = (
  'cn-shanghai cn-hangzhou cn-shenzhen cn-beijing cn-zhangjiakou ap-southeast-1 cn-qingdao cn-guangzhou cn-chengdu ' +
  'cn-hongkong cn-wulanchabu ap-southeast-2 ap-southeast-5 ap-south-1 eu-central-1 eu-west-1 us-east-1 us-west-1 ' +
  'cn-north-2-gov-1'
).split(' ');

const optional = z.exactOptional;
const count = optional(integer(1));
const tagList = json(z.array(z.object({ Key: z.string().min(1), Value: z.string() })));

const settings: z.ZodType<CreateProjectRequest> = z.object({
  ProjectName: projectName,
  Description: optional(text(1, 256)),
  ServiceRole: optional(text()),
  TemplateId: optional(text()),
  ProjectMaxDatasetCount: optional(integer(1, 1e9)),
  DatasetMaxBindCount: optional(integer(1, 10)),
  DatasetMaxFileCount: count,
  DatasetMaxEntityCount: count,
  DatasetMaxRelationCount: count,
  // The default is larger than the largest number that can be told from its neighbours.
  DatasetMaxTotalFileSize: optional(integer(1, 9e16)),
  Tag: optional(tagList),
});

const named: z.ZodType<ImmProjectRequest> = z.object({ ProjectName: projectName });

const listed: z.ZodType<ListImmProjectsRequest> = z.object({
  MaxResults: optional(integer(0, PROJECT_PAGE.most)),
  NextToken: optional(text()),
  Prefix: optional(text(1, 128)),
  Tag: optional(tagList),
});

type ProjectActions = Pick<
  Imm2020ActionTable,
  'ListRegions' | 'CreateProject' | 'GetProject' | 'UpdateProject' | 'ListProjects' | 'DeleteProject'
>;

/** The actions on projects (spec imm §4.5). */
export function projectActions(world: Imm2020World): ProjectActions {
  return {
    ListRegions: ({ requestId }) => ({
      RequestId: requestId,
      Regions: CURRENT_REGIONS.map((region) => ({ RegionId: region })),
    }),
    CreateProject: (call) => {
      const { ProjectName: name, ...given } = readRequest(call.fields, settings);
      const record: ImmProjectRecord = { ...DEFAULT_PROJECT, ...given };
      return reply(call, world.carryOut(call, { type: 'createProject', name, record, limit: MAX_PROJECTS }));
    },
    GetProject: (call) => reply(call, world.carryOut(call, { type: 'getProject', project: nameIn(call) })),
    UpdateProject: (call) => {
      const { ProjectName: project, ...given }: ImmProjectRequest & ImmProjectSettings = readRequest(
        call.fields,
        settings,
      );
      const change = (record: ImmProjectRecord): ImmProjectRecord => ({ ...record, ...given });
      return reply(call, world.carryOut(call, { type: 'updateProject', project, change }));
    },
    ListProjects: (call) => {
      const {
        MaxResults = 0,
        NextToken: marker = '',
        Prefix: prefix = '',
        Tag = [],
      } = readRequest(call.fields, listed);
      const all = world.carryOut(call, { type: 'listProjects', marker, maxKeys: MAX_PROJECTS, prefix }).items;
      const wanted = all.filter(({ record }) =>
        Tag.every(({ Key, Value }) => record.Tag.some((one) => one.Key === Key && one.Value === Value)),
      );
      const page = wanted.slice(0, MaxResults === 0 ? PROJECT_PAGE.usual : MaxResults);
      const last = page.at(-1);
      return {
        RequestId: call.requestId,
        Projects: page.map(projectMembers),
        ...(last === undefined || page.length === wanted.length ? {} : { NextToken: last.name }),
      };
    },
    DeleteProject: (call) => {
      world.carryOut(call, { type: 'deleteProject', project: nameIn(call), onlyIfIdle: true });
      return { RequestId: call.requestId };
    },
  };
}

function nameIn({ fields }: RpcCall): string {
  return readRequest(fields, named).ProjectName;
}

function reply({ requestId }: RpcCall, project: Project<ImmProjectRecord>): ReturnType<ProjectActions['GetProject']> {
  return { RequestId: requestId, Project: projectMembers(project) };
}
