import { SystemClock, freshSeed, type Clock, type WireHandler } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { Credentials, CredentialsFact } from '../credentials/credentials.js';
import { inRange, required } from '../options/checks.js';
import type { TaskWaiter } from './task-waiter.js';

/** The versions of IMM. */
export type ImmApiVersion = '2017-09-06' | '2020-09-30';

/** What an IMM client needs to know. */
export type ImmOptions<Version extends ImmApiVersion> = Credentials & {
  readonly apiVersion: Version;
  /** The bus that hears of the end of tasks. Its queue or endpoint must subscribe to `topicName`. */
  readonly bus: TaskWaiter;
  /** The numeric id of the account that owns the topic. */
  readonly accountId: string;
  /** For example `cn-beijing`: project and topic are in one region. */
  readonly region: string;
  /** The MNS topic that tasks tell of their end. */
  readonly topicName: string;
  /** The project of requests that name none. */
  readonly project: string;
  /** Base URL. Default `https://imm.{region}.aliyuncs.com` (spec imm §1.1). */
  readonly endpoint?: string | undefined;
  /** Longest wait for the end of a task, in milliseconds from 1. Default an hour. */
  readonly timeoutMs?: number | undefined;
  /** When the end of a task is expected, in milliseconds from its creation, from 0. Default by kind: see {@link SubmitOptions}. */
  readonly expectedMs?: number | undefined;
  /** Longest wait for a reply, in milliseconds from 1. Default 10,000. */
  readonly readTimeoutMs?: number | undefined;
  /** Hears of refreshed keys, and of a provider that fails. What it throws is a warning of the process, and nothing else. */
  readonly onCredentials?: ((fact: CredentialsFact) => void) | undefined;
  /** Source of time. Default the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Seed of nonces and of the jitter of repeated calls; each client needs one of its own. Default a fresh one. */
  readonly seed?: string | number | undefined;
  /** Calls this function instead of the network, for example the `handle` of an emulator. */
  readonly transport?: WireHandler | undefined;
};

/** The options with every default filled in. */
export interface ResolvedImmOptions {
  readonly endpoint: string;
  readonly notifyEndpoint: string;
  readonly topicName: string;
  readonly project: string;
  readonly timeoutMs: number;
  /** `undefined`: by kind. */
  readonly expectedMs: number | undefined;
  readonly readTimeoutMs: number;
  readonly clock: Clock;
  readonly seed: string | number;
}

/** Checks the options and fills in the defaults. Throws `INVALID_ARGUMENT` naming the first wrong one. */
export function resolveImmOptions(options: ImmOptions<ImmApiVersion>): ResolvedImmOptions {
  const accountId = required('accountId', options.accountId);
  const region = required('region', options.region);
  const endpoint = options.endpoint ?? `https://imm.${region}.aliyuncs.com`;
  if (!/^https?:\/\/[^/?#]+\/?$/.test(endpoint)) {
    throw invalidArgument('endpoint', 'http(s)://host[:port] without a path', endpoint);
  }
  return {
    endpoint: endpoint.replace(/\/$/, ''),
    notifyEndpoint: `http://${accountId}.mns.${region}.aliyuncs.com`,
    topicName: required('topicName', options.topicName),
    project: required('project', options.project),
    timeoutMs: inRange('timeoutMs', options.timeoutMs ?? 3_600_000, 1, Number.MAX_SAFE_INTEGER),
    expectedMs:
      options.expectedMs === undefined
        ? undefined
        : inRange('expectedMs', options.expectedMs, 0, Number.MAX_SAFE_INTEGER),
    readTimeoutMs: inRange('readTimeoutMs', options.readTimeoutMs ?? 10_000, 1, 3_600_000),
    clock: options.clock ?? new SystemClock(),
    seed: options.seed ?? freshSeed(),
  };
}
