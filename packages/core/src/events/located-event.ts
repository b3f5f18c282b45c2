import { describeValue } from '../errors.js';
import type { EventForm, JsonObject } from './event.js';
import { isJsonObject, malformedEvent, parseJsonObject, textMember } from './json-object.js';

/** One event of a message, found but not yet read. */
export interface LocatedEvent {
  readonly form: EventForm;
  /** The word that names it in its form: `eventName`, `type`, or `TaskType`; the empty string when it has none. */
  readonly sentAs: string;
  /** The producing service; the empty string when it is not named. */
  readonly source: string;
  readonly raw: JsonObject;
}

/** The CloudEvents extension that tells which form the `data` of a wrapped event has. */
export const FORM_ATTRIBUTE = 'mnsbusform';

const WRAPPED_FORMS: readonly EventForm[] = ['acs', 'imm', 'bare', 'cloudevents', 'foreign'];

/** Finds the events of a message text, in their order. Throws `EVENT_MALFORMED`. */
export function locateEvents(text: string): readonly LocatedEvent[] {
  const message = parseJsonObject(text);
  const list = message['events'];
  if (!Array.isArray(list)) return [locateEvent(message)];
  if (list.length === 0) throw malformedEvent('the list of events is empty', text);
  return list.map((raw: unknown, index) => {
    if (isJsonObject(raw)) return locatedAs('acs', raw);
    throw malformedEvent(`events.${index}: expected an object, received ${describeValue(raw)}`, text);
  });
}

/** Finds the event that is a message of its own; unpacks what `toCloudEvent` has wrapped. Throws `EVENT_MALFORMED`. */
export function locateEvent(message: JsonObject): LocatedEvent {
  const form = formOf(message);
  const wrapped = WRAPPED_FORMS.find((candidate) => candidate === message[FORM_ATTRIBUTE]);
  if (form !== 'cloudevents' || wrapped === undefined) return locatedAs(form, message);
  const data = message['data'];
  if (isJsonObject(data)) return locatedAs(wrapped, data);
  throw malformedEvent(`data: expected the wrapped ${wrapped} event, received ${describeValue(data)}`, message);
}

function formOf(message: JsonObject): EventForm {
  const has = (member: string): boolean => textMember(message, member) !== '';
  if (has('specversion') && has('type')) return 'cloudevents';
  if (has('type') && (Object.hasOwn(message, 'content') || message['source'] === 'acs.imm')) return 'imm';
  if (has('ProjectName') && (has('TaskType') || isFileMeta(message))) return 'bare';
  return 'foreign';
}

function locatedAs(form: EventForm, raw: JsonObject): LocatedEvent {
  const first = (...members: string[]): string =>
    members.map((member) => textMember(raw, member)).find((text) => text !== '') ?? '';
  switch (form) {
    case 'acs':
      return { form, sentAs: first('eventName'), source: first('eventSource'), raw };
    case 'imm':
    case 'cloudevents':
      return { form, sentAs: first('type'), source: first('source'), raw };
    case 'bare':
      return { form, sentAs: first('TaskType') || bareFileMetaName(raw), source: 'acs.imm', raw };
    case 'foreign':
      return { form, sentAs: first('eventName', 'type'), source: first('eventSource', 'source'), raw };
  }
}

function isFileMeta(message: JsonObject): boolean {
  return Array.isArray(message['Files']) && Object.hasOwn(message, 'Success');
}

// The payloads of one file and of many differ in nothing but the number of files (spec imm §3.3).
function bareFileMetaName({ Files: files }: JsonObject): string {
  return Array.isArray(files) && files.length === 1 ? 'imm:FileMeta:Index' : 'imm:FileMeta:BatchIndex';
}
