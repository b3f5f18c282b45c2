import { existsSync } from 'node:fs';
import type { ConfigFile } from '../config/config-file.js';
import { CONFIG_FILE_NAME } from '../config/config-template.js';

/** What a flag says of the config file: its path, or `false` for none. Default the one in the working directory. */
export type ConfigFlag = string | boolean | undefined;

/** Where the config file is; `undefined` when there is none. */
export function configPath(flag: ConfigFlag): string | undefined {
  if (typeof flag === 'string') return flag;
  return flag !== false && existsSync(CONFIG_FILE_NAME) ? CONFIG_FILE_NAME : undefined;
}

/** Reads the config file that a flag names, or the one that is there. Rejects with `CONFIG_INVALID`. */
export async function flaggedConfig(flag: ConfigFlag): Promise<ConfigFile | undefined> {
  const path = configPath(flag);
  if (path === undefined) return undefined;
  // Loaded here: most emulators are started without a file, and reading one takes a parser and a schema.
  const { readConfigFile } = await import('../config/config-file.js');
  return readConfigFile(path);
}
