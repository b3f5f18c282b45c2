/** Pairs of names and values, in order. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** How a request shows who sent it: right, or wrong in one way. */
export interface Proof {
  readonly way: 'v1' | 'v4' | 'acs3' | 'none';
  /** Which key signs. */
  readonly key: 'own' | 'inactive' | 'other-account' | 'temporary' | 'expired' | 'unknown';
  /** What is wrong with it; `none` is nothing. */
  readonly flaw: 'none' | 'secret' | 'shape' | 'token' | 'date' | 'skew' | 'version' | 'method' | 'nonce' | 'unsigned';
}

/** A request to MNS before it is signed. */
export interface MnsDraft {
  readonly door: 'mns';
  /** The operation that was meant. */
  readonly operation: string;
  readonly method: string;
  readonly target: string;
  /** Beside those that signing adds. */
  readonly headers: Pairs;
  readonly body: Uint8Array;
  readonly proof: Proof;
  /** The client goes away before the answer. */
  readonly leaves: boolean;
}

/** A request to IMM before it is signed. */
export interface ImmDraft {
  readonly door: 'imm';
  /** The action that was meant. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly version: string;
  readonly parameters: Pairs;
  /** Where the parameters stand. */
  readonly placement: 'query' | 'form' | 'split';
  readonly headers: Pairs;
  readonly proof: Proof;
}

/** A request to the admin API. */
export interface AdminDraft {
  readonly door: 'admin';
  /** The id of the route that was meant. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Pairs;
  readonly body: Uint8Array;
}

/** A request that is sent as it is. */
export interface RawDraft {
  readonly door: 'raw';
  readonly operation: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Pairs;
  readonly body: Uint8Array;
}

/** A request in the making, as data, so that a smaller one can be made of it and signed anew. */
export type Draft = MnsDraft | ImmDraft | AdminDraft | RawDraft;

/** Something that happens in a session. */
export type Step =
  | { readonly kind: 'request'; readonly draft: Draft }
  /** Virtual time passes. */
  | { readonly kind: 'time'; readonly ms: number };
