import { isLocalHost } from '../tls/local-hosts.js';
import { configPath, flaggedConfig, type ConfigFlag } from './flagged-config.js';

/** The variable of `start --admin-token`. */
const VARIABLE = 'MNS_EMULATOR_ADMIN_TOKEN';

/**
 * Whether the token of an emulator that is started here may be found here, too. It is sent to this machine only: whoever
 * names an endpoint elsewhere has not said that it is to have that token.
 */
export function mayFindToken(endpoint: string, config: ConfigFlag, environment: NodeJS.ProcessEnv): boolean {
  const { hostname } = new URL(endpoint);
  return (
    isLocalHost(hostname.replaceAll(/[[\]]/g, '')) &&
    ((environment[VARIABLE] ?? '') !== '' || configPath(config) !== undefined)
  );
}

/** The token that an emulator is started with here: that of the variable, else of the config file. Rejects with `CONFIG_INVALID`. */
export async function startedToken(config: ConfigFlag, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const given = environment[VARIABLE] ?? '';
  return given === '' ? (await flaggedConfig(config))?.config.admin?.token : given;
}
