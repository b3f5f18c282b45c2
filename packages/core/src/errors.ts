/** What went wrong, as a literal that programs can branch on. */
export type MnsbusErrorCode =
  /** An option or argument lies outside its documented range. */
  | 'INVALID_ARGUMENT'
  /** A topic notification that is neither valid JSON nor valid XML, is not in the format asked for, has no message, or is too deep. */
  | 'NOTIFICATION_MALFORMED'
  /** A topic notification whose `MessageMD5` does not match its message. */
  | 'NOTIFICATION_CORRUPT'
  /** A message text that is no JSON object, or one that is too deep or too long to be read. */
  | 'EVENT_MALFORMED'
  /** XML that is not well-formed, or larger or deeper than allowed. */
  | 'XML_MALFORMED'
  /** A queue message whose body does not match its `MessageBodyMD5`. */
  | 'MESSAGE_CORRUPT'
  /** MNS answered with an error; `mnsCode` of the error names it. */
  | 'MNS_ERROR'
  /** MNS could not be reached, or the answer was not an MNS answer. */
  | 'MNS_UNREACHABLE'
  /** The credentials provider gave no keys that are valid; `cause` is why. */
  | 'CREDENTIALS_UNAVAILABLE'
  /** IMM answered with an error; `immCode` of the error names it. */
  | 'IMM_ERROR'
  /** IMM could not be reached, or the answer was not an IMM answer. */
  | 'IMM_UNREACHABLE'
  /** A call that changes something at IMM failed so that it may have been carried out all the same; `cause` is how it failed. */
  | 'IMM_EFFECT_UNKNOWN'
  /** A task of IMM has failed; `outcome` of the error says how. */
  | 'TASK_FAILED'
  /** A task of IMM has ended, but neither its event nor IMM tells whether it went well. */
  | 'TASK_OUTCOME_UNKNOWN'
  /** A topic, queue or subscription exists, but with attributes that cannot be changed to those asked for. */
  | 'PROVISION_CONFLICT'
  /** A listener threw or rejected; `cause` is what it threw. */
  | 'LISTENER_FAILED'
  /** The deduplicator rejected; `cause` is what it rejected with. */
  | 'DEDUPLICATOR_FAILED'
  /** A wait ended before the event came. */
  | 'WAIT_TIMEOUT'
  /** The bridge was closed, or is closing. */
  | 'BRIDGE_CLOSED'
  /** The operation was aborted by the caller's signal; `cause` is its reason. */
  | 'ABORTED'
  /** A target of the contract suite has broken a promise; `invariant` of the error says which. */
  | 'CONTRACT_VIOLATED'
  /** A clock was to be advanced that goes by itself. */
  | 'CLOCK_NOT_STEERABLE'
  /** The emulator could not listen where it was told to. */
  | 'LISTEN_FAILED'
  /** A data directory needs the package classic-level, which is not installed or does not run here. */
  | 'STORE_UNAVAILABLE'
  /** Another emulator has the data directory open. */
  | 'STORE_LOCKED'
  /** The data directory is damaged, or holds something else. */
  | 'STORE_CORRUPT'
  /** The disk did not take what was to be written to the data directory; `cause` is why. */
  | 'STORE_FAILED'
  /** A config file cannot be read, is no YAML, or says what it must not; the message names each place. */
  | 'CONFIG_INVALID'
  /** No emulator answers where a command looks for one. */
  | 'EMULATOR_UNREACHABLE'
  /** A command cannot read a file, or does not understand it. */
  | 'FILE_NOT_READ'
  /** A command cannot write a file: it is there already, or its place does not allow it. */
  | 'FILE_NOT_WRITTEN'
  /** The emulator cannot keep the certificate that it listens with. */
  | 'CERTIFICATE_UNAVAILABLE'
  /** The emulator has no task with this id: it was never created, was deleted, or its seven days are over. */
  | 'TASK_NOT_FOUND'
  /** The emulator has no queue, topic, subscription or message of this name or id. */
  | 'RESOURCE_NOT_FOUND'
  /** A task was to be ended by hand, and has ended already. */
  | 'TASK_ENDED'
  /** The emulator's journal is not as a test expects it; the message shows the entries nearby. */
  | 'JOURNAL_MISMATCH';

/** What every mnsbus error is made from. */
export interface MnsbusErrorInput<Code extends MnsbusErrorCode> {
  readonly code: Code;
  /** What was expected, what came, and what to do. */
  readonly message: string;
  /** Whether the same call may succeed later, unchanged. Default `false`. */
  readonly retryable?: boolean;
  /** The service's id of the request that failed, when there was one. */
  readonly requestId?: string;
  /** The error or value underneath. */
  readonly cause?: unknown;
}

/** The base of every error that mnsbus throws: branch on `code`, never on the message. */
export class MnsbusError<Code extends MnsbusErrorCode = MnsbusErrorCode> extends Error {
  override readonly name: string = 'MnsbusError';
  readonly code: Code;
  readonly retryable: boolean;
  readonly requestId: string | undefined;

  constructor(input: MnsbusErrorInput<Code>) {
    super(input.message, input.cause === undefined ? undefined : { cause: input.cause });
    this.code = input.code;
    this.retryable = input.retryable ?? false;
    this.requestId = input.requestId;
  }
}

/** The error for an option or argument out of range (code `INVALID_ARGUMENT`). */
export function invalidArgument(name: string, expected: string, received: unknown): MnsbusError<'INVALID_ARGUMENT'> {
  return new MnsbusError({
    code: 'INVALID_ARGUMENT',
    message: `${name}: expected ${expected}, received ${describeValue(received)}`,
  });
}

/** A value as an error message shows it: its type and, cut to 60 characters, its text. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `the text ${JSON.stringify(shorten(value))}`;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return `the ${typeof value} ${value}`;
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return `a value of type ${typeof value}`;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
