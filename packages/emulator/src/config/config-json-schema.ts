import { z } from 'zod';
import { configSchema } from './config-schema.js';

/** A JSON Schema, or a part of one. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema of config files (draft 2020-12), as `mns-emulator.schema.json` of the package has it. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, { io: 'input' });
}

/** The keys that an object at a place of a config file may have, as its schema knows them; none when nobody knows. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const found = path.reduce<readonly JsonSchema[]>(
    (schemas, step) => schemas.flatMap(choices).flatMap((schema) => childrenAt(schema, step)),
    [configJsonSchema()],
  );
  return [...new Set(found.flatMap(choices).flatMap(({ properties = {} }) => Object.keys(properties)))];
}

/** A schema and what it may be instead. */
function choices(given: JsonSchema): readonly JsonSchema[] {
  const schema = given.$ref === undefined ? given : named(given.$ref);
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter(isSchema).flatMap(choices)];
}

function childrenAt({ properties, items, additionalProperties }: JsonSchema, step: PropertyKey): readonly JsonSchema[] {
  const child = typeof step === 'number' ? items : (properties?.[String(step)] ?? additionalProperties);
  return isSchema(child) ? [child] : [];
}

/** What `#/$defs/…` stands for. */
function named(reference: string): JsonSchema {
  const schema = configJsonSchema().$defs?.[reference.replace('#/$defs/', '')];
  return isSchema(schema) ? schema : {};
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
