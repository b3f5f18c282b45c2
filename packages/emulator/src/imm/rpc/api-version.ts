import type { Tenant } from '../../runtime/accounts.js';
import type { TaskKind } from '../task-kind.js';
import type { FieldReader } from './field-reader.js';

/** A call whose sender is known. */
export interface RpcCall {
  readonly fields: FieldReader;
  /** The account of the signing key, in the region of the host. */
  readonly tenant: Tenant;
  /** When the call arrived, by the emulator's time line. */
  readonly nowMs: number;
  /** The same as everybody else calls it, in milliseconds since 1970. */
  readonly wallMs: number;
  /** The id that the reply carries. */
  readonly requestId: string;
}

/** Carries out one action and returns the members of its reply. Throws an `RpcFault` to refuse. */
export type RpcAction = (call: RpcCall) => object;

/** One version of the API: its actions by their exact names. */
export interface ApiVersion {
  /** For example `2017-09-06`. */
  readonly version: string;
  readonly actions: ReadonlyMap<string, RpcAction>;
  /** Every kind of task that its actions create. */
  readonly kinds: readonly TaskKind[];
}
