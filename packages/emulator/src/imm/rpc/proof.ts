import type { WireRequest } from '@mnsbus/core';
import type { RpcParameters } from './parameters.js';

/** What a request says about itself before anybody believes it. */
export interface RpcClaims {
  readonly request: Pick<WireRequest, 'method' | 'target' | 'headers' | 'body'>;
  readonly parameters: RpcParameters;
  /** From the parameters, or else from the headers; `undefined` when nowhere. */
  readonly action: string | undefined;
  /** From the parameters, or else from the headers; `undefined` when nowhere. */
  readonly version: string | undefined;
}

/** What a request offers to show who sent it, the same for both ways of signing; all that it needs is there. */
export interface Proof {
  readonly accessKeyId: string;
  readonly securityToken: string | undefined;
  readonly nonce: string;
  /** As sent. */
  readonly timestamp: string;
  /** Throws an `RpcFault` for a way of signing that is not supported. */
  readonly checkMethod: () => void;
  /** Throws an `RpcFault` unless the secret has signed the request. */
  readonly checkSignature: (accessKeySecret: string) => void;
}
