import type { Clock, SeededRandom, WireHandler } from '@mnsbus/core';
import { credentialsSource } from '../credentials/credentials-source.js';
import type { CredentialsFact } from '../credentials/credentials.js';
import { directTransport } from './direct-transport.js';
import type { MnsConnection } from './sdk-client.js';
import { socketTransport } from './socket-transport.js';
import type { MnsTransport } from './transport.js';

/** What the way to MNS needs besides the connection. */
export interface TransportParts {
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** Calls this function instead of the network. */
  readonly handler?: WireHandler | undefined;
  /** Most bytes of a reply, unpacked, from 1. Default 16 MiB. */
  readonly maxReplyBytes?: number | undefined;
  readonly report?: ((fact: CredentialsFact) => void) | undefined;
}

/** Opens the way to MNS: over sockets, or to a function. Throws `INVALID_ARGUMENT` for credentials that are none. */
export function createTransport(connection: MnsConnection, parts: TransportParts): MnsTransport {
  const { clock, random, handler, maxReplyBytes, report = () => {} } = parts;
  const credentials = credentialsSource('mns', connection, { clock, random, report });
  return handler === undefined
    ? socketTransport(connection, credentials, clock, maxReplyBytes)
    : directTransport(connection, credentials, clock, handler, maxReplyBytes);
}
