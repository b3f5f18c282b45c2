import type { ImmProject, ImmProjectSettings } from '@mnsbus/core';
import { z } from 'zod';
import type { Project } from '../../../model/commands.js';
import { trimmedTime } from './rfc3339.js';

/** What 2020-09-30 keeps of a project: what it was given, and the defaults (spec imm §4.5). */
export type ImmProjectRecord = Required<ImmProjectSettings>;

const limit = z.number().min(0);

/** What a record has to be like that comes from elsewhere; in the order of {@link DEFAULT_PROJECT}. */
export const projectSchema: z.ZodType<ImmProjectRecord> = z.strictObject({
  Description: z.string(),
  ServiceRole: z.string(),
  TemplateId: z.string(),
  ProjectMaxDatasetCount: limit,
  DatasetMaxBindCount: limit,
  DatasetMaxFileCount: limit,
  DatasetMaxEntityCount: limit,
  DatasetMaxRelationCount: limit,
  DatasetMaxTotalFileSize: limit,
  Tag: z.array(z.strictObject({ Key: z.string(), Value: z.string() })),
});

/** Settings of a project that names none (spec imm §4.5). */
export const DEFAULT_PROJECT: ImmProjectRecord = {
  Description: '',
  ServiceRole: 'AliyunIMMDefaultRole',
  TemplateId: '',
  ProjectMaxDatasetCount: 1e9,
  DatasetMaxBindCount: 10,
  DatasetMaxFileCount: 1e10,
  DatasetMaxEntityCount: 1e10,
  DatasetMaxRelationCount: 1e11,
  DatasetMaxTotalFileSize: 9e16,
  Tag: [],
};

/** Requests that a project may make in a second, as `GetProject` shows it; nothing is throttled. */
export const PROJECT_QUERIES_PER_SECOND = 100;

/** Tasks of a project that run at once, as `GetProject` shows it; all of them do. */
export const ENGINE_CONCURRENCY = 5;

/** A project as replies show it; it has no datasets, so its counts are 0. */
export function projectMembers({ name, record, createdAtMs, modifiedAtMs }: Project<ImmProjectRecord>): ImmProject {
  const { Tag: tags, ...settings } = record;
  return {
    ProjectName: name,
    ...settings,
    CreateTime: trimmedTime(createdAtMs),
    UpdateTime: trimmedTime(modifiedAtMs),
    ProjectQueriesPerSecond: PROJECT_QUERIES_PER_SECOND,
    EngineConcurrency: ENGINE_CONCURRENCY,
    DatasetCount: 0,
    FileCount: 0,
    TotalFileSize: 0,
    Tags: tags.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
  };
}
