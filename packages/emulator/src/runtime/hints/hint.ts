/** What kind of thing looks wrong. */
export type HintCode =
  /** A client signed another host or path than the request arrived with. */
  | 'signed-for-elsewhere'
  /** A base64 text was published to a subscription whose notifications are JSON. */
  | 'base64-through-json'
  /** A queue has had messages to receive for a while, and nobody has ever received from it or peeked into it. */
  | 'queue-without-receiver'
  /** A message was published to a topic that nobody subscribes to. */
  | 'topic-without-subscription'
  /** What was asked for is in another region, or an endpoint names another one. */
  | 'region-mismatch'
  /** Messages or tasks are refused, because those that are stored take all the room there may be. */
  | 'store-full'
  /** A request was refused because the clocks of client and emulator differ. */
  | 'clock-skew'
  /** A request was signed with a key that is not known, or switched off. */
  | 'unknown-key'
  /** A request was signed with another secret than its key has. */
  | 'wrong-secret'
  /** IMM has an event for a topic that does not exist. */
  | 'topic-missing'
  /** A subscription delivers to a queue that does not exist. */
  | 'queue-missing'
  /** A subscription pushes to a host that no option names. */
  | 'push-refused'
  /** A client asked for a tunnel, as one that speaks https through a proxy. */
  | 'tunnel-refused'
  /** A web page called the services, and no option names its origin. */
  | 'page-refused'
  /** An action of IMM was called that is neither emulated nor answered by a script. */
  | 'action-unanswered'
  /** A script answers an action that IMM is not known to have. */
  | 'unknown-action-scripted';

/** Something that is no error of the service, and most likely one of the app or its settings. */
export interface Hint {
  readonly code: HintCode;
  /** What it is about, for example `topics/imm-events`; each code comes once for each subject. */
  readonly subject: string;
  /** What looks wrong, in one sentence. */
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly advice: string;
  /** When it was noticed first, in milliseconds since 1970 by the emulator's clock. */
  readonly atMs: number;
}

/** A hint before it is known whether it is new. */
export type HintDraft = Omit<Hint, 'code' | 'atMs'>;
