import type { Page, SortedMap } from '../../runtime/sorted-map.js';
import { checkRange, done, refused, type Result } from '../failure.js';
import type { PageRequest } from './commands.js';
import { LIST_SIZE } from './limits.js';

/** One page of what a tenant has, each entry as `view` shows it, in the order of the names (spec mns §2.5). */
export function readPage<T, V>(
  entries: SortedMap<T>,
  { prefix, marker, limit }: PageRequest,
  view: (entry: T) => V,
): Result<Page<V>> {
  const failure = checkRange('x-mns-ret-number', limit, LIST_SIZE);
  if (failure !== undefined) return refused(failure);
  const { items, nextMarker } = entries.page(marker, limit, prefix);
  return done({ items: items.map((entry) => view(entry)), nextMarker });
}
