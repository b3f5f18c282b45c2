import { isIPv6 } from 'node:net';
import { invalidArgument } from '@mnsbus/core/internal';

/** Which hosts may be pushed to: this machine, and those that were named. */
export class PushHosts {
  readonly #names: ReadonlySet<string>;

  /** Host names or addresses without scheme and port, in any case; `*` stands for every host. Throws `INVALID_ARGUMENT` for anything else. */
  constructor(names: readonly string[] = []) {
    this.#names = new Set(names.map((name) => hostName(name)));
  }

  /** Whether the host of this absolute URL may be pushed to. */
  allow(url: string): boolean {
    const { hostname } = new URL(url);
    return isLoopback(hostname) || this.#names.has('*') || this.#names.has(hostname);
  }
}

/** URLs write every spelling of an IPv4 address with four decimal numbers. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

/** The name as a URL would write it, so that both compare. */
function hostName(name: string): string {
  if (name === '*') return name;
  const text = isIPv6(name) ? `[${name}]` : name;
  const isBare = text !== name || /^[^\s:/?#@\\[\]]+$/.test(name);
  if (!isBare || !URL.canParse(`http://${text}`)) {
    throw invalidArgument('push.hosts', 'host names or addresses without scheme, port and path, or *', name);
  }
  return new URL(`http://${text}`).hostname;
}
