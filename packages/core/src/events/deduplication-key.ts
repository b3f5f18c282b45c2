import { md5Hex } from '../md5.js';
import type { CustomEvent } from './custom-event.js';
import { isJsonObject, textMember } from './json-object.js';
import type { AnyEvent } from './registry.js';
import { isTaskEvent } from './task-outcome.js';

/**
 * A key that is the same for every delivery of one event, and different for different events (spec imm §5).
 *
 * Made from the producer's id where there is one; else from name and task id; else from what OSS tells of the request;
 * else from the event's bytes. Printable ASCII, percent-encoded where the parts are not.
 */
export function deduplicationKeyOf(event: AnyEvent | CustomEvent<string, unknown>): string {
  const hasId = event.form === 'imm' || event.form === 'cloudevents';
  const id = hasId && isJsonObject(event.raw) ? textMember(event.raw, 'id') : '';
  if (id !== '') return event.source === 'acs.imm' ? escaped(id) : joined(event.source, id);
  if (isTaskEvent(event)) return joined(event.name, event.data.taskId);
  if ('data' in event && isOssData(event) && event.data.requestId !== undefined) {
    return joined(event.name, event.data.requestId, event.data.object.key);
  }
  return joined(event.name, md5Hex(JSON.stringify(event.raw)));
}

type OssEvents = Extract<AnyEvent, { readonly source: string; readonly data: { readonly bucket: object } }>;

function isOssData(event: AnyEvent | CustomEvent<string, unknown>): event is OssEvents {
  return /^Object(?:Created|Downloaded|Modified|Removed|Replication):/.test(event.name);
}

function joined(...parts: readonly string[]): string {
  return parts.map(escaped).join('/');
}

// JSON escapes lone surrogates, which percent-encoding cannot take; different texts stay different.
function escaped(text: string): string {
  return encodeURIComponent(JSON.stringify(text).slice(1, -1)).replaceAll('%3A', ':');
}
