import type { JsonObject } from '../event.js';
import type { Leaf, Source } from './sources.js';

/** A JSON Schema, as far as made-up events need one. */
export type JsonSchema = JsonObject;

/** The shape of what a producer sends that keeps to the documents of these sources. */
export function documentedBy(...sources: readonly Pick<Source<unknown>, 'leaves'>[]): JsonSchema {
  const leaves = sources.flatMap((source) => source.leaves);
  const own = leaves.find(({ path }) => path.length === 0);
  if (own !== undefined) return own.documented;
  const names = [...new Set(leaves.flatMap(({ path: [name = ''] }) => name))];
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, memberOf(leaves, name)])),
    required: names.filter((name) => leaves.some(({ path, presence }) => path[0] === name && presence === 'required')),
  };
}

function memberOf(leaves: readonly Leaf[], name: string): JsonSchema {
  const inside = leaves.filter(({ path }) => path[0] === name).map((leaf) => ({ ...leaf, path: leaf.path.slice(1) }));
  const schema = documentedBy({ leaves: inside });
  const isNullable = inside.every(({ presence }) => presence === 'nullable');
  return isNullable ? { anyOf: [schema, { type: 'null' }] } : schema;
}
