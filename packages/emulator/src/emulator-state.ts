import { invalidArgument } from '@mnsbus/core/internal';
import type { z } from 'zod';
import type { ImmService } from './imm-service.js';
import { keyOfNonce } from './imm/rpc/used-nonces.js';
import type { MnsService } from './mns-service.js';
import type { Accounts } from './runtime/accounts.js';
import type { Journal } from './runtime/journal.js';
import type { RandomStreams } from './runtime/random-streams.js';
import type { TimeLine } from './runtime/time-line.js';
import { SNAPSHOT_FORMAT, SNAPSHOT_VERSION, readSnapshot, snapshotSchema, type EmulatorSnapshot } from './snapshot.js';

/** What the state of an emulator is spread over. */
export interface StateParts {
  readonly time: TimeLine;
  readonly random: RandomStreams;
  readonly accounts: Accounts;
  /** Goes on: what it tells of the state before stands before the entry of the change. */
  readonly journal: Journal;
  readonly mns: MnsService;
  readonly imm: ImmService;
}

/** What is to be forgotten. */
export interface ResetOptions {
  /** One of the emulator's accounts. Default: everything, the progress of the streams of randomness included. */
  readonly accountId?: string;
}

/** The state of an emulator as one thing: read, replaced, forgotten. */
export class EmulatorState {
  readonly #parts: StateParts;
  readonly #schema: z.ZodType<EmulatorSnapshot>;
  readonly #replaced: () => void;

  /** `replaced` is told when all of the state has become another. */
  constructor(parts: StateParts, replaced: () => void = () => undefined) {
    this.#parts = parts;
    this.#replaced = replaced;
    this.#schema = snapshotSchema(parts.imm.recordsSchema);
  }

  /** Everything that survives, as it is now: what has fallen due has happened. */
  snapshot(): EmulatorSnapshot {
    const { time, random, accounts, mns, imm } = this.#parts;
    // First, because it may publish what MNS then has, and draw.
    const immRecords = imm.records();
    const members = {
      time: time.record(false),
      temporaryKeys: accounts.temporaryKeys(),
      nonces: imm.nonces.record(time.now()),
      replies: imm.replies.records(),
      mns: mns.records(),
      imm: immRecords,
    };
    return {
      format: SNAPSHOT_FORMAT,
      version: SNAPSHOT_VERSION,
      ...nonEmpty({ streams: random.states(), ...members }),
    };
  }

  /** Takes up a snapshot in place of what is here. Throws `INVALID_ARGUMENT`, and has changed nothing then. */
  restore(snapshot: unknown): void {
    this.#replace('restore', readSnapshot(this.#schema, snapshot, this.#parts.accounts));
  }

  /** {@link restore}, of what was kept elsewhere and by nobody’s hand: the journal has no entry of it. */
  takeUp(snapshot: unknown): void {
    this.#replace(undefined, readSnapshot(this.#schema, snapshot, this.#parts.accounts));
  }

  /** Forgets everything, or all that belongs to one account. Throws `INVALID_ARGUMENT` for an account that is not known. */
  reset({ accountId }: ResetOptions): void {
    const { accounts, random, journal, imm, mns, time } = this.#parts;
    if (accountId === undefined) {
      this.#replace('reset', { format: SNAPSHOT_FORMAT, version: SNAPSHOT_VERSION });
      return;
    }
    if (!accounts.hasAccount(accountId)) throw invalidArgument('accountId', 'an account of this emulator', accountId);
    const changes = [imm.prepare({}, accountId), mns.prepare({}, accountId)];
    const keys = accounts.temporaryKeys();
    const nonces = imm.nonces.record(time.now());
    journal.record({ kind: 'operated', operation: 'reset', accountId });
    imm.nonces.restore(filtered(nonces, (entry) => accounts.findKey(keyOfNonce(entry) ?? '')?.accountId !== accountId));
    accounts.restoreTemporaryKeys(filtered(keys, (id) => keys[id]?.accountId !== accountId));
    random.restore(filtered(random.states(), (name) => !name.split('/').includes(accountId)));
    for (const change of changes) change();
    this.#replaced();
  }

  #replace(
    operation: 'reset' | 'restore' | undefined,
    { time = {}, streams = {}, temporaryKeys = {}, nonces = {}, replies = {}, mns = {}, imm = {} }: EmulatorSnapshot,
  ): void {
    const { random, accounts, journal } = this.#parts;
    const changes = [
      this.#parts.imm.replies.prepare(replies),
      this.#parts.imm.prepare(imm),
      this.#parts.mns.prepare(mns),
    ];
    // From here on nothing can fail. IMM goes first: its timers must not publish into what MNS was.
    if (operation !== undefined) journal.record({ kind: 'operated', operation });
    this.#parts.time.restore(time);
    random.restore(streams);
    accounts.restoreTemporaryKeys(temporaryKeys);
    this.#parts.imm.nonces.restore(nonces);
    for (const change of changes) change();
    this.#parts.imm.settle();
    this.#replaced();
  }
}

function filtered<V>(record: Readonly<Record<string, V>>, isKept: (key: string) => boolean): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => isKept(key)));
}

function nonEmpty<T extends Readonly<Record<string, object>>>(members: T): Partial<T>;
function nonEmpty(members: Readonly<Record<string, object>>): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => Object.keys(member).length > 0));
}
