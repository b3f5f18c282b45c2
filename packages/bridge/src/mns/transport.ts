import type { SdkReply } from './sdk-client.js';

/** One signed call of MNS. */
export interface MnsCall {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Path and query, exactly as they are to be signed and sent. */
  readonly resource: string;
  /** The root element of a good reply. */
  readonly rootName: string;
  /** XML; empty without a body. */
  readonly body: string;
  readonly signal?: AbortSignal;
  /** Longest time to the end of the reply, in milliseconds. */
  readonly timeoutMs: number;
}

/** The one way out of the bridge: signs a call, sends it, and returns the parsed reply. */
export interface MnsTransport {
  /** Rejects with whatever the SDK rejects with; `toMnsError` makes sense of it. */
  call(call: MnsCall): Promise<SdkReply>;
  /** Ends every connection; calls that are open, and later ones, reject. */
  close(): void;
}

/** Reply headers that the bridge looks at. */
export const REPLY_HEADERS: readonly string[] = ['date', 'x-mns-request-id'];
