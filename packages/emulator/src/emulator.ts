import { SystemClock, freshSeed, monotonicMs, type Clock, type WireRequest, type WireResponse } from '@mnsbus/core';
import { headerOf, invalidArgument } from '@mnsbus/core/internal';
import type { Fault } from './faults/fault.js';
import { Faults, type EmulatorFaults } from './faults/faults.js';
import { EmulatorState, type ResetOptions } from './emulator-state.js';
import { applyConfig } from './config/apply-config.js';
import type { ResourceOptions } from './config/resource-options.js';
import { createImmService } from './imm-service.js';
import type { ImmOptions } from './imm/imm-options.js';
import type { EmulatorReplies } from './imm/replies/replies.js';
import type { EmulatorTasks } from './imm/tasks-by-hand.js';
import { createMnsService } from './mns-service.js';
import type { PushOptions } from './mns/push/pushes.js';
import type { MnsOptions } from './mns/mns-options.js';
import { createInspection, type EmulatorInspection } from './operator/inspection.js';
import { createOperator, type EmulatorOperator } from './operator/operator.js';
import { REGION, readAccessKey, readAccountId, readAccounts, type AccountOptions } from './runtime/account-options.js';
import { Accounts } from './runtime/accounts.js';
import { standingFaults } from './profile/standing-faults.js';
import { Manner } from './profile/manner.js';
import { isKind, type Profile, type ProfileOption } from './profile/profile.js';
import { readProfile } from './profile/read-profile.js';
import {
  DEFAULT_ACCESS_KEY_ID,
  DEFAULT_ACCESS_KEY_SECRET,
  DEFAULT_ACCOUNT_ID,
  DEFAULT_REGION,
} from './runtime/default-identity.js';
import { SecurityTokens, type SecurityTokenRequest, type TemporaryCredentials } from './runtime/security-tokens.js';
import type { Hint } from './runtime/hints/hint.js';
import { Hints } from './runtime/hints/hints.js';
import type { RefusedAtDoor } from './runtime/hints/refused-at-door.js';
import { Journal } from './runtime/journal.js';
import { noteWithin, type NoteChange } from './runtime/note-change.js';
import { RandomStreams, type StreamStates } from './runtime/random-streams.js';
import { TimeLine, type TimeRecord } from './runtime/time-line.js';
import type { EmulatorSnapshot } from './snapshot.js';

/** What an emulator may be told. */
export interface EmulatorOptions {
  /** The account of requests whose host names none: digits. Default `1000000000000001`. */
  readonly accountId?: string;
  /** The region of requests whose host names none. Default `cn-beijing`. */
  readonly region?: string;
  /** Default `emuKey`. */
  readonly accessKeyId?: string;
  /** Default `emuSecret`. */
  readonly accessKeySecret?: string;
  /**
   * More accounts, and more keys of the one above: each owns its queues, topics and projects alone, and is reached at
   * `{accountId}.mns.{region}.aliyuncs.com`. Default none.
   */
  readonly accounts?: readonly AccountOptions[];
  /**
   * How kind the services are: `kind`, or `cloud`, as unkind as the live service was seen to be, with whatever is to be otherwise:
   * `{ base: 'cloud', throttling: false }`. Other options count before it. Default `kind`.
   */
  readonly profile?: ProfileOption;
  /** How long tasks run, how they end, and what happens to their events. Default each as its kind, successful, undisturbed. */
  readonly imm?: ImmOptions;
  /** In what MNS differs from its usual self. Default in nothing. */
  readonly mns?: MnsOptions;
  /** How topics push to HTTP endpoints. Default over sockets, and to this machine only. */
  readonly push?: PushOptions;
  /** Faults from the beginning; more may be added, and these removed, through `faults` of the emulator. Default none. */
  readonly faults?: readonly Fault[];
  /** How many entries the journal keeps, from 1. Default 10,000. */
  readonly journalLimit?: number;
  /** About how many bytes of memory those entries may take, from 1 MiB. Default 64 MiB; then the oldest are let go. */
  readonly journalBytes?: number;
  /** Queues, topics, subscriptions and projects that are there from the beginning. Default none. */
  readonly resources?: ResourceOptions;
  /** Told of what looks wrong, once each. Default nobody; `hints()` has it all. */
  readonly onHint?: (hint: Hint) => void;
  /** Source of time. Default the machine's clock. */
  readonly clock?: Clock;
  /** The seed of ids, durations, lags and disturbances. Default a fresh one; read it from `seed` to replay. */
  readonly seed?: string | number;
}

/** IMM and MNS of Alibaba Cloud as one object: hand it requests, or mount it with `listen` or `mswHandlers`. */
export interface Emulator {
  /** The account of requests whose host names none. */
  readonly accountId: string;
  /** The region of requests whose host names none. */
  readonly region: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The text that replays ids, durations, lags and disturbances. */
  readonly seed: string;
  /** How kind the services are. */
  readonly profile: Pick<Profile, 'name' | 'changed'>;
  /** Issues a key that works for a while, as the Security Token Service does. Throws `INVALID_ARGUMENT`. */
  readonly issueSecurityToken: (request?: SecurityTokenRequest) => TemporaryCredentials;
  /** The tasks of IMM, to look at, and to finish or fail by hand. */
  readonly tasks: EmulatorTasks;
  /** Everything inside, to look at; nothing that a client sees changes by looking. */
  readonly inspect: () => EmulatorInspection;
  /** What can be done without signing a request. */
  readonly operator: EmulatorOperator;
  /** What happened inside, in order: why an event came, or did not. */
  readonly journal: Journal;
  /** What goes wrong: faults that strike requests, messages, deliveries and tasks. */
  readonly faults: EmulatorFaults;
  /** What actions of IMM are answered by a script: those of the option `imm.replies`, and more. */
  readonly replies: EmulatorReplies;
  /** The source of time that it was given, or the machine's clock. */
  readonly clock: Clock;
  /** What looks wrong so far, oldest first, once each: settings that cannot work, queues that nobody reads. */
  readonly hints: () => readonly Hint[];
  /** Answers one request of either service, as the service would. Never rejects. Needs no `this`. */
  readonly handle: (request: WireRequest) => Promise<WireResponse>;
  /**
   * Tells the emulator at which base URL it is reached, for example `http://127.0.0.1:9324`: receivers of pushes fetch
   * the certificate there. `listen` does it.
   */
  readonly servedAt: (endpoint: string) => void;
  /** Takes note of a request that the door has not handed on: from then on a hint tells of it. `listen` does it. */
  readonly refusedAtDoor: (refused: RefusedAtDoor) => void;
  /**
   * Everything inside that survives, as plain JSON; equal states give equal text, to the byte. What has fallen due by
   * now has happened before.
   */
  readonly snapshot: () => EmulatorSnapshot;
  /**
   * Takes up a snapshot of this emulator or of another one in place of all that is here, and goes on from it against the
   * clock as it is: what has expired since is expired, and what has fallen due happens at once. Receives that wait are
   * served from it, or refused where their queue is no more. Throws `INVALID_ARGUMENT` with the path of what is wrong,
   * also for an account that this emulator does not have, and has changed nothing then.
   */
  readonly restore: (snapshot: unknown) => void;
  /**
   * Forgets everything, as if just created with the same seed, or all that belongs to one account. Receives that wait
   * there are answered as those at a deleted queue. Throws `INVALID_ARGUMENT` for an account that is not known.
   */
  readonly reset: (options?: ResetOptions) => void;
  /**
   * Resolves when all that has happened so far is on the disk: at once, unless {@link openEmulator} has made it. Answers
   * to requests have waited for that themselves. Rejects with `STORE_FAILED` when something could not be written.
   */
  readonly flushed: () => Promise<void>;
  /**
   * Resolves when the pushes to web servers that are under way now have their outcomes: within 5 seconds of the
   * emulator's clock. To be asked before {@link close}, by whoever wants them delivered and not given up.
   */
  readonly pushesFinished: () => Promise<void>;
  /** Answers every waiting long poll and stops every task, push and retry. */
  close(): void;
}

/**
 * How many turns of the event loop a virtual clock must see nothing happen before it moves, when requests come over sockets
 * or through msw. Real clients were seen to take at most 4 turns from one step of an exchange to the next.
 */
export const QUIET_TURNS = 32;

/** Creates an emulator with nothing in it but the `resources`. Throws `INVALID_ARGUMENT` for an option out of range. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  return assembleEmulator(options).emulator;
}

/** How somebody keeps the state of an emulator elsewhere. */
export interface StateKeeping {
  /** Told of every record that changes. */
  readonly note: NoteChange;
  /** Told when all of the state has become another. */
  readonly replaced: () => void;
}

/** An emulator, and what nobody but the keeper of its state has to know. */
export interface AssembledEmulator {
  readonly emulator: Emulator;
  /** How far its streams of randomness have come. */
  readonly streams: () => StreamStates;
  /** Its time line, for whoever goes on with its state later. */
  readonly time: () => TimeRecord;
  /** Makes what the options name and what is not there yet, by nobody’s hand: the journal has no entry of it. */
  readonly makeResources: (resources: ResourceOptions) => void;
  /** `restore` of the emulator, by nobody’s hand either. */
  readonly takeUp: (snapshot: unknown) => void;
}

/** {@link createEmulator}, for whoever keeps its state elsewhere. */
export function assembleEmulator(options: EmulatorOptions, keeping?: StateKeeping): AssembledEmulator {
  const note = keeping?.note;
  const accountId = readAccountId('accountId', options.accountId ?? DEFAULT_ACCOUNT_ID);
  const region = options.region ?? DEFAULT_REGION;
  if (typeof region !== 'string' || !REGION.test(region)) {
    throw invalidArgument('region', 'a region such as cn-beijing', region);
  }
  const key = readAccessKey('', accountId, {
    accessKeyId: options.accessKeyId ?? DEFAULT_ACCESS_KEY_ID,
    accessKeySecret: options.accessKeySecret ?? DEFAULT_ACCESS_KEY_SECRET,
  });
  const clock: Clock = options.clock ?? new SystemClock();
  const seed = String(options.seed ?? freshSeed());
  const time = new TimeLine(clock, () => note?.(['time'], () => time.record(true)));
  const journal = new Journal(() => clock.now(), {
    named: (fact) => time.named(fact),
    recordsTime: clock.activity !== undefined,
    ...(options.journalLimit === undefined ? {} : { limit: options.journalLimit }),
    ...(options.journalBytes === undefined ? {} : { maxBytes: options.journalBytes }),
  });
  const random = new RandomStreams(seed);
  const accounts = new Accounts(
    { accountId, region },
    readAccounts(options.accounts ?? [], [key]),
    noteWithin(note, 'temporaryKeys'),
  );
  const securityTokens = new SecurityTokens(accounts, time, random.fork('security-tokens'));
  const profile = readProfile(options.profile);
  const { behaviours } = profile;
  const manner = isKind(profile) ? undefined : new Manner(behaviours, { clock: time, random });
  if (manner !== undefined) journal.record({ kind: 'profile', profile: profile.name, changed: profile.changed });
  const standing = standingFaults(behaviours);
  const faults = new Faults({ now: () => monotonicMs(clock), random: random.fork('faults'), journal, standing });
  for (const fault of options.faults ?? []) faults.add(fault);
  const hints = new Hints({
    now: () => clock.now(),
    time: () => time.now(),
    world: {
      findKey: (accessKeyId) => accounts.findKey(accessKeyId),
      regionsWith: (owner, kind, name) => mns.regionsWith(owner, kind, name),
    },
    onHint: options.onHint ?? (() => {}),
  });
  const context = { clock: time, random, accounts, journal, faults, hints, note };
  const mns = createMnsService(context, options.push, options.mns, manner);
  const imm = createImmService(context, {
    ...options.imm,
    events: { publishLagMs: behaviours.eventLagMs, ...options.imm?.events },
    publish: (tenant, topicName, body) => {
      const outcome = mns.publish(tenant, topicName, body);
      if (!outcome.ok && outcome.code === 'TopicNotExist') hints.observe({ kind: 'topic-missing', tenant, topicName });
      return outcome;
    },
  });
  const makeResources = (resources: ResourceOptions): void => applyConfig(resources, { mns, imm, accounts });
  if (options.resources !== undefined) makeResources(options.resources);

  const inspection = createInspection({ context, mns, imm });
  const state = new EmulatorState({ time, random, accounts, journal, mns, imm }, keeping?.replaced);

  const emulator: Emulator = {
    accountId,
    region,
    accessKeyId: key.accessKeyId,
    accessKeySecret: key.accessKeySecret,
    seed,
    profile: { name: profile.name, changed: profile.changed },
    tasks: imm.tasks,
    inspect: () => inspection,
    operator: createOperator(context, mns, imm),
    journal,
    faults,
    replies: imm.replies,
    clock,
    hints: () => hints.list(),
    issueSecurityToken: (request) => securityTokens.issue(request),
    handle: (request) => {
      const reply = isForMns(request) ? mns.handle(request) : imm.handle(request);
      return clock.activity === undefined ? reply : clock.activity.during(reply);
    },
    servedAt: (endpoint) => {
      clock.activity?.needQuietTurns(QUIET_TURNS);
      mns.servedAt(endpoint);
    },
    refusedAtDoor: (refused) => hints.observe({ kind: 'refused-at-door', refused }),
    snapshot: () => state.snapshot(),
    restore: (snapshot) => state.restore(snapshot),
    reset: (request = {}) => state.reset(request),
    flushed: () => Promise.resolve(),
    pushesFinished: () => mns.pushesFinished(),
    close: () => {
      imm.close();
      mns.close();
      faults.close();
    },
  };
  return {
    emulator,
    streams: () => random.states(),
    time: () => time.record(true),
    makeResources,
    takeUp: (snapshot) => state.takeUp(snapshot),
  };
}

/**
 * Which service a request means. IMM is called at `/` only; everything else is MNS, as is what
 * carries MNS's own header or scheme, so that a broken MNS request gets MNS's error.
 */
function isForMns(request: WireRequest): boolean {
  const path = request.target.replace(/^https?:\/\/[^/]*/i, '').split('?', 1)[0] ?? '';
  return (
    (path !== '/' && path !== '') ||
    headerOf(request, 'x-mns-version') !== undefined ||
    headerOf(request, 'authorization')?.startsWith('MNS') === true ||
    /^\d+\.mns\./.test(headerOf(request, 'host') ?? '')
  );
}
