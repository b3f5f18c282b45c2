/** One request of MNS, before it is signed. */
export interface ContractRequest {
  /** As the API calls it, for example `BatchReceiveMessage`. */
  readonly operation: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Path and query, exactly as they shall be sent. */
  readonly resource: string;
  /** The root element of a good reply. */
  readonly root: string;
  /** XML, or the empty string. */
  readonly body: string;
  /** What is changed after signing. Only for targets with `tampering`. */
  readonly tamper?: Tampering;
  /** Hangs up. Only for targets with `hangUp`. */
  readonly signal?: AbortSignal;
}

/** A part that the signature covers, or the signature itself (spec mns §1.3). */
export type Tampering = 'method' | 'resource' | 'date' | 'header' | 'signature';

/** A reply, read. */
export interface ContractReply {
  /** The HTTP status; 0 where the client does not tell it. */
  readonly status: number;
  /** The code of an `Error` reply. */
  readonly code?: string;
  /** The children of the root: one item for each element of a list, else one item; empty without a body. */
  readonly items: readonly ReplyItem[];
}

/** The texts of the elements inside one element, by name. */
export type ReplyItem = Readonly<Record<string, string>>;

/** What can be asked of a target. */
export interface TargetCapabilities {
  /** Time moves only in `sleep`, and costs nothing: everything is judged to the millisecond. */
  readonly virtualTime: boolean;
  /** Steps that wait for seconds of real time may be run. Needless with `virtualTime`. */
  readonly slow: boolean;
  /**
   * One storage node: messages come in order of priority and age, receives are full, and counts are exact. The real
   * service promises none of that (spec mns §4.4, §4.5, §4.8); there, each is judged as one of several allowed outcomes.
   */
  readonly deterministic: boolean;
  /** Requests can be changed after they were signed. */
  readonly tampering: boolean;
  /** The service hears of it when a client hangs up. */
  readonly hangUp: boolean;
  /**
   * An answer takes time, of a receive up to most of a second, and a receive may look at one storage node only until its wait
   * is over: it may miss what is there (spec mns §4.5). Needless without `virtualTime`. Default `false`.
   */
  readonly answersTakeTime?: boolean;
  /** A request has reached the service when `call` returns its promise, so that the order of arrival is that of the calls. */
  readonly inProcess: boolean;
}

/** An MNS to be judged, behind any door. Its functions need no `this`. */
export interface ContractTarget {
  readonly capabilities: TargetCapabilities;
  /** Begins the names of everything that is created, so that it can be told from what was there. */
  readonly prefix: string;
  /** Of the account, for the endpoints of subscriptions. */
  readonly accountId: string;
  readonly region: string;
  /** Resolves with errors of the service too; rejects when there was no answer, which leaves the outcome unknown. */
  readonly call: (request: ContractRequest) => Promise<ContractReply>;
  /** Milliseconds; only differences are used where time is not virtual. */
  readonly now: () => number;
  /** Resolves when `ms` milliseconds have passed, and what became due has happened. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}
