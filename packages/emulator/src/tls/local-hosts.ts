import { isIP } from 'node:net';

/** This machine, by all its names. */
export const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** Whether a host that is listened or called at is this machine, and nothing that others can reach. */
export function isLocalHost(host: string): boolean {
  return LOCAL_HOSTS.includes(host) || (isIP(host) === 4 && host.startsWith('127.'));
}
