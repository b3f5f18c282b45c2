/**
 * An HTTP request as it stood on the wire.
 *
 * The target and the body are kept raw: MNS signs path and query exactly as sent, and receipt
 * handles travel unescaped, so a parsed URL would break both (spec mns §1.3, §7.2).
 */
export interface WireRequest {
  /** The HTTP method, upper case. */
  readonly method: string;
  /** The request target, exactly as on the request line. */
  readonly target: string;
  /** Names in any case, in order; repeated names are repeated pairs. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** Aborts when the client has gone; a waiting long poll then takes nothing with it. */
  readonly signal?: AbortSignal;
}

/** An HTTP reply as it goes onto the wire. */
export interface WireResponse {
  readonly status: number;
  /** In order and with the capitals that real clients look for (spec mns §1.6). */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /**
   * How the connection fails instead of carrying this reply: before its first byte, or in the middle of its body, of which
   * `body` is then what arrives. Absent: it does not fail.
   */
  readonly broken?: 'no-answer' | 'cut-short';
}

/** The error with which a connection ended before a whole reply had come, as Node's own clients have it (code `ECONNRESET`). */
export class ConnectionBroken extends Error {
  readonly code = 'ECONNRESET' as const;

  constructor(broken: 'no-answer' | 'cut-short') {
    super(broken === 'no-answer' ? 'socket hang up' : 'aborted');
  }
}

/** The reply, if it came whole. Throws {@link ConnectionBroken}. */
export function wholeReply(response: WireResponse): WireResponse {
  if (response.broken !== undefined) throw new ConnectionBroken(response.broken);
  return response;
}

/** Answers one request. Never rejects: a failure is a reply, too. */
export type WireHandler = (request: WireRequest) => Promise<WireResponse>;

/** The first value of a header, whatever the case of its name; `undefined` when it is absent. */
export function headerOf(message: Pick<WireRequest, 'headers'>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  // No name of another length can be it: the names asked for are ASCII, where lower case keeps the length.
  return message.headers.find(([key]) => key.length === name.length && key.toLowerCase() === wanted)?.[1];
}
