import { headerOf } from '@mnsbus/core/internal';
import { isSameSecret } from '../../runtime/same-secret.js';
import type { Proof, RpcClaims } from './proof.js';
import { missing, signatureIncomplete, signatureMethodNotSupported, signatureMismatch } from './rpc-fault.js';
import {
  ACS3_ALGORITHM,
  acs3StringToSign,
  headersToSign,
  readAcs3Authorization,
  sha256Hex,
  signAcs3,
} from './signature-acs3.js';

// 32 bytes of SHA-256 in hex.
const WELL_FORMED_SIGNATURE = /^[\da-f]{64}$/;

/** The proof of a request signed by its `Authorization` header (spec imm §1.5). Throws an `RpcFault` for what is missing. */
export function proofAcs3({ request, action, version }: RpcClaims): Proof {
  const authorization = readAcs3Authorization(headerOf(request, 'authorization') ?? '');
  const { algorithm, accessKeyId, signedHeaders, signature } = authorization ?? {};
  if (accessKeyId === undefined) throw missing('AccessKeyId');
  if (action === undefined) throw missing('Action');
  if (version === undefined) throw missing('Version');
  if (signature === undefined || signedHeaders === undefined) throw missing('Signature');
  const nonce = required(headerOf(request, 'x-acs-signature-nonce'), 'SignatureNonce');
  const timestamp = required(headerOf(request, 'x-acs-date'), 'Timestamp');
  return {
    accessKeyId,
    securityToken: present(headerOf(request, 'x-acs-security-token')),
    nonce,
    timestamp,
    checkMethod: () => {
      if (algorithm !== ACS3_ALGORITHM) throw signatureMethodNotSupported();
    },
    checkSignature: (accessKeySecret) => {
      const stringToSign = acs3StringToSign(request, signedHeaders);
      const covered = new Set(signedHeaders);
      const isCovered = headersToSign(request).every((name) => covered.has(name));
      if (!isCovered || !WELL_FORMED_SIGNATURE.test(signature)) throw signatureIncomplete(stringToSign);
      const isOwnBody = headerOf(request, 'x-acs-content-sha256') === sha256Hex(request.body);
      const isSigned = isSameSecret(signature, signAcs3(stringToSign, accessKeySecret));
      if (!isOwnBody || !isSigned) throw signatureMismatch(stringToSign);
    },
  };
}

function present(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function required(value: string | undefined, parameter: string): string {
  if (value === undefined || value === '') throw missing(parameter);
  return value;
}
