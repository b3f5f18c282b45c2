export { createRedisDeduplicator } from './redis-deduplicator.js';
export type { RedisDeduplicatorOptions } from './redis-deduplicator.js';
export type { IoredisClient, NodeRedisClient, RedisClient, ScriptInput } from './redis-client.js';
