import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { RedisClient } from '../redis-client.js';

/** A connected client of one of the packages. */
export interface OpenClient {
  readonly redis: RedisClient;
  /** Sends a command as it is. */
  command(...words: string[]): Promise<unknown>;
  close(): void;
}

/** Opens a client of the package `ioredis`. */
export function openIoredis(port: number): Promise<OpenClient> {
  const redis = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 20 });
  // Told again by every command that fails.
  redis.on('error', () => {});
  return Promise.resolve({
    redis,
    command: (name = '', ...args) => redis.call(name, ...args),
    close: () => redis.disconnect(),
  });
}

/** Opens a client of the package `redis`. */
export async function openNodeRedis(port: number): Promise<OpenClient> {
  const redis = createClient({ socket: { port, host: '127.0.0.1', reconnectStrategy: () => 20 } });
  redis.on('error', () => {});
  await redis.connect();
  return { redis, command: (...words) => redis.sendCommand(words), close: () => redis.destroy() };
}

/** Both packages by name. */
export const CLIENTS: readonly (readonly [name: string, open: (port: number) => Promise<OpenClient>])[] = [
  ['ioredis', openIoredis],
  ['redis', openNodeRedis],
];
