import { invalidArgument } from '@mnsbus/core/internal';
import type { ProvokedCode } from './failure.js';
import type { Manner } from '../profile/manner.js';
import { DEFAULT_MODEL_SETTINGS, MAX_STRIPES, type ModelSettings } from './model/model-settings.js';

/** A request that has passed every check that operations share, and is about to be carried out. */
export interface MnsCall {
  /** As the API calls it, for example `BatchReceiveMessage`. */
  readonly operation: string;
  readonly accountId: string;
  readonly region: string;
  /** The empty string when the path names none; so are the two below. */
  readonly queueName: string;
  readonly topicName: string;
  readonly subscriptionName: string;
}

/** In what the emulated MNS shall differ from its usual self: closer to old clients, or harder on new ones. */
export interface MnsOptions {
  /**
   * Refuse query names that the API does not have, and spellings that no documentation uses, with `InvalidQueryString`.
   * Default `false`: any case is taken, and unknown names are ignored.
   */
  readonly strictQueryNames?: boolean;
  /** Give messages ids of the shape that was in use until about 2021. Default `false`. */
  readonly oldMessageIds?: boolean;
  /**
   * How many receives may wait at once, in each account and region: 0 or more. One too many is told at once that there
   * is no message. Default without limit.
   */
  readonly maxLongPolls?: number;
  /**
   * About how many bytes of memory stored messages may take, in all accounts and regions together, from 1 MiB. One too
   * many is refused with `TooManyRequests`, and a topic tries again by the strategy of its subscription. Default 1 GiB.
   */
  readonly maxStoredBytes?: number;
  /** Deliver messages of equal priority in an order that the seed decides, not in the order of sending. Default `false`. */
  readonly shuffle?: boolean;
  /**
   * Over how many storage nodes a queue is spread, 1–16. A receive gets messages of one node only, so it may get fewer
   * than it asked for although there are more. Default 1, or what the profile says.
   */
  readonly stripes?: number;
  /**
   * Refuses a request with the error that it returns, before anything has changed: throttling, a broken service, a policy
   * (spec mns §8, §9). Asked once per request. What it throws is answered with `InternalError`. Default refuses nothing.
   */
  readonly refuse?: (call: MnsCall) => ProvokedCode | undefined;
}

/** About how many bytes stored messages may take that are told nothing else. */
export const DEFAULT_STORED_BYTES: number = 1024 * 1024 * 1024;

/** The smallest bound of stored messages, in bytes. */
export const MIN_STORED_BYTES: number = 1024 * 1024;

/** The options of an MNS, read. */
export interface MnsSettings {
  readonly strictQueryNames: boolean;
  /** `Infinity` for no limit. */
  readonly maxLongPolls: number;
  readonly maxStoredBytes: number;
  readonly model: ModelSettings;
  readonly refuse: ((call: MnsCall) => ProvokedCode | undefined) | undefined;
  /** How it behaves; absent for as kindly as it can. */
  readonly manner: Manner | undefined;
}

/** Checks options; `drawSalt` gives the number that decides a shuffled order. Throws `INVALID_ARGUMENT`. */
export function readMnsOptions(options: MnsOptions, drawSalt: () => number, manner?: Manner): MnsSettings {
  const {
    maxLongPolls = Number.POSITIVE_INFINITY,
    maxStoredBytes = DEFAULT_STORED_BYTES,
    stripes = manner?.stripes ?? 1,
  } = options;
  if (!(Number.isSafeInteger(maxStoredBytes) && maxStoredBytes >= MIN_STORED_BYTES)) {
    throw invalidArgument('mns.maxStoredBytes', `a whole number from ${MIN_STORED_BYTES}`, maxStoredBytes);
  }
  if (maxLongPolls !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(maxLongPolls) && maxLongPolls >= 0)) {
    throw invalidArgument('mns.maxLongPolls', 'a whole number from 0', maxLongPolls);
  }
  if (!(Number.isInteger(stripes) && stripes >= 1 && stripes <= MAX_STRIPES)) {
    throw invalidArgument('mns.stripes', `a whole number from 1 to ${MAX_STRIPES}`, stripes);
  }
  if (options.refuse !== undefined && typeof options.refuse !== 'function') {
    throw invalidArgument('mns.refuse', 'a function', options.refuse);
  }
  return {
    manner,
    refuse: options.refuse,
    strictQueryNames: flag('strictQueryNames', options.strictQueryNames),
    maxLongPolls,
    maxStoredBytes,
    model: {
      ...DEFAULT_MODEL_SETTINGS,
      messageIdShape: flag('oldMessageIds', options.oldMessageIds) ? 'old' : 'current',
      stripes,
      ...(flag('shuffle', options.shuffle) ? { shuffleSalt: drawSalt() } : {}),
    },
  };
}

function flag(name: string, value: boolean | undefined): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw invalidArgument(`mns.${name}`, 'true or false', value);
  return value ?? false;
}
