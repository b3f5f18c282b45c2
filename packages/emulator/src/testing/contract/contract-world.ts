import { answered } from './answered.js';
import type { ContractReply, ContractRequest, ContractTarget } from './contract-target.js';
import { ContractViolation } from './contract-violation.js';
import type { Invariant } from './invariant.js';
import type { KnownQueue } from './model/known-queue.js';
import type { Span } from './model/span.js';
import { getQueueAttributes } from './requests.js';

/** A reply, and when the service wrote it, as far as that is known. */
export interface Answer {
  readonly reply: ContractReply;
  readonly during: Span;
}

/** A request whose reply is not awaited yet. */
export interface PendingAnswer {
  readonly answer: Promise<Answer>;
  isAnswered(): boolean;
}

/** How late a target without virtual time may be, in milliseconds: scheduling, and the way to the service. */
const SLACK_MS = 1500;

/** The statuses of the codes that the suite provokes (spec mns §8). */
const STATUSES: Readonly<Record<string, number>> = {
  MessageNotExist: 404,
  QueueNotExist: 404,
  TopicNotExist: 404,
  QueueAlreadyExist: 409,
  SignatureDoesNotMatch: 403,
};

/** One run of the suite: the target, what is known of its queue, what has been called, and which promises are looked at. */
export class ContractWorld {
  readonly target: ContractTarget;
  readonly queue: KnownQueue;
  /** Ends the names of everything that this run creates. */
  readonly suffix: string;
  readonly #invariants: ReadonlySet<Invariant>;
  readonly #history: string[] = [];
  readonly #startMs: number;
  #serial = 0;

  constructor(target: ContractTarget, queue: KnownQueue, suffix: string, checked: ReadonlySet<Invariant>) {
    this.target = target;
    this.queue = queue;
    this.suffix = suffix;
    this.#invariants = checked;
    this.#startMs = target.now();
  }

  /** Calls so far, one line each. */
  get history(): readonly string[] {
    return this.#history;
  }

  get slackMs(): number {
    return this.target.capabilities.virtualTime ? 0 : SLACK_MS;
  }

  get now(): Span {
    const now = this.target.now();
    return { earliest: now, latest: now };
  }

  /** A name that nothing else has. */
  freshName(kind: string): string {
    this.#serial += 1;
    return `${this.target.prefix}${kind}${this.#serial}-${this.suffix}`;
  }

  isChecked(invariant: Invariant): boolean {
    return this.#invariants.has(invariant);
  }

  /** Throws the violation unless `holds`, or nobody looks at this promise. */
  require(invariant: Invariant, holds: boolean, reason: () => string): void {
    if (holds || !this.isChecked(invariant)) return;
    throw new ContractViolation({ invariant, reason: reason(), history: [...this.#history] });
  }

  note(line: string): void {
    this.#history.push(`${this.target.now() - this.#startMs} ms  ${line}`);
  }

  async call(request: ContractRequest): Promise<Answer> {
    return answered(this.target, this.begin(request).answer);
  }

  begin(request: ContractRequest): PendingAnswer {
    const earliest = this.target.now();
    let isAnswered = false;
    const answer = this.target.call(request).then((reply): Answer => {
      isAnswered = true;
      this.note(lineOf(request, reply));
      return { reply, during: { earliest, latest: this.target.now() } };
    });
    // Whoever awaits it hears of it; a run that has failed before must not end the process.
    answer.catch(() => {});
    return { answer, isAnswered: () => isAnswered };
  }

  async sleep(ms: number): Promise<void> {
    await this.target.sleep(ms);
    if (ms > 0) this.note(`sleep ${ms} ms`);
  }

  /** Calls what must be refused with one of `codes`, and sees that nothing has changed in the queue. */
  async refuse(invariant: Invariant, request: ContractRequest, codes: ReadonlySet<string>): Promise<Answer> {
    const before = await this.#exactCounts();
    const answer = await this.call(request);
    const { status, code = 'no error' } = answer.reply;
    this.require(
      invariant,
      codes.has(code),
      () => `${request.operation}: expected ${list(codes)}, got ${status} ${code}`,
    );
    const expected = STATUSES[code] ?? 400;
    this.require(
      invariant,
      !codes.has(code) || status === 0 || status === expected,
      () => `${request.operation}: ${code} came with status ${status}, expected ${expected}`,
    );
    const after = await this.#exactCounts();
    this.require(
      invariant,
      before === after,
      () => `${request.operation}: refused with ${code}, yet the counts went from ${before} to ${after}`,
    );
    return answer;
  }

  // Where counts lag behind or time goes by itself, a difference says nothing.
  async #exactCounts(): Promise<string> {
    const { deterministic, virtualTime } = this.target.capabilities;
    if (!deterministic || !virtualTime) return '';
    const { items } = await this.target.call(getQueueAttributes(this.queue.name));
    const { ActiveMessages, InactiveMessages, DelayMessages } = items[0] ?? {};
    return `active ${ActiveMessages}, inactive ${InactiveMessages}, delayed ${DelayMessages}`;
  }
}

/** Codes as a sentence lists them. */
export function list(values: Iterable<string>): string {
  return [...values].join(' or ');
}

function lineOf({ method, resource, body, tamper }: ContractRequest, { status, code, items }: ContractReply): string {
  const sent = body === '' ? '' : ` ${body.replace(/ xmlns="[^"]*"/, '')}`;
  const changed = tamper === undefined ? '' : ` (${tamper} changed after signing)`;
  const got = items.length === 0 ? '' : ` ${JSON.stringify(items)}`;
  return shorten(`${method} ${resource}${sent}${changed} → ${status} ${code ?? ''}${got}`);
}

function shorten(line: string): string {
  return line.length <= 600 ? line : `${line.slice(0, 600)}…`;
}
