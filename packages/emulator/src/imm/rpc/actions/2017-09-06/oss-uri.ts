import type { FieldReader } from '../../field-reader.js';
import { ossAddressProblem, type OssAddressKind } from '../../oss-address.js';
import { wrongFormat } from '../../rpc-fault.js';

/** Reads a required address of an object (spec imm §2.2). */
export function readObjectUri(fields: FieldReader, name: string): string {
  fields.require(name);
  return optionalAddress(fields, name, 'object') ?? '';
}

/** Reads a required place to write to, which may be a bucket (spec imm §2.2). */
export function readTargetUri(fields: FieldReader, name: string): string {
  fields.require(name);
  return optionalTargetUri(fields, name) ?? '';
}

/** Reads a place to write to (spec imm §2.2). */
export function optionalTargetUri(fields: FieldReader, name: string): string | undefined {
  return optionalAddress(fields, name, 'prefix');
}

/** Whether a text is a place to write to. */
export function isTargetUri(text: string): boolean {
  return ossAddressProblem(text, 'prefix') === undefined;
}

function optionalAddress(fields: FieldReader, name: string, kind: OssAddressKind): string | undefined {
  const value = fields.optionalText(name);
  const problem = value === undefined ? undefined : ossAddressProblem(value, kind);
  if (problem !== undefined) throw wrongFormat(name, problem);
  return value;
}
