import type { FieldReader } from '../../field-reader.js';

// The bucket as OSS names buckets; a target is a prefix, so it may be the bucket itself.
const OBJECT_URI = /^oss:\/\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\/.+$/s;
const TARGET_URI = /^oss:\/\/[a-z0-9][a-z0-9-]{1,61}[a-z0-9](?:\/.*)?$/s;

/** Reads a required address of an object (spec imm §2.2). */
export function readObjectUri(fields: FieldReader, name: string): string {
  fields.require(name);
  return fields.optionalMatch(name, OBJECT_URI) ?? '';
}

/** Reads a required place to write to, which may be a bucket (spec imm §2.2). */
export function readTargetUri(fields: FieldReader, name: string): string {
  fields.require(name);
  return optionalTargetUri(fields, name) ?? '';
}

/** Reads a place to write to (spec imm §2.2). */
export function optionalTargetUri(fields: FieldReader, name: string): string | undefined {
  return fields.optionalMatch(name, TARGET_URI);
}

/** Whether a text is a place to write to. */
export function isTargetUri(text: string): boolean {
  return TARGET_URI.test(text);
}
