import { isSameSecret } from '../../runtime/same-secret.js';
import type { RpcParameters } from './parameters.js';
import type { Proof, RpcClaims } from './proof.js';
import { invalid, missing, signatureIncomplete, signatureMethodNotSupported, signatureMismatch } from './rpc-fault.js';
import { rpcStringToSign, signString } from './signature-v1.js';

/** Common parameters that must be there and not be empty, beside those that headers can replace (spec imm §1.3). */
const REQUIRED = ['SignatureMethod', 'SignatureVersion', 'SignatureNonce', 'Timestamp', 'Signature'] as const;

// 20 bytes of SHA-1 in base64.
const WELL_FORMED_SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;

/** The proof of a request signed by parameters (spec imm §1.3, §1.4). Throws an `RpcFault` for the first one missing. */
export function proofV1({ request, parameters, action, version }: RpcClaims): Proof {
  const accessKeyId = valueOf(parameters, 'AccessKeyId');
  if (accessKeyId === undefined) throw missing('AccessKeyId');
  if (action === undefined) throw missing('Action');
  if (version === undefined) throw missing('Version');
  for (const name of REQUIRED) {
    if (valueOf(parameters, name) === undefined) throw missing(name);
  }
  return {
    accessKeyId,
    securityToken: valueOf(parameters, 'SecurityToken'),
    nonce: parameters.get('SignatureNonce') ?? '',
    timestamp: parameters.get('Timestamp') ?? '',
    checkMethod: () => checkMethod(parameters),
    checkSignature: (accessKeySecret) => {
      const stringToSign = rpcStringToSign({ method: request.method, parameters });
      const signature = parameters.get('Signature') ?? '';
      if (!WELL_FORMED_SIGNATURE.test(signature)) throw signatureIncomplete(stringToSign);
      if (!isSameSecret(signature, signString(stringToSign, accessKeySecret))) throw signatureMismatch(stringToSign);
    },
  };
}

/** A common parameter; the empty string counts as absent. */
function valueOf(parameters: RpcParameters, name: string): string | undefined {
  const value = parameters.get(name);
  return value === '' ? undefined : value;
}

function checkMethod(parameters: RpcParameters): void {
  const plain = valueOf(parameters, 'SignatureType') === undefined;
  if (parameters.get('SignatureMethod') !== 'HMAC-SHA1' || !plain) throw signatureMethodNotSupported();
  if (parameters.get('SignatureVersion') !== '1.0') throw invalid('SignatureVersion');
}
