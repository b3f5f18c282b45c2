/** What an account can be told, in each region by itself (spec mns §2.17). */
export interface AccountAttributes {
  /** Where logs would go; empty for nowhere. */
  readonly loggingBucket: string;
}

/** The attributes of an account that was told nothing. */
export const DEFAULT_ACCOUNT_ATTRIBUTES: AccountAttributes = { loggingBucket: '' };
