import { headerOf } from '@mnsbus/core/internal';
import type { Page } from '../../runtime/sorted-map.js';
import { badElement } from '../failure.js';
import type { PageRequest } from '../model/commands.js';
import { LIST_SIZE } from '../model/limits.js';
import { element, type XmlNode } from '../xml-writer.js';
import { wholeNumber, type OperationCall } from './operation.js';
import type { Reply } from './reply.js';
import { RequestRefused } from './request-refused.js';

/**
 * Which part of a list the headers of a request ask for; an empty header is as good as none (spec mns §2.5).
 *
 * Throws `InvalidArgument` for a marker that no list has given.
 */
export function readPageRequest(call: OperationCall): PageRequest {
  const size = listHeader(call, 'x-mns-ret-number');
  return {
    prefix: listHeader(call, 'x-mns-prefix') ?? '',
    marker: readMarker(listHeader(call, 'x-mns-marker') ?? ''),
    limit: size === undefined ? LIST_SIZE.high : wholeNumber(size),
  };
}

/** Whether each entry of a list shall have all attributes. */
export function wantsAttributes(call: OperationCall): boolean {
  return listHeader(call, 'x-mns-with-meta')?.toLowerCase() === 'true';
}

/** A page as a document: `root` around one `item` for each entry, and the marker only when there is more. */
export function listReply<T>(
  root: string,
  item: string,
  { items, nextMarker }: Page<T>,
  nodes: (entry: T) => readonly XmlNode[],
): Reply {
  const entries = items.map((entry) => element(item, nodes(entry)));
  // One decoder breaks on an empty marker.
  const marker = nextMarker === undefined ? [] : [element('NextMarker', writeMarker(nextMarker))];
  return { status: 200, root: element(root, [...entries, ...marker]) };
}

function listHeader({ request }: OperationCall, name: string): string | undefined {
  const value = headerOf(request, name);
  return value === '' ? undefined : value;
}

/** Names are plain ASCII; the base64 keeps clients from reading them. */
function writeMarker(name: string): string {
  return Buffer.from(name, 'latin1').toString('base64');
}

function readMarker(marker: string): string {
  const name = Buffer.from(marker, 'base64').toString('latin1');
  if (writeMarker(name) !== marker) throw new RequestRefused(badElement('x-mns-marker'));
  return name;
}
