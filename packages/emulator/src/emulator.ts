import {
  SeededRandom,
  SystemClock,
  freshSeed,
  headerOf,
  invalidArgument,
  type Clock,
  type WireRequest,
  type WireResponse,
} from '@mnsbus/core';
import { createImmService, type PerTask } from './imm-service.js';
import { createMnsService } from './mns-service.js';
import { Accounts, type AccessKey } from './runtime/accounts.js';
import { Journal } from './runtime/journal.js';

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
  /** How long a task runs, in milliseconds from 0, or a function of the request that creates it. Default 4000. */
  readonly taskDurationMs?: PerTask;
  /** How many pages a document has, 0–999,999,999, or a function of the request. Default 1–20, the same for the same source. */
  readonly pageCount?: PerTask;
  /** Source of time. Default the machine's clock. */
  readonly clock?: Clock;
  /** The seed of ids, lags and page counts. Default a fresh one; read it from `seed` to replay. */
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
  /** The text that replays ids, lags and page counts. */
  readonly seed: string;
  /** What happened inside, in order: why an event came, or did not. */
  readonly journal: Journal;
  /** Answers one request of either service, as the service would. Never rejects. Needs no `this`. */
  readonly handle: (request: WireRequest) => Promise<WireResponse>;
  /** Answers every waiting long poll and stops every task and retry. */
  close(): void;
}

/** The account of an emulator that was told none. */
export const DEFAULT_ACCOUNT_ID = '1000000000000001';
/** The region of an emulator that was told none. */
export const DEFAULT_REGION = 'cn-beijing';
/** The access key id of an emulator that was told none. */
export const DEFAULT_ACCESS_KEY_ID = 'emuKey';
/** The access key secret of an emulator that was told none. */
export const DEFAULT_ACCESS_KEY_SECRET = 'emuSecret';

/** Creates an emulator with nothing in it. Throws `INVALID_ARGUMENT` for an option out of range. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const accountId = matching('accountId', options.accountId ?? DEFAULT_ACCOUNT_ID, /^\d{1,32}$/, 'digits');
  const region = matching(
    'region',
    options.region ?? DEFAULT_REGION,
    /^[a-z0-9-]{1,64}$/,
    'a region such as cn-beijing',
  );
  const key: AccessKey = {
    accountId,
    accessKeyId: matching(
      'accessKeyId',
      options.accessKeyId ?? DEFAULT_ACCESS_KEY_ID,
      /^[^\s:]+$/,
      'a text without blanks and colons',
    ),
    accessKeySecret: matching('accessKeySecret', options.accessKeySecret ?? DEFAULT_ACCESS_KEY_SECRET, /./, 'a text'),
  };
  const { taskDurationMs, pageCount } = options;
  const clock = options.clock ?? new SystemClock();
  const seed = String(options.seed ?? freshSeed());
  const journal = new Journal(() => clock.now());
  const context = {
    clock,
    random: new SeededRandom(seed),
    accounts: new Accounts({ accountId, region }, [key]),
    journal,
  };
  const mns = createMnsService(context);
  const imm = createImmService(context, {
    publish: (tenant, topicName, body) => mns.publish(tenant, topicName, body),
    ...(taskDurationMs === undefined ? {} : { taskDurationMs }),
    ...(pageCount === undefined ? {} : { pageCount }),
  });

  return {
    accountId,
    region,
    accessKeyId: key.accessKeyId,
    accessKeySecret: key.accessKeySecret,
    seed,
    journal,
    handle: (request) => (isForMns(request) ? mns.handle(request) : imm.handle(request)),
    close: () => {
      imm.close();
      mns.close();
    },
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

function matching(name: string, value: string, pattern: RegExp, expected: string): string {
  // The value itself may be a secret, so it is not shown.
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw invalidArgument(name, expected, name === 'accessKeySecret' ? undefined : value);
  }
  return value;
}
