import { setMaxListeners } from 'node:events';
import type { SeededRandom } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { Journal } from '../runtime/journal.js';
import type { Fault, FaultKind, FaultSubjectMember } from './fault.js';
import { faultSchema } from './fault-schema.js';

/** A fault that was added. */
export interface FaultHandle {
  /** Its name, or the one that it was given. */
  readonly id: string;
  readonly fault: Fault;
  /** How many times it has struck. */
  readonly appliedCount: number;
  /** Takes it away; what it has done stays. Does nothing when it is gone. */
  remove(): void;
}

/** The faults of an emulator. */
export interface EmulatorFaults {
  /** Lets a fault strike from now on. Throws `INVALID_ARGUMENT`, naming the member, for one that is none, and for a name that is taken. */
  add(fault: Fault): FaultHandle;
  /** The faults that were added and not removed, in the order of adding; those that have ended, too. */
  list(): readonly FaultHandle[];
  /** Takes all faults away. */
  clear(): void;
}

/** What a fault may strike; an empty text stands for nothing. */
export type FaultSubject = Readonly<Partial<Record<FaultSubjectMember, string>>>;

/** The faults of these kinds. */
export type FaultOf<K extends FaultKind> = Narrowed<Fault, K>;

// By hand, because several kinds without parameters share a member of the union.
type Narrowed<F extends Fault, K extends FaultKind> = F extends Fault
  ? [Extract<K, F['kind']>] extends [never]
    ? never
    : F & { readonly kind: Extract<K, F['kind']> }
  : never;

/** What faults need around them. */
export interface FaultContext {
  /** Milliseconds since some instant, which nobody can set back. */
  readonly now: () => number;
  /** Forked by the id of each fault, so that one more moves none of the others. */
  readonly random: SeededRandom;
  readonly journal: Pick<Journal, 'record'>;
  /** Those that belong to the services themselves: neither listed nor taken away, and named. Default none. */
  readonly standing?: readonly (Fault & { readonly name: string })[];
}

interface Planned {
  readonly handle: FaultHandle;
  readonly fault: Fault;
  readonly random: SeededRandom;
  readonly beginsAtMs: number;
  readonly endsAtMs: number;
  fitted: number;
  applied: number;
}

/** Decides which faults strike, and records each time. */
export class Faults implements EmulatorFaults {
  /** Chance for what a fault does, when that is not all said. */
  readonly chance: SeededRandom;
  readonly #context: FaultContext;
  readonly #planned = new Map<string, Planned>();
  readonly #standing: readonly Planned[];
  readonly #closed = new AbortController();
  #added = 0;

  constructor(context: FaultContext) {
    this.#context = context;
    // One for each request that is held back, which may be many.
    setMaxListeners(0, this.#closed.signal);
    this.chance = context.random.fork('chance');
    this.#standing = (context.standing ?? []).map((fault) => this.#plan(fault, fault.name));
  }

  /** Aborts when nothing is to be held up any more. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Lets go of every request that a fault delays. */
  close(): void {
    this.#closed.abort();
  }

  /** Whether there is no fault at all: then nothing has to be asked. */
  get isEmpty(): boolean {
    return this.#planned.size === 0 && this.#standing.length === 0;
  }

  add(given: Fault): FaultHandle {
    const fault = readFault(given);
    const id = fault.name ?? `fault-${this.#added + 1}`;
    if (this.#planned.has(id) || this.#standing.some(({ handle }) => handle.id === id))
      throw invalidArgument('fault.name', 'a name that no other fault has', id);
    this.#added += 1;
    const planned = this.#plan(fault, id);
    this.#planned.set(id, planned);
    return planned.handle;
  }

  list(): readonly FaultHandle[] {
    return Array.from(this.#planned.values(), ({ handle }) => handle);
  }

  clear(): void {
    this.#planned.clear();
  }

  #plan(fault: Fault, id: string): Planned {
    const beginsAtMs = this.#context.now() + (fault.afterMs ?? 0);
    const planned: Planned = {
      fault,
      random: this.#context.random.fork(`fault/${id}`),
      beginsAtMs,
      endsAtMs: beginsAtMs + (fault.forMs ?? Infinity),
      fitted: 0,
      applied: 0,
      handle: {
        id,
        fault,
        get appliedCount(): number {
          return planned.applied;
        },
        remove: () => {
          if (this.#planned.get(id) === planned) this.#planned.delete(id);
        },
      },
    };
    return planned;
  }

  /**
   * The faults of these kinds that strike a subject now, in the order of adding; each time is counted and recorded.
   *
   * `canStrike` says of a fault that fits whether it could do anything; one that cannot is not counted.
   */
  strike<K extends FaultKind>(
    kinds: readonly K[],
    subject: FaultSubject,
    canStrike: (fault: FaultOf<K>) => boolean = () => true,
  ): readonly FaultOf<K>[] {
    if (this.isEmpty) return NONE;
    const striking: FaultOf<K>[] = [];
    const planned = this.#planned.values();
    for (const each of this.#standing.length === 0 ? planned : [...this.#standing, ...planned]) {
      const { fault } = each;
      if (!isOneOf(fault, kinds) || !canStrike(fault) || !this.#strikes(each, subject)) continue;
      striking.push(fault);
      this.#context.journal.record({ kind: 'fault', faultId: each.handle.id, fault: fault.kind, ...named(subject) });
    }
    return striking;
  }

  #strikes(planned: Planned, subject: FaultSubject): boolean {
    const { fault, random, beginsAtMs, endsAtMs } = planned;
    const nowMs = this.#context.now();
    if (nowMs < beginsAtMs || nowMs >= endsAtMs) return false;
    if (planned.applied >= (fault.times ?? Infinity)) return false;
    const given = new Map<string, string>(Object.entries(subject));
    if (!Object.entries(fault.match ?? {}).every(([member, value]) => given.get(member) === value)) return false;
    planned.fitted += 1;
    if (planned.fitted <= (fault.skip ?? 0)) return false;
    if (!drawsTrue(fault.probability ?? 1, random)) return false;
    planned.applied += 1;
    return true;
  }
}

const NONE: readonly never[] = [];

/** The finest step of a probability. */
const CHANCES = 1_000_000_000;

function drawsTrue(probability: number, random: SeededRandom): boolean {
  return probability >= 1 || random.integer(0, CHANCES - 1) < probability * CHANCES;
}

function isOneOf<K extends FaultKind>(fault: Fault, kinds: readonly K[]): fault is FaultOf<K> {
  return kinds.some((kind) => kind === fault.kind);
}

/** What a subject has a name for. */
function named(subject: FaultSubject): FaultSubject {
  return Object.fromEntries(Object.entries(subject).filter(([, value]) => value !== ''));
}

function readFault(given: unknown): Fault {
  const result = faultSchema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = ['fault', ...(issue?.path ?? [])].map(String);
  const value = (issue?.path ?? []).reduce<unknown>(memberOf, given);
  throw invalidArgument(path.join('.'), issue?.message ?? 'a fault', value);
}

function memberOf(value: unknown, name: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
