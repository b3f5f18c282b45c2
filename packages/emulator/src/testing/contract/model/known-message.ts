import { isCertainlyPast, isPossiblyPast, later, type Span } from './span.js';

/** A receipt handle, and until when it was promised to be good. */
interface KnownHandle {
  readonly ends: Span;
  /** Another receive has come in between. */
  isSuperseded: boolean;
}

/** What a client knows of a message whose send was acknowledged (spec mns §4). */
export class KnownMessage {
  readonly id: string;
  readonly body: string;
  readonly priority: number;
  /** At the end of it, the message is gone, in whatever state it is (spec mns §4.1). */
  readonly expires: Span;
  /** What it waits for while it is not due. */
  waitsFor: 'delay' | 'lease' = 'delay';
  /** When it can be received, or received again. */
  due: Span;
  dequeueCount = 0;
  isDeleted = false;
  /** As the service reported them, once it has. */
  enqueuedAtMs: number | undefined;
  firstDequeuedAtMs: number | undefined;
  readonly #handles = new Map<string, KnownHandle>();

  constructor(id: string, sent: { body: string; priority: number; at: Span; delayMs: number; retentionMs: number }) {
    this.id = id;
    this.body = sent.body;
    this.priority = sent.priority;
    this.due = later(sent.at, sent.delayMs);
    this.expires = later(sent.at, sent.retentionMs);
  }

  mayExist(during: Span): boolean {
    return !this.isDeleted && !isCertainlyPast(this.expires, during);
  }

  mustExist(during: Span): boolean {
    return !this.isDeleted && !isPossiblyPast(this.expires, during);
  }

  mayBeActive(during: Span): boolean {
    return this.mayExist(during) && isPossiblyPast(this.due, during);
  }

  mustBeActive(during: Span): boolean {
    return this.mustExist(during) && isCertainlyPast(this.due, during);
  }

  /** A receive: what was handed out before is worth nothing now (spec mns §4.3). */
  received(handle: string, at: Span, leaseMs: number): void {
    for (const known of this.#handles.values()) known.isSuperseded = true;
    this.dequeueCount += 1;
    this.waitsFor = 'lease';
    this.leased(handle, later(at, leaseMs));
  }

  /** A new visibility time; the handles of before stay good until the end they were issued for (spec mns §11.3). */
  leased(handle: string, until: Span): void {
    this.due = until;
    this.issued(handle, until);
  }

  /** A handle that comes with a delayed send is good until the delay is over (spec mns §11.4). */
  issued(handle: string, ends: Span): void {
    this.#handles.set(handle, { ends, isSuperseded: false });
  }

  owns(handle: string): boolean {
    return this.#handles.has(handle);
  }

  /** What may come of a delete with one of its handles (spec mns §2.11). */
  outcomesOfDelete(handle: string, during: Span): ReadonlySet<HandleOutcome> {
    const known = this.#handles.get(handle);
    if (known === undefined) return BAD;
    // An old handle of a message that is gone has two things wrong with it.
    if (known.isSuperseded) return this.mustExist(during) ? BAD : NOT_MINE;
    return this.#judge(known, during);
  }

  /**
   * What may come of a change of its visibility (spec mns §2.13). That a message which is still delayed can be changed is
   * in no documentation, only in what the transaction queue of the Java SDK does: either is right.
   */
  outcomesOfChange(handle: string, during: Span): ReadonlySet<HandleOutcome> {
    const known = this.#handles.get(handle);
    if (known === undefined) return BAD;
    if (known.isSuperseded || this.mustBeActive(during)) return NOT_MINE;
    const judged = this.#judge(known, during);
    // A change may have made the lease end before a handle does; what has become active again cannot be changed.
    return this.waitsFor === 'delay' || this.mayBeActive(during) ? new Set([...judged, ...NOT_MINE]) : judged;
  }

  // Which of the two codes an overdue handle gets is open: one page of the service says this, another that (spec mns §2.11).
  #judge({ ends }: KnownHandle, during: Span): ReadonlySet<HandleOutcome> {
    const mayBeGood = this.mayExist(during) && ends.latest > during.earliest;
    const mustBeGood = this.mustExist(during) && ends.earliest > during.latest;
    if (mustBeGood) return DONE;
    return mayBeGood ? new Set([...DONE, ...NOT_MINE]) : NOT_MINE;
  }
}

/** Done, or the code of the error. */
export type HandleOutcome = 'done' | 'ReceiptHandleError' | 'MessageNotExist';

const DONE: ReadonlySet<HandleOutcome> = new Set(['done']);
const BAD: ReadonlySet<HandleOutcome> = new Set(['ReceiptHandleError']);
const NOT_MINE: ReadonlySet<HandleOutcome> = new Set(['ReceiptHandleError', 'MessageNotExist']);
