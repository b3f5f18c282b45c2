/** An error reply in the making: thrown by whatever refuses a request, turned into a reply in one place. */
export class RpcFault extends Error {
  override readonly name: string = 'RpcFault';
  /** The HTTP status. */
  readonly status: number;
  /** The `Code` of the reply. */
  readonly code: string;
  /** When to come again, in milliseconds, if the service says so. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A required parameter is absent (spec imm §1.8). */
export function missing(parameter: string): RpcFault {
  return new RpcFault(400, `Missing${parameter}`, `${parameter} is mandatory for this action.`);
}

/** A parameter named in the short form of the error (spec imm §1.8). */
export function invalid(parameter: string): RpcFault {
  return new RpcFault(400, `Invalid${parameter}`, `Specified parameter ${parameter} is not valid.`);
}

/** A value outside its documented range or list (spec imm §1.8). */
export function invalidValue(parameter: string): RpcFault {
  return new RpcFault(
    400,
    `InvalidParameter.${parameter}`,
    `The input parameter ${parameter} is not valid. Please refer to document.`,
  );
}

/** A required value, or a list, that is empty (spec imm §1.8). */
export function emptyValue(parameter: string): RpcFault {
  return new RpcFault(
    400,
    `InvalidParameter.${parameter}.Empty`,
    `The input parameter ${parameter} is empty. Please refer to document.`,
  );
}

/**
 * A value that cannot be read as what it should be: a number, an OSS address, … (spec imm §1.8). What the service says of it
 * does not tell what is wrong; `reason` does, after it.
 */
export function wrongFormat(parameter: string, reason?: string): RpcFault {
  return new RpcFault(
    400,
    `InvalidParameter.${parameter}.WrongFormat`,
    `The input parameter ${parameter} has invalid format. Please refer to document.${reason === undefined ? '' : ` (${reason})`}`,
  );
}

/** A resource that does not exist (spec imm §1.8). */
export function notFound(resource: string): RpcFault {
  return new RpcFault(400, `Invalid${resource}.NotFound`, `The resource ${resource} cannot be found. Please check.`);
}

/** A resource that exists already (spec imm §1.8, §2.3). */
export function alreadyExists(resource: string): RpcFault {
  return new RpcFault(
    400,
    `Invalid${resource}.AlreadyExists`,
    `The resource ${resource} already exists. Please check.`,
  );
}

/** Parameters that are no percent-encoded UTF-8; the misspelling is the service's (spec imm §1.8). */
export function unreadableParameters(): RpcFault {
  return new RpcFault(400, 'InvalidParameter', 'The resource Paramater is not valid. Please check.');
}

/** More parameters, or larger ones, than this emulator reads; which of its limits the service has is not known. */
export function tooManyParameters(excess: string): RpcFault {
  return new RpcFault(400, 'InvalidParameter', `The request has ${excess}, which is more than this emulator reads.`);
}

/** Nobody owns the access key id (spec imm §1.8). */
export function accessKeyNotFound(): RpcFault {
  return new RpcFault(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
}

/** The key has been switched off (spec imm §1.8). */
export function accessKeyInactive(): RpcFault {
  return new RpcFault(400, 'InvalidAccessKeyId.Inactive', 'Specified access key is disabled.');
}

/** A security token with characters that no token has (spec imm §1.8). */
export function securityTokenMalformed(): RpcFault {
  return new RpcFault(400, 'InvalidSecurityToken.Malformed', 'Specified SecurityToken is malformed.');
}

/** A temporary key came without its security token (spec imm §1.8). */
export function securityTokenMissing(): RpcFault {
  return new RpcFault(400, 'MissingSecurityToken', 'SecurityToken is required for this action.');
}

/** A temporary key came after its time (spec imm §1.8). */
export function securityTokenExpired(): RpcFault {
  return new RpcFault(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
}

/** A security token came that is not the key's, or with a key that has none (spec imm §1.8). */
export function securityTokenMismatch(): RpcFault {
  return new RpcFault(
    400,
    'InvalidSecurityToken.MismatchWithAccessKey',
    'Specified SecurityToken mismatch with the AccessKey.',
  );
}

/** Any way of signing but HMAC-SHA1 version 1.0 and ACS3-HMAC-SHA256 (spec imm §1.5, §1.8). */
export function signatureMethodNotSupported(): RpcFault {
  return new RpcFault(400, 'InvalidSignatureMethod', 'Specified signature method is not supported.');
}

/** `Timestamp` is no time (spec imm §1.8). */
export function timestampMalformed(): RpcFault {
  return new RpcFault(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.');
}

/** `Timestamp` lies too far from now (spec imm §1.8). */
export function timestampExpired(): RpcFault {
  return new RpcFault(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
}

/** `Signature` is no base64 of a SHA-1 (spec imm §1.8). */
export function signatureIncomplete(stringToSign: string): RpcFault {
  return new RpcFault(
    400,
    'IncompleteSignature',
    `The request signature does not conform to Aliyun standards. server string to sign is:${stringToSign}`,
  );
}

/**
 * The signature is another one than ours (spec imm §1.8).
 *
 * Clients compare what stands after the first colon with their own string to sign, and blame the secret when both agree.
 */
export function signatureMismatch(stringToSign: string): RpcFault {
  return new RpcFault(
    400,
    'SignatureDoesNotMatch',
    `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`,
  );
}

/** The nonce was seen before (spec imm §1.8). */
export function nonceUsed(): RpcFault {
  return new RpcFault(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
}

/** No such action, or no such path (spec imm §1.8). */
export function actionNotFound(): RpcFault {
  return new RpcFault(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.');
}

/** Neither GET nor POST (spec imm §1.8). */
export function methodNotSupported(): RpcFault {
  return new RpcFault(405, 'UnsupportedHTTPMethod', 'This http method is not supported.');
}

/** The emulator is closed (spec imm §1.8). */
export function serviceUnavailable(): RpcFault {
  return new RpcFault(503, 'ServiceUnavailable', 'The request has failed due to a temporary failure of the server.');
}

/** The emulator itself, or a function it was given, has failed (spec imm §1.8). */
export function internalError(): RpcFault {
  return new RpcFault(500, 'InternalError', 'The request processing has failed due to some unknown error.');
}
