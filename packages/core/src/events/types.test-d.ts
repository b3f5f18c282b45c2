// Checked by the compiler alone: what must not compile stands behind an expected error.
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import type { CustomEvent } from './custom-event.js';
import { createEventRegistry } from './create-registry.js';
import { defineEvent } from './custom-event.js';
import { matchesPattern, type EventOf, type EventPattern } from './event-pattern.js';
import type { FormatConvertJobFinished } from './imm-2017/format-convert.js';
import type { RawImmMessage } from './imm-2020/imm-message.js';
import { wholeNumber } from './reading/kinds.js';
import type { FieldIssue } from './reading/problems.js';
import { members, sourcesIn } from './reading/sources.js';
import type { AnyEvent, EventMap } from './registry.js';
import { outcomeOf, type TaskOutcome } from './task-outcome.js';

// A pattern is a name, a group of names, or everything.
expectTypeOf<'imm:Task:*' | 'imm:*' | 'ObjectCreated:*' | 'GrabFrameTask' | '*'>().toExtend<EventPattern>();
// @ts-expect-error no such group
export const misspelt: EventPattern = 'imm:Tasks:*';
// @ts-expect-error a name without a colon has no group
export const ungrouped: EventPattern = 'GrabFrameTask:*';

// It stands for exactly the events that fit.
expectTypeOf<EventOf<'FormatConvertJob:*'>>().toEqualTypeOf<FormatConvertJobFinished>();
expectTypeOf<EventOf<'imm:FileMeta:Index'>>().toEqualTypeOf<EventMap['imm:FileMeta:Index']>();
expectTypeOf<EventOf<'ObjectRemoved:*'>['name']>().toEqualTypeOf<
  'ObjectRemoved:AbortMultipartUpload' | 'ObjectRemoved:DeleteObject' | 'ObjectRemoved:DeleteObjects'
>();
expectTypeOf<EventOf<'*'>['name']>().toEqualTypeOf<keyof EventMap>();

declare const event: AnyEvent;
if (matchesPattern('FormatConvertJob:*', event)) expectTypeOf(event.data.pageCount).toEqualTypeOf<number | undefined>();
if (matchesPattern('ObjectCreated:*', event)) expectTypeOf(event.data.object.size).toEqualTypeOf<number | undefined>();
// @ts-expect-error no such event
matchesPattern('FormatConvertJob:JobFinishd', event);

// The name tells the events apart, and the form what was sent.
if (event.name === 'imm:Task:OfficeConversion') {
  expectTypeOf(event.data.status).toEqualTypeOf<'Succeeded' | 'Failed' | undefined>();
  if (event.form === 'imm') expectTypeOf(event.raw).toEqualTypeOf<RawImmMessage<'imm:Task:OfficeConversion'>>();
}

// The event of a task has an outcome; any other may have none.
expectTypeOf(outcomeOf(event)).toEqualTypeOf<TaskOutcome | undefined>();
declare const converted: EventMap['imm:Task:OfficeConversion'];
expectTypeOf(outcomeOf(converted)).toEqualTypeOf<TaskOutcome>();
const outcome = outcomeOf(converted);
if (outcome.succeeded === true) expectTypeOf(outcome.code).toEqualTypeOf<undefined>();
else if (outcome.succeeded === false) expectTypeOf(outcome.code).toEqualTypeOf<string>();
else expectTypeOf(outcome.code).toEqualTypeOf<string | undefined>();

// What has been looked at is as documented; the rest of what was sent may be anything, but is named.
expectTypeOf(event.problems).toEqualTypeOf<readonly FieldIssue[]>();
expectTypeOf(event.occurredAt).toEqualTypeOf<Date | undefined>();
if (event.name === 'FormatConvertJob:JobFinished') {
  expectTypeOf(event.raw.imm.taskId).toEqualTypeOf<string>();
  expectTypeOf(event.raw.imm.pageCount).toEqualTypeOf<unknown>();
  expectTypeOf(event.raw.eventName).toEqualTypeOf<'FormatConvertJob:JobFinished'>();
}
if (event.name === 'ObjectCreated:PutObject' && event.form === 'cloudevents') {
  expectTypeOf(event.raw.data.oss.object.key).toEqualTypeOf<string>();
  expectTypeOf(event.raw.time).toEqualTypeOf<unknown>();
}
if (event.name === 'unknown') expectTypeOf(event.raw).toEqualTypeOf<unknown>();

// A view is read from members that are documented.
const documented = sourcesIn<{ readonly imm: { readonly pageCount: string } }>();
documented.expected('imm.pageCount', wholeNumber);
// @ts-expect-error no such member
documented.expected('imm.pages', wholeNumber);
// @ts-expect-error a member of another type
members<{ readonly pages: string | undefined }>({ pages: documented.expected('imm.pageCount', wholeNumber) });
// @ts-expect-error what may be missing is undefined in the view
members<{ readonly pages: number }>({ pages: documented.expected('imm.pageCount', wholeNumber) });

// Events of one's own join the others.
const paid = defineEvent({ name: 'shop:Paid', schema: z.object({ cents: z.string().transform(Number) }) });
const sent = defineEvent({ name: 'shop:Sent', schema: z.object({ to: z.string() }) });
const registry = createEventRegistry({ events: [paid, sent] });
const [own] = registry.decode('{}');
if (own?.name === 'shop:Paid') expectTypeOf(own).toEqualTypeOf<CustomEvent<'shop:Paid', { cents: number }>>();
if (own !== undefined && registry.matches('shop:*', own)) {
  expectTypeOf(own.name).toEqualTypeOf<'shop:Paid' | 'shop:Sent'>();
}
// @ts-expect-error no such group
if (own !== undefined) registry.matches('shops:*', own);
