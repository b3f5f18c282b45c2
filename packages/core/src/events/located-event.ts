import { describeValue } from '../errors.js';
import { asSent } from './cloud-event-form.js';
import type { EventForm, JsonObject, UnknownEvent } from './event.js';
import { isJsonObject, parseJsonObject, textMember } from './json-object.js';
import { instantOf } from './reading/instant.js';
import type { FieldIssue } from './reading/problems.js';
import { isTaskType } from './task-catalogue.js';

/** One event of a message, found but not yet read. */
export interface LocatedEvent {
  readonly form: EventForm;
  /** The word that names it in its form: `eventName`, `type`, or `TaskType`; the empty string when it has none. */
  readonly sentAs: string;
  /** The producing service; the empty string when it is not named. */
  readonly source: string;
  /** What was sent: any JSON value. */
  readonly raw: unknown;
  /** What was sent, if it is an object; else one without members. */
  readonly members: JsonObject;
  /** Why it can be no event of any type; empty for nearly all. */
  readonly problems: readonly FieldIssue[];
}

/** The CloudEvents extension that tells which form the `data` of a wrapped event has. */
export const FORM_ATTRIBUTE = 'mnsbusform';

const WRAPPED_FORMS: readonly EventForm[] = ['acs', 'imm', 'bare', 'cloudevents', 'foreign'];

/** Finds the events of a message text, in their order: one at least. Throws `EVENT_MALFORMED`. */
export function locateEvents(text: string): readonly LocatedEvent[] {
  const message = parseJsonObject(text);
  const list = message['events'];
  if (!Array.isArray(list)) return [locateEvent(message)];
  if (list.length > 0) return list.map((raw: unknown, index) => listed(raw, `events.${index}`));
  const empty = { path: 'events', expected: 'expected at least one event', received: describeValue(list) };
  return [{ ...locatedAs('foreign', message), problems: [empty] }];
}

/** Finds the event that is a message of its own; unpacks what `toCloudEvent` has wrapped, or changed. */
export function locateEvent(received: JsonObject): LocatedEvent {
  const message = asSent(received);
  const form = formOf(message);
  const wrapped = WRAPPED_FORMS.find((candidate) => candidate === message[FORM_ATTRIBUTE]);
  if (form !== 'cloudevents' || wrapped === undefined || !Object.hasOwn(message, 'data'))
    return locatedAs(form, message);
  const { data } = message;
  // Of the other forms, only objects are ever wrapped.
  if (wrapped === 'acs') return listed(data, 'data');
  return isJsonObject(data) ? locatedAs(wrapped, data) : locatedAs(form, message);
}

/** A located event without a typed view. */
export function unknownEvent(located: LocatedEvent, problems: readonly FieldIssue[]): UnknownEvent {
  const { form, sentAs, source, raw } = located;
  return { name: 'unknown', eventName: sentAs, source, occurredAt: toldTime(located), form, raw, problems };
}

/** The time that an event of no built-in type tells. */
export function toldTime({ members }: LocatedEvent): Date | undefined {
  return instantOf(members['eventTime']) ?? instantOf(members['time']);
}

/** A member of the list of events, which may be anything: it must not hide its neighbours. */
function listed(raw: unknown, path: string): LocatedEvent {
  if (isJsonObject(raw)) return locatedAs('acs', raw);
  const problem = { path, expected: 'expected an object', received: describeValue(raw) };
  return { form: 'acs', sentAs: '', source: '', raw, members: {}, problems: [problem] };
}

function formOf(message: JsonObject): EventForm {
  const has = (member: string): boolean => textMember(message, member) !== '';
  if (has('specversion') && has('type')) return 'cloudevents';
  if (has('type') && (Object.hasOwn(message, 'content') || message['source'] === 'acs.imm')) return 'imm';
  // A payload that comes alone is told by its project, or by a word and an id that only IMM has together (spec imm §8).
  if (has('ProjectName') && (has('TaskType') || isFileMeta(message))) return 'bare';
  return has('TaskId') && isTaskType(textMember(message, 'TaskType')) ? 'bare' : 'foreign';
}

function locatedAs(form: EventForm, raw: JsonObject): LocatedEvent {
  const first = (...names: string[]): string =>
    names.map((name) => textMember(raw, name)).find((text) => text !== '') ?? '';
  const at = (sentAs: string, source: string): LocatedEvent => ({
    form,
    sentAs,
    source,
    raw,
    members: raw,
    problems: [],
  });
  switch (form) {
    case 'acs':
      return at(first('eventName'), first('eventSource'));
    case 'imm':
    case 'cloudevents':
      return at(first('type'), first('source'));
    case 'bare':
      return at(first('TaskType') || bareFileMetaName(raw), 'acs.imm');
    case 'foreign':
      return at(first('eventName', 'type'), first('eventSource', 'source'));
  }
}

function isFileMeta(message: JsonObject): boolean {
  return Array.isArray(message['Files']) && Object.hasOwn(message, 'Success');
}

// The payloads of one file and of many differ in nothing but the number of files (spec imm §3.3).
function bareFileMetaName({ Files: files }: JsonObject): string {
  return Array.isArray(files) && files.length === 1 ? 'imm:FileMeta:Index' : 'imm:FileMeta:BatchIndex';
}
