import { LOCAL_HOSTS } from '../tls/local-hosts.js';
import type { ServedEmulator } from './served-emulator.js';
import { trustEnvironment } from './trust-advice.js';

/** The environment of a command that talks to an emulator: the given one, and where and how to reach it. */
export function childEnvironment(
  given: NodeJS.ProcessEnv,
  { emulator, server: { endpoint }, admin: { access }, certificate }: ServedEmulator,
  isProxy: boolean,
): NodeJS.ProcessEnv {
  // A token of somebody's real session does not belong to the emulator's key, and would be refused with it.
  const { ALIBABA_CLOUD_SECURITY_TOKEN: _token, ...rest } = given;
  return {
    ...rest,
    MNS_ENDPOINT: endpoint,
    IMM_ENDPOINT: endpoint,
    ALIBABA_CLOUD_ACCOUNT_ID: emulator.accountId,
    ALIBABA_CLOUD_REGION: emulator.region,
    ALIBABA_CLOUD_REGION_ID: emulator.region,
    ALIBABA_CLOUD_ACCESS_KEY_ID: emulator.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: emulator.accessKeySecret,
    MNS_EMULATOR_ENDPOINT: endpoint,
    ...(access === false || access.token === undefined ? {} : { MNS_EMULATOR_TOKEN: access.token }),
    ...(isProxy ? proxyEnvironment(given, endpoint) : {}),
    ...(certificate === undefined ? {} : trustEnvironment(certificate)),
  };
}

/** Other servers of this machine are still reached directly. */
function proxyEnvironment(given: NodeJS.ProcessEnv, endpoint: string): NodeJS.ProcessEnv {
  const direct = [given['NO_PROXY'] ?? given['no_proxy'], ...LOCAL_HOSTS]
    .filter((host) => (host ?? '') !== '')
    .join(',');
  return { HTTP_PROXY: endpoint, http_proxy: endpoint, NO_PROXY: direct, no_proxy: direct };
}
