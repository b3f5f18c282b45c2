import { md5Hex } from '../md5.js';
import type { CustomEvent } from './custom-event.js';
import { isJsonObject, textMember } from './json-object.js';
import type { AnyEvent } from './registry.js';
import { isTaskEvent } from './task-outcome.js';

/** The message that carries an event. */
export interface EventCarrier {
  /**
   * Its id. Of a topic's message give the one that publishing returned (`notification.envelope.messageId`, where it is there),
   * which every subscription's copy has; of another that of the queue message, which every delivery of it has.
   */
  readonly messageId: string;
  /** Which of the message's events it is, from 0. Default 0. */
  readonly index?: number;
}

/**
 * A key that is the same for every delivery of one event, and different for different events (spec imm §5). Never throws.
 *
 * Made from the producer's id where there is one; else from name and task id; else from what OSS tells of the request;
 * else from the `key` of its definition; else from the message that carries it, so that two messages of equal text are two
 * events. Printable ASCII, percent-encoded where the parts are not.
 */
export function deduplicationKeyOf(
  event: AnyEvent | CustomEvent<string, unknown>,
  { messageId, index = 0 }: EventCarrier,
): string {
  return ownKeyOf(event) ?? joined('message', messageId, String(index));
}

/** The `id` of the CloudEvent around an event: its own key, or the MD5 of what was sent. */
export function cloudEventIdOf(event: AnyEvent | CustomEvent<string, unknown>): string {
  return ownKeyOf(event) ?? joined(event.name, md5Hex(JSON.stringify(event.raw)));
}

function ownKeyOf(event: AnyEvent | CustomEvent<string, unknown>): string | undefined {
  const hasId = event.form === 'imm' || event.form === 'cloudevents';
  const id = hasId && isJsonObject(event.raw) ? textMember(event.raw, 'id') : '';
  if (id !== '') return event.source === 'acs.imm' ? escaped(id) : joined(event.source, id);
  if (isTaskEvent(event)) return joined(event.name, event.data.taskId);
  if ('data' in event && isOssData(event)) {
    const { requestId, object } = event.data;
    return requestId === undefined || requestId === '' ? undefined : joined(event.name, requestId, object.key);
  }
  return 'key' in event && event.key !== undefined ? joined(event.name, event.key) : undefined;
}

type OssEvents = Extract<AnyEvent, { readonly source: string; readonly data: { readonly bucket: object } }>;

function isOssData(event: AnyEvent | CustomEvent<string, unknown>): event is OssEvents {
  return /^Object(?:Created|Downloaded|Modified|Removed|Replication|Restore):/.test(event.name);
}

function joined(...parts: readonly string[]): string {
  return parts.map(escaped).join('/');
}

// JSON escapes lone surrogates, which percent-encoding cannot take; different texts stay different.
function escaped(text: string): string {
  return encodeURIComponent(JSON.stringify(text).slice(1, -1)).replaceAll('%3A', ':');
}
