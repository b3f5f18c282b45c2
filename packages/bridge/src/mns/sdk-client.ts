import Client from '#alicloud-mns';
import type { AccessKeys, Credentials } from '../credentials/credentials.js';

/** What a call of `@alicloud/mns` resolves with. */
export interface SdkReply {
  readonly code: number;
  /** The headers that were asked for. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The children of the reply's root; absent without a body. Texts are strings, repeated children lists. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Options of one call; the SDK hands them on to its HTTP library. */
export interface SdkRequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly readTimeout?: number;
  readonly connectTimeout?: number;
  /** Sees, and may replace, the options of `http.request`. */
  readonly beforeRequest?: (options: object) => object;
}

/** The public part of the client of `@alicloud/mns` that the bridge relies on. */
export interface SdkClient {
  request(
    method: string,
    resource: string,
    rootName: string,
    body: string | Uint8Array,
    replyHeaders: readonly string[],
    options: SdkRequestOptions,
  ): Promise<SdkReply>;
  /** The headers of a request, its signature included. */
  buildHeaders(
    method: string,
    body: string | Uint8Array,
    resource: string,
    headers?: Readonly<Record<string, string>>,
  ): Record<string, string | number>;
}

/** Where the service is. */
export interface MnsPlace {
  /** The numeric id of the account that owns the queue. */
  readonly accountId: string;
  /** For example `cn-beijing`; not needed with `endpoint`. */
  readonly region?: string | undefined;
  /** Whether to speak https. Default `true`, because a security token travels with each request. Not needed with `endpoint`. */
  readonly secure?: boolean | undefined;
  /** Base URL, for example `http://127.0.0.1:9324` of an emulator. */
  readonly endpoint?: string | undefined;
}

/** Who calls, and where the service is. */
export type MnsConnection = MnsPlace & Credentials;

const SdkClientClass: new (accountId: string, options: object) => SdkClient = Client;

/** A client for these keys. The SDK minds members that are there but undefined. */
export function createSdkClient(place: MnsPlace, keys: AccessKeys): SdkClient {
  const { accountId, region, endpoint } = place;
  const { accessKeyId, accessKeySecret, securityToken } = keys;
  const options = { accessKeyId, accessKeySecret, securityToken, region, secure: isSecure(place), endpoint };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return new SdkClientClass(accountId, Object.fromEntries(given));
}

/** Whether this place is spoken to in https. */
export function isSecure({ endpoint, secure }: MnsPlace): boolean {
  return endpoint?.startsWith('https:') ?? secure ?? true;
}
