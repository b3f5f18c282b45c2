import { isTooDeep } from '@mnsbus/core/internal';
import { z } from 'zod';
import type { ImmOptions } from '../../imm/imm-options.js';
import type { LiteralReplies } from '../../imm/replies/imm-replies.js';
import { repliesSchema } from '../../imm/replies/reply-schema.js';
import type { Milliseconds } from '../../imm/script/distribution.js';
import { from0, millisecondsSchema as milliseconds } from '../../imm/script/distribution-schema.js';
import type { EventOptions } from '../../imm/script/event-script.js';
import type { ScriptedFailure, TaskDecision } from '../../imm/script/task-decision.js';
import { MAX_VALUE_DEPTH } from '../../runtime/json-value.js';
import type { ProjectOptions } from '../resource-options.js';
import { tenant } from './messaging.js';

/** A rule about tasks, as a file can say it. */
export interface TaskRuleConfig extends TaskDecision {
  /** What a source address of the task begins with. Either this or `sourcePattern`. */
  readonly sourceUri?: string;
  /** A regular expression that a source address of the task matches. */
  readonly sourcePattern?: string;
  readonly taskType?: string;
}

/** What tasks do, as a file can say it. */
export interface TasksConfig extends Pick<ImmOptions, 'durationMsByType' | 'events' | 'projectDeletion'> {
  readonly durationMs?: Milliseconds;
  readonly queueDelayMs?: Milliseconds;
  readonly pageCount?: number;
  readonly rules?: readonly TaskRuleConfig[];
}

/** What actions of IMM are answered, as a file can say it. */
export interface ImmConfig {
  readonly replies?: LiteralReplies;
}

/** Projects of IMM. */
export const projects: z.ZodType<readonly ProjectOptions[]> = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      ...tenant,
      apiVersions: z
        .array(z.enum(['2017-09-06', '2020-09-30']))
        .min(1)
        .describe('Default both.')
        .exactOptional(),
    }),
  )
  .describe('Projects of IMM that are there from the beginning.');

const probability = z.number().min(0).max(1);

const fail: z.ZodType<ScriptedFailure> = z
  .strictObject({
    code: z.string().regex(/^(?!NoError$)[A-Za-z][\w.]{0,127}$/, 'expected a code of an error, such as ConvertTimeout'),
    message: z.string().exactOptional(),
  })
  .describe('Lets the task fail.');

const rule: z.ZodType<TaskRuleConfig> = z
  .strictObject({
    sourceUri: z.string().min(1).describe('What a source address of the task begins with.').exactOptional(),
    sourcePattern: z
      .string()
      .refine(isPattern, { error: 'expected a regular expression' })
      .describe('A regular expression that a source address of the task matches.')
      .exactOptional(),
    taskType: z.string().min(1).describe('Only tasks of this type, for example GrabFrameTask.').exactOptional(),
    queueDelayMs: milliseconds.describe('How long the task waits before it starts.').exactOptional(),
    durationMs: milliseconds.describe('How long it runs.').exactOptional(),
    hold: z.boolean().describe('Lets the task run until it is ended by hand. Default false.').exactOptional(),
    fail: fail.exactOptional(),
    result: z
      .record(z.string(), z.unknown())
      .refine((value) => !isTooDeep(value, MAX_VALUE_DEPTH), `expected at most ${MAX_VALUE_DEPTH} levels`)
      .describe('Replaces members of the result.')
      .exactOptional(),
  })
  .refine(({ sourceUri, sourcePattern }) => (sourceUri === undefined) !== (sourcePattern === undefined), {
    error: 'expected either sourceUri or sourcePattern',
  });

const events: z.ZodType<EventOptions> = z
  .strictObject({
    publishLagMs: milliseconds.describe('From the end of a task to its event. Default 150–350.').exactOptional(),
    duplicateProbability: probability.describe('How often an event comes twice. Default 0.').exactOptional(),
    lossProbability: probability.describe('How often an event never comes. Default 0.').exactOptional(),
    delayProbability: probability.describe('How often an event comes later. Default 0.').exactOptional(),
    extraDelayMs: milliseconds.describe('How much later. Default 5000.').exactOptional(),
    reorderProbability: probability
      .describe('How often an event lets the next one go first. Default 0.')
      .exactOptional(),
    reorderWaitMs: from0.describe('How long it waits for the next one. Default 5000.').exactOptional(),
  })
  .describe('What happens to events on their way to their topics.');

/** What tasks of IMM do. */
export const tasks: z.ZodType<TasksConfig> = z
  .strictObject({
    durationMs: milliseconds.describe('How long tasks run. Default what each kind takes.').exactOptional(),
    durationMsByType: z.record(z.string(), milliseconds).describe('The same for single task types.').exactOptional(),
    queueDelayMs: milliseconds.describe('How long tasks wait before they start. Default 0.').exactOptional(),
    pageCount: z
      .int()
      .min(0)
      .max(999_999_999)
      .describe('How many pages documents have. Default 1–20, the same for the same source.')
      .exactOptional(),
    rules: z.array(rule).describe('Decisions by source address; the first that fits counts.').exactOptional(),
    events: events.exactOptional(),
    projectDeletion: z
      .enum(['at-once', 'next-morning'])
      .describe('When a deleted project of 2017-09-06 is gone. Default at-once.')
      .exactOptional(),
  })
  .describe('What tasks of IMM do.');

/** What IMM does apart from tasks. */
export const imm: z.ZodType<ImmConfig> = z
  .strictObject({ replies: repliesSchema.exactOptional() })
  .describe('What IMM answers where it has no task.');

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
