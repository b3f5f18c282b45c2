import { SystemClock, freshSeed, sleep } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { ContractTarget } from '../contract-target.js';
import { fetchHandler, wireClient, type ContractClient } from './wire-client.js';

/** A real MNS, or whatever else answers at an address. */
export interface AccountTargetOptions {
  /** Base URL, for example `http://{accountId}.mns.cn-beijing.aliyuncs.com`. */
  readonly endpoint: string;
  readonly accountId: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string | undefined;
  /** Run the steps that wait for seconds. Default `false`. */
  readonly slow?: boolean | undefined;
  /** One storage node, exact counts. Default `false`, as the real service is. */
  readonly deterministic?: boolean | undefined;
  /** Calls through this client, for example `sdkClient(…)`. Default one of the suite's own, over `fetch`. */
  readonly client?: ContractClient | undefined;
}

/** A target in real time. What it creates begins with a prefix that nothing else has. */
export function accountTarget(options: AccountTargetOptions): ContractTarget {
  const { endpoint, accountId, region, slow = false, deterministic = false, client } = options;
  const clock = new SystemClock();
  return {
    capabilities: {
      virtualTime: false,
      slow,
      deterministic,
      tampering: client === undefined,
      hangUp: false,
      inProcess: false,
    },
    prefix: `mnsbus-contract-${freshSeed().slice(0, 8)}-`,
    accountId,
    region,
    call: client ?? wireClient(fetchHandler(endpoint), options, clock),
    now: () => clock.now(),
    sleep: (ms) => sleep(clock, ms),
    close: async () => {},
  };
}

/** The names of the environment variables that {@link accountFromEnvironment} reads. */
const REQUIRED = ['ACCOUNT_ID', 'REGION', 'ACCESS_KEY_ID', 'ACCESS_KEY_SECRET'] as const;
type RequiredName = (typeof REQUIRED)[number];

/**
 * The account that `MNS_CONTRACT_ACCOUNT_ID`, `…_REGION`, `…_ACCESS_KEY_ID` and `…_ACCESS_KEY_SECRET` name, with
 * `…_SECURITY_TOKEN`, `…_ENDPOINT` and `…_SLOW=1` if set; `undefined` when none is set.
 *
 * Throws `INVALID_ARGUMENT` when only some are: a run against the wrong target would look like a good one.
 */
export function accountFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): AccountTargetOptions | undefined {
  const read = (name: string): string | undefined => env[`MNS_CONTRACT_${name}`];
  if (REQUIRED.every((name) => read(name) === undefined)) return undefined;
  const required = (name: RequiredName): string => {
    const value = read(name);
    if (value === undefined || value === '')
      throw invalidArgument(`MNS_CONTRACT_${name}`, 'a value, as the others have one', value);
    return value;
  };
  const accountId = required('ACCOUNT_ID');
  const region = required('REGION');
  return {
    accountId,
    region,
    accessKeyId: required('ACCESS_KEY_ID'),
    accessKeySecret: required('ACCESS_KEY_SECRET'),
    securityToken: read('SECURITY_TOKEN'),
    endpoint: read('ENDPOINT') ?? `http://${accountId}.mns.${region}.aliyuncs.com`,
    slow: read('SLOW') === '1',
  };
}
