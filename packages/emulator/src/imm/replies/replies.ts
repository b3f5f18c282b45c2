import { invalidArgument } from '@mnsbus/core/internal';
import { IMM_API_VERSIONS, type ImmApiVersion } from '../../config/resource-options.js';
import type { EmulatorContext } from '../../runtime/context.js';
import { jsonValue } from '../../runtime/json-value.js';
import { noteWithin, type NoteChange } from '../../runtime/note-change.js';
import { sortedRecord } from '../../runtime/sorted-record.js';
import type { RpcAction, RpcCall } from '../rpc/api-version.js';
import { isProvokedImmCode, provokedFault, type ImmCall } from '../rpc/provoked-fault.js';
import { RpcFault, actionNotFound } from '../rpc/rpc-fault.js';
import type { ImmReplies, LiteralReply, ScriptedAnswer, ScriptedRefusal, ScriptedReply } from './imm-replies.js';
import { readAnswer, readReplies, readReply, readVersion, replyPath, type ReadReply } from './read-reply.js';
import type { ReplyRecord, ReplyRecords } from './reply-record.js';

/** Most replies that are set while an emulator runs, those of the options not among them. */
export const MAX_REPLIES = 1000;

/** Most bytes of JSON of all of these together. */
export const MAX_REPLIES_BYTES: number = 16 * 1024 * 1024;

/** An action, what it is answered, and how often it was. */
export interface ScriptedAction {
  readonly apiVersion: ImmApiVersion;
  readonly action: string;
  /** What it is always answered; absent when a function decides. */
  readonly reply?: LiteralReply;
  /** How many calls were answered so, refusals included. */
  readonly answeredCount: number;
}

/** What actions of IMM are answered by a script: those of the option `imm.replies`, and what was said since. */
export interface EmulatorReplies {
  /**
   * Answers an action so from now on, in place of what was said before. A literal is a part of the state: it is in snapshots,
   * and on the disk of an emulator with a data directory. A function is not. Throws `INVALID_ARGUMENT`, also for more than
   * 1000 replies, or more than 16 MiB of them.
   */
  set(apiVersion: ImmApiVersion, action: string, reply: ScriptedReply): ScriptedAction;
  /** By API version and name. */
  list(): readonly ScriptedAction[];
  /**
   * Takes a reply away, one of the options as well, until the emulator is reset. Gives what it was; `undefined` when there
   * was none. Throws `INVALID_ARGUMENT` for a version that there is not.
   */
  remove(apiVersion: ImmApiVersion, action: string): ScriptedAction | undefined;
  /** Takes all of them away. */
  clear(): void;
}

interface Entry {
  readonly apiVersion: ImmApiVersion;
  readonly action: string;
  readonly said: ReadReply;
  /** Of its JSON; 0 for a function. */
  readonly bytes: number;
  answeredCount: number;
}

/** An entry, or that one of the options is gone. */
type Change = Entry | 'removed';

/** Keeps what actions are answered, and answers. */
export class Replies implements EmulatorReplies {
  readonly #context: Pick<EmulatorContext, 'journal' | 'hints'>;
  readonly #note: NoteChange | undefined;
  /** By version and name, as the options say. */
  readonly #given = new Map<string, Entry>();
  /** What was said since. */
  readonly #changes = new Map<string, Change>();

  /** Throws `INVALID_ARGUMENT` for an option that cannot be meant. */
  constructor(context: Pick<EmulatorContext, 'journal' | 'hints' | 'note'>, options: ImmReplies = {}) {
    this.#context = context;
    this.#note = noteWithin(context.note, 'replies');
    for (const [apiVersion, action, said] of readReplies(options)) {
      this.#given.set(keyOf(apiVersion, action), entryOf(apiVersion, action, said));
      this.#context.hints.observe({ kind: 'reply-set', apiVersion, action });
    }
  }

  set(apiVersion: ImmApiVersion, action: string, reply: ScriptedReply): ScriptedAction {
    const said = readReply(readVersion(apiVersion), action, reply);
    const entry = entryOf(apiVersion, action, said);
    const changes = new Map(this.#changes).set(keyOf(apiVersion, action), entry);
    checkAmount([...changes.values()]);
    this.#change(apiVersion, action, entry);
    this.#context.hints.observe({ kind: 'reply-set', apiVersion, action });
    return viewOf(entry);
  }

  list(): readonly ScriptedAction[] {
    const known = sortedRecord(new Map<string, Change>([...this.#given, ...this.#changes]));
    return Object.values(known).flatMap((entry) => (entry === 'removed' ? [] : [viewOf(entry)]));
  }

  remove(apiVersion: ImmApiVersion, action: string): ScriptedAction | undefined {
    const entry = this.#find(readVersion(apiVersion), action);
    if (entry === undefined) return undefined;
    const isGiven = this.#given.has(keyOf(apiVersion, action));
    this.#change(apiVersion, action, isGiven ? 'removed' : undefined);
    return viewOf(entry);
  }

  clear(): void {
    for (const { apiVersion, action } of this.list()) this.remove(apiVersion, action);
  }

  /** How an action is carried out: as was said, else as `emulated`; `undefined` when neither is there. */
  actionFor(call: ImmCall, emulated: RpcAction | undefined): RpcAction | undefined {
    if (this.#given.size === 0 && this.#changes.size === 0) return emulated;
    const entry = this.#find(call.apiVersion, call.action);
    if (entry === undefined) return emulated;
    return (rpcCall) => {
      const answer = this.#answer(entry, call, rpcCall);
      if (answer === undefined) {
        if (emulated === undefined) throw actionNotFound();
        return emulated(rpcCall);
      }
      entry.answeredCount += 1;
      if ('refuse' in answer) throw faultOf(answer.refuse, call);
      return { RequestId: rpcCall.requestId, ...answer.reply };
    };
  }

  /** What was said since the emulator was created, as data; functions are no part of it. */
  records(): ReplyRecords {
    const versions = IMM_API_VERSIONS.map((apiVersion) => {
      const own = Array.from(this.#changes, ([key, change]) => [nameIn(key, apiVersion), recordOf(change)] as const);
      const records = own.flatMap(([name, record]) =>
        name === undefined || record === undefined ? [] : [[name, record] as const],
      );
      return [apiVersion, sortedRecord(records)] as const;
    });
    return Object.fromEntries(versions.filter(([, records]) => Object.keys(records).length > 0));
  }

  /**
   * Gets ready to let such records take the place of what was said; the change itself cannot fail. Throws
   * `INVALID_ARGUMENT` for too many.
   */
  prepare(records: ReplyRecords): () => void {
    const changes = IMM_API_VERSIONS.flatMap((apiVersion) =>
      Object.entries(records[apiVersion] ?? {}).map(([action, record]): readonly [string, Change] => [
        keyOf(apiVersion, action),
        'removed' in record ? 'removed' : entryOf(apiVersion, action, jsonValue(record)),
      ]),
    );
    checkAmount(changes.map(([, change]) => change));
    return () => {
      this.#changes.clear();
      for (const [key, change] of changes) this.#changes.set(key, change);
      for (const entry of this.#given.values()) entry.answeredCount = 0;
    };
  }

  #find(apiVersion: string, action: string): Entry | undefined {
    const key = keyOf(apiVersion, action);
    const entry = this.#changes.get(key) ?? this.#given.get(key);
    return entry === 'removed' ? undefined : entry;
  }

  #change(apiVersion: ImmApiVersion, action: string, change: Change | undefined): void {
    const key = keyOf(apiVersion, action);
    if (change === undefined) this.#changes.delete(key);
    else this.#changes.set(key, change);
    this.#note?.([apiVersion, action], () => recordOf(this.#changes.get(key)));
  }

  #answer({ apiVersion, action, said }: Entry, call: ImmCall, rpcCall: RpcCall): ScriptedAnswer | undefined {
    if (!('decide' in said)) return said;
    const { requestId, nowMs } = rpcCall;
    const path = replyPath(apiVersion, action);
    try {
      const answer = said.decide({ ...call, requestId, nowMs, parameters: ownParameters(rpcCall) });
      return answer === undefined ? undefined : readAnswer(path, answer);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const reason = why.startsWith(path) ? why : `${path}: it threw: ${why}`;
      this.#context.journal.record({ kind: 'script-failed', action, project: call.project, reason });
      process.emitWarning(error instanceof Error ? error : String(error));
      // Whoever wrote the function reads the reply, too: there is no service whose words it could bear.
      throw new RpcFault(500, 'InternalError', reason);
    }
  }
}

function keyOf(apiVersion: string, action: string): string {
  return `${apiVersion}/${action}`;
}

function nameIn(key: string, apiVersion: ImmApiVersion): string | undefined {
  return key.startsWith(`${apiVersion}/`) ? key.slice(apiVersion.length + 1) : undefined;
}

function recordOf(change: Change | undefined): ReplyRecord | undefined {
  if (change === undefined) return undefined;
  if (change === 'removed') return { removed: true };
  return 'decide' in change.said ? undefined : jsonValue(change.said);
}

function viewOf({ apiVersion, action, said, answeredCount }: Entry): ScriptedAction {
  return { apiVersion, action, ...('decide' in said ? {} : { reply: jsonValue(said) }), answeredCount };
}

function entryOf(apiVersion: ImmApiVersion, action: string, said: ReadReply): Entry {
  const bytes = 'decide' in said ? 0 : Buffer.byteLength(JSON.stringify(said));
  return { apiVersion, action, said, bytes, answeredCount: 0 };
}

function checkAmount(changes: readonly Change[]): void {
  const { length } = changes;
  if (length > MAX_REPLIES) throw invalidArgument('replies', `at most ${MAX_REPLIES} of them`, length);
  const bytes = changes.reduce((sum, change) => sum + (change === 'removed' ? 0 : change.bytes), 0);
  if (bytes > MAX_REPLIES_BYTES) throw invalidArgument('replies', `at most ${MAX_REPLIES_BYTES} bytes of JSON`, bytes);
}

function faultOf({ status, code, message, retryAfterMs }: ScriptedRefusal, call: ImmCall): RpcFault {
  const usual = isProvokedImmCode(code) ? provokedFault(code, call) : new RpcFault(400, code, DEFAULT_MESSAGE);
  return new RpcFault(status ?? usual.status, code, message ?? usual.message, retryAfterMs);
}

const DEFAULT_MESSAGE = 'The request is refused.';

/** Names of parameters that every action has (spec imm §1.3). */
const COMMON = /^(?:AccessKeyId|Action|Format|SecurityToken|Signature\w*|Timestamp|Version)$/;

function ownParameters({ fields }: RpcCall): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields.values()).filter(([name]) => !COMMON.test(name)));
}
