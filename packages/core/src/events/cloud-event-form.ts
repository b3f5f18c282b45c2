import type { JsonObject } from './event.js';
import { isJsonObject } from './json-object.js';
import { instantOf } from './reading/instant.js';

/** The CloudEvents extension that has the `time` of an event as it was sent, where that is not as the specification has it. */
const SENT_TIME_ATTRIBUTE = 'mnsbustime';

/** An event as CloudEvents 1.0 describes it, in JSON (https://github.com/cloudevents/spec). */
export interface CloudEvent {
  /** The same for every delivery of one event; without an id, task or request of its own, the same for equal texts. */
  readonly id: string;
  /** A URI reference: the producing service. */
  readonly source: string;
  readonly specversion: '1.0';
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly datacontenttype?: string;
  readonly data?: unknown;
  /** Extension attributes: lower-case letters and digits. */
  readonly [extension: string]: unknown;
}

/** Whether a value has the attributes by which CloudEvents 1.0 are told. */
export function isCloudEvent(value: unknown): value is CloudEvent {
  if (!isJsonObject(value) || value['specversion'] !== '1.0') return false;
  return ['id', 'source', 'type'].every((name) => isSomeText(value[name]));
}

/**
 * A CloudEvent that came, as the specification wants it: as it came, or with its `time` in RFC 3339, beside an extension
 * that has the time as it was; `undefined` when anything else about it is not as the specification has it.
 *
 * EventBridge names time zones, as in `2024-08-20T15:03:08.149Asia/Shanghai` (spec imm §3.4), and receivers refuse that.
 */
export function conforming(raw: CloudEvent): CloudEvent | undefined {
  const { time, ...others } = raw;
  if (!Object.entries(others).every(([name, value]) => isAttribute(name, value))) return undefined;
  if (!Object.hasOwn(raw, 'time') || isRfc3339(time)) return raw;
  const text = typeof time === 'string' ? instantOf(time)?.toISOString() : undefined;
  if (!isRfc3339(text) || Object.hasOwn(raw, SENT_TIME_ATTRIBUTE)) return undefined;
  return { ...raw, time: text, [SENT_TIME_ATTRIBUTE]: time };
}

/** A CloudEvent as it was sent, of one that {@link conforming} has made. */
export function asSent(message: JsonObject): JsonObject {
  const { [SENT_TIME_ATTRIBUTE]: time, ...others } = message;
  return isRfc3339(message['time']) && isSomeText(time) && !isRfc3339(time) ? { ...others, time } : message;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const URI_REFERENCE = /^(?:[A-Za-z][\w+.-]*:|(?![^/?#]*:))(?:[\w!$&'()*+,./:;=?@~-]|%[\dA-Fa-f]{2})+$/;
const MIME_TYPE = /^[\w!#$&.+-]+\/[\w!#$&.+-]+(?: *;.*)?$/;

function isRfc3339(value: unknown): value is string {
  return typeof value === 'string' && RFC_3339.test(value) && instantOf(value) !== undefined;
}

function isSomeText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Whether an attribute other than `time` is as CloudEvents 1.0 has it. */
function isAttribute(name: string, value: unknown): boolean {
  switch (name) {
    case 'data':
      return true;
    case 'data_base64':
      return typeof value === 'string';
    case 'source':
      return isPlain(value) && URI_REFERENCE.test(value);
    case 'dataschema':
      return isPlain(value) && URI_REFERENCE.test(value) && /^[A-Za-z][\w+.-]*:/.test(value);
    case 'datacontenttype':
      return isPlain(value) && MIME_TYPE.test(value);
    case 'id':
    case 'type':
    case 'specversion':
    case 'subject':
      return isPlain(value);
    default:
      return /^[a-z0-9]+$/.test(name) && isExtension(value);
  }
}

/** Text that an attribute may hold: no control characters, lone surrogates or noncharacters. */
function isPlain(value: unknown): value is string {
  return isSomeText(value) && !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(value);
}

function isExtension(value: unknown): boolean {
  return typeof value === 'boolean' || (typeof value === 'number' && (value | 0) === value) || isPlain(value);
}
