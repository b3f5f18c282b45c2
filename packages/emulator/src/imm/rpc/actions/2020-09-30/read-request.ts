import type { z } from 'zod';
import type { FieldReader } from '../../field-reader.js';
import { RpcFault } from '../../rpc-fault.js';
import { NO_JSON } from './parameter.js';

/** The error of a parameter that is not what it should be, in free words (spec imm §1.8). */
export function invalidParameter(message: string): RpcFault {
  return new RpcFault(400, 'InvalidArgument', message);
}

/**
 * Reads the parameters of an action; unknown ones are ignored, empty ones are as if not given (spec imm §1.2).
 *
 * Throws the `RpcFault` of the first that is missing, or else of the first that is bad.
 */
export function readRequest<Request>(fields: FieldReader, schema: z.ZodType<Request>): Request {
  const values = fields.values();
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const { issues } = result.error;
  const issue = issues.find((one) => isMissing(one, values)) ?? issues[0];
  throw issue === undefined ? invalidParameter('The request is not valid.') : faultOf(issue, values);
}

function isMissing({ path }: z.core.$ZodIssue, values: Readonly<Record<string, string>>): boolean {
  return path.length === 1 && !(String(path[0]) in values);
}

function faultOf(issue: z.core.$ZodIssue, values: Readonly<Record<string, string>>): RpcFault {
  const [parameter, ...inner] = issue.path.map(String);
  if (parameter === undefined) return invalidParameter(issue.message);
  if (isMissing(issue, values)) {
    return invalidParameter(`The parameter ${parameter} is required but not provided.`);
  }
  if (issue.message === NO_JSON) {
    // The spelling is the service's.
    return new RpcFault(400, `InvalidJSON Array parsing error,${parameter}`, `The parameter ${parameter} is no JSON.`);
  }
  const place = [parameter, ...inner].join('.');
  return invalidParameter(`The parameter ${place} is not valid: ${issue.message}.`);
}
