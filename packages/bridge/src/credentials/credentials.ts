/** What signs requests. */
export interface AccessKeys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Needed with temporary (STS) keys. */
  readonly securityToken?: string | undefined;
}

/** Keys that may run out. */
export interface ProvidedKeys extends AccessKeys {
  /** When they run out; `undefined` when they do not. */
  readonly expiresAt?: Date | undefined;
}

/** Gives keys whenever they are needed: asked once at first, then ahead of each expiry, or when the service refuses the last ones. */
export type CredentialsProvider = () => ProvidedKeys | Promise<ProvidedKeys>;

/** Keys as they are, or what provides them. */
export type Credentials =
  | (AccessKeys & { readonly credentials?: undefined })
  | {
      readonly credentials: CredentialsProvider;
      readonly accessKeyId?: undefined;
      readonly accessKeySecret?: undefined;
      readonly securityToken?: undefined;
    };

/** What a refresh came to. */
export type CredentialsFact =
  /** New keys are in use until `expiresAt`, or for good. */
  | { readonly type: 'credentials-refreshed'; readonly expiresAt: Date | undefined }
  /** The provider failed; the last keys are used while they are valid, and it is asked again after `retryInMs`. */
  | { readonly type: 'credentials-failed'; readonly error: Error; readonly retryInMs: number };
