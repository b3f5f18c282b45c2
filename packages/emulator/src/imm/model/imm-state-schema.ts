import { z } from 'zod';
import { count, jsonSchema, ordinal, plannedInstant, recordOf, writtenInstant } from '../../runtime/state-schema.js';
import type { ImmModelRecord } from './imm-state.js';
import type { ProjectStateRecord } from './project-record.js';
import type { TaskCounters } from './task-book.js';
import type { PlannedInstant } from './task-engine.js';
import type { PublicationRecord, TaskEntryRecord, TaskRecord } from './task-record.js';
import type { EventCopy, NotifyTarget, TaskOutcome } from './task.js';

const members = recordOf(jsonSchema);

const planned: z.ZodType<PlannedInstant> = z.strictObject({ atMs: plannedInstant, sequence: count });

const outcome: z.ZodType<TaskOutcome> = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: members }),
  z.strictObject({ ok: z.literal(false), code: z.string(), message: z.string() }),
]);

const notify: z.ZodType<NotifyTarget> = z.strictObject({
  topicName: z.string(),
  endpoint: z.string(),
  notSentBecause: z.string().exactOptional(),
});

const copy: z.ZodType<EventCopy> = z.strictObject({
  lagMs: z.number(),
  extraDelayMs: z.number(),
  overtakenWithinMs: z.number().exactOptional(),
  lost: z.boolean(),
});

const task: z.ZodType<TaskRecord> = z
  .strictObject({
    taskId: z.string().min(1),
    action: z.string(),
    taskType: z.string(),
    project: z.string(),
    eventId: z.string(),
    requestId: z.string(),
    request: members,
    notify: notify.exactOptional(),
    submittedAtMs: writtenInstant,
    startedAtMs: writtenInstant.exactOptional(),
    endedAtMs: writtenInstant.exactOptional(),
    state: z.enum(['submitted', 'running', 'succeeded', 'failed']),
    outcome: outcome.exactOptional(),
  })
  .refine((record) => stateOf(record) === record.state, {
    path: ['state'],
    error: 'expected the state that startedAtMs, endedAtMs and outcome tell of',
  });

const entry: z.ZodType<TaskEntryRecord> = z.strictObject({
  task,
  plannedOutcome: outcome,
  eventCopies: z.array(copy),
  idempotencyKey: z.string().exactOptional(),
  exclusiveKey: z.string().exactOptional(),
  start: planned.exactOptional(),
  end: planned.exactOptional(),
  expiry: planned,
});

const publication: z.ZodType<PublicationRecord> = z
  .strictObject({
    atMs: plannedInstant,
    task,
    copy,
    copyNumber: z.int().min(1),
    attempt: z.int().min(1),
  })
  .refine((record) => record.task.notify !== undefined && record.task.outcome !== undefined, {
    path: ['task'],
    error: 'expected a task that has ended, and whose event goes somewhere',
  });

const publications = z.record(ordinal, publication);

const tasks = recordOf(entry).superRefine((all, context) => {
  for (const [taskId, record] of Object.entries(all)) {
    if (record.task.taskId === taskId) continue;
    context.addIssue({ code: 'custom', path: [taskId, 'task', 'taskId'], message: `expected ${taskId}` });
  }
});

const project: z.ZodType<ProjectStateRecord> = z.strictObject({
  record: jsonSchema,
  createdAtMs: writtenInstant,
  modifiedAtMs: writtenInstant,
});

const counters: z.ZodType<TaskCounters> = z.strictObject({ due: count, overtaken: count, tasks: count });

/** What a record of a model has to be like; `record` is what its API version keeps of a project. */
export function immModelSchema(record: z.ZodType): z.ZodType<ImmModelRecord> {
  return z
    .strictObject({
      counters: counters.exactOptional(),
      projects: recordOf(project.and(z.object({ record }))).exactOptional(),
      blocked: recordOf(plannedInstant).exactOptional(),
      tasks: tasks.exactOptional(),
      publications: z
        .strictObject({ due: publications.exactOptional(), overtaken: publications.exactOptional() })
        .exactOptional(),
    })
    .superRefine((model, context) => {
      for (const [
        taskId,
        {
          task: { project: name },
        },
      ] of Object.entries(model.tasks ?? {})) {
        if (Object.hasOwn(model.projects ?? {}, name)) continue;
        context.addIssue({
          code: 'custom',
          path: ['tasks', taskId, 'task', 'project'],
          message: `expected a project of this record, received ${JSON.stringify(name)}`,
        });
      }
    });
}

function stateOf({ startedAtMs, endedAtMs, outcome: ended }: TaskRecord): TaskRecord['state'] | undefined {
  if ((ended === undefined) !== (endedAtMs === undefined)) return undefined;
  if (ended !== undefined) return startedAtMs === undefined ? undefined : ended.ok ? 'succeeded' : 'failed';
  return startedAtMs === undefined ? 'submitted' : 'running';
}
