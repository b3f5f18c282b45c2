import { RequestRefused } from './request-refused.js';

/** A request target, taken apart without losing how it was written. */
export interface RequestTarget {
  /** Path and query exactly as sent: what the signature covers (spec mns §1.3). */
  readonly resource: string;
  /** The pieces of the path, percent-decoded, without the empty one before the first slash. */
  readonly segments: readonly string[];
  /** The names of the query as they are spelt, in wire order. */
  readonly queryNames: readonly string[];
  /** By lower-cased name, because clients differ in it (spec mns §2); of repeated names the first. */
  readonly query: ReadonlyMap<string, string>;
}

/** Reads a target in origin form or, as proxies get it, in absolute form. Throws `InvalidRequestURL`. */
export function readTarget(target: string): RequestTarget {
  const resource = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  if (!resource.startsWith('/')) throw new RequestRefused('InvalidRequestURL');
  const queryStart = resource.indexOf('?');
  const path = queryStart === -1 ? resource : resource.slice(0, queryStart);
  const query = queryStart === -1 ? '' : resource.slice(queryStart + 1);
  return { resource, segments: path.slice(1).split('/').map(percentDecode), ...readQuery(query) };
}

/** Every spelling of a query name that docs or official clients use (spec mns §2). */
const KNOWN_QUERY_NAMES: ReadonlySet<string> = new Set([
  'account',
  'accountmeta',
  'metaoverride',
  'metaOverride',
  'Metaoverride',
  'numOfMessages',
  'peekonly',
  'receiptHandle',
  'ReceiptHandle',
  'visibilityTimeout',
  'VisibilityTimeout',
  'waitseconds',
]);

/** Refuses a query with a name that the API does not have. Throws `InvalidQueryString` for the first one. */
export function checkQueryNames({ queryNames }: RequestTarget): void {
  const item = queryNames.find((name) => !KNOWN_QUERY_NAMES.has(name));
  if (item !== undefined) throw new RequestRefused({ code: 'InvalidQueryString', item });
}

function readQuery(text: string): Pick<RequestTarget, 'queryNames' | 'query'> {
  const query = new Map<string, string>();
  const queryNames: string[] = [];
  if (text === '') return { queryNames, query };
  for (const item of text.split('&')) {
    const equals = item.indexOf('=');
    const name = percentDecode(equals === -1 ? item : item.slice(0, equals));
    if (item !== '') queryNames.push(name);
    // Receipt handles end in bare equal signs, so only the first one divides.
    const key = name.toLowerCase();
    if (!query.has(key)) query.set(key, equals === -1 ? '' : percentDecode(item.slice(equals + 1)));
  }
  return { queryNames, query };
}

/** A plus sign stays a plus sign: handles may hold it, and no client means a blank by it (spec mns §7.2). */
function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RequestRefused('InvalidRequestURL');
  }
}
