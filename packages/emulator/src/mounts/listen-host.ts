import { invalidArgument } from '@mnsbus/core/internal';

/** Where an emulator listens that is told nothing: nobody but this machine can connect. */
export const DEFAULT_HOST = '127.0.0.1';

/**
 * The address to listen at. An empty one, as of a variable that was set to nothing, would be every address of the machine
 * to Node.js; here it is none at all. Throws `INVALID_ARGUMENT` for what is no text.
 */
export function listenHost(host: string | undefined): string {
  if (host === undefined) return DEFAULT_HOST;
  if (typeof host !== 'string') throw invalidArgument('host', 'an address or a host name', host);
  return host.trim() || DEFAULT_HOST;
}
