import type { PageRequest } from '../../../model/commands.js';
import type { FieldReader } from '../../field-reader.js';
import { RpcFault, invalid } from '../../rpc-fault.js';

/** The length of a page when the request names none, and the longest there is (spec imm §2.2). */
export const MAX_KEYS = 100;

/** Reads `Marker` and `MaxKeys`; a bad `MaxKeys` has an error of its own (spec imm §1.8, §2.2). */
export function readPage(fields: FieldReader): PageRequest {
  return { marker: fields.optionalText('Marker') ?? '', maxKeys: readMaxKeys(fields) ?? MAX_KEYS };
}

function readMaxKeys(fields: FieldReader): number | undefined {
  try {
    return fields.optionalInteger('MaxKeys', { min: 1, max: MAX_KEYS });
  } catch (error) {
    throw error instanceof RpcFault ? invalid('MaxKeys') : error;
  }
}
