import { createHash } from 'node:crypto';
import { invalidArgument } from '@mnsbus/core/internal';

/** What is asked of a client of the package `ioredis`: one server, sentinels or a cluster. */
export interface IoredisClient {
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** The key and the arguments of a script, as the package `redis` takes them. */
export interface ScriptInput {
  keys: string[];
  arguments: string[];
}

/** What is asked of a client of the package `redis`: one server, a pool, sentinels or a cluster. */
export interface NodeRedisClient {
  evalSha(sha1: string, input: ScriptInput): Promise<unknown>;
  eval(script: string, input: ScriptInput): Promise<unknown>;
}

/** A client of either package; connecting, reconnecting and closing it stay with who made it. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** A script of one key, which Redis runs as one step: nothing else happens in between. */
export class Script {
  readonly #text: string;
  readonly #sha1: string;

  constructor(text: string) {
    this.#text = text;
    this.#sha1 = createHash('sha1').update(text).digest('hex');
  }

  /**
   * Runs the script by its digest, or by its text on a server that has not seen it, for example after a restart.
   * A script that is unknown was not run, so this repeats nothing. Rejects with what the client rejects with, and with
   * `INVALID_ARGUMENT` for a client that answers no number, as one does that only collects commands.
   */
  async run(redis: RedisClient, key: string, ...args: string[]): Promise<number> {
    const [bySha1, byText] =
      'evalSha' in redis
        ? [
            () => redis.evalSha(this.#sha1, { keys: [key], arguments: args }),
            () => redis.eval(this.#text, { keys: [key], arguments: args }),
          ]
        : [() => redis.evalsha(this.#sha1, 1, key, ...args), () => redis.eval(this.#text, 1, key, ...args)];
    const reply = await bySha1().catch((error: unknown) => (isUnknownScript(error) ? byText() : Promise.reject(error)));
    // Clients can be told to give numbers as texts.
    if (typeof reply === 'number' || (typeof reply === 'string' && /^\d$/.test(reply))) return Number(reply);
    throw invalidArgument('redis', 'a client that answers a script with its number', reply);
  }
}

/** The client, if it is one. Throws `INVALID_ARGUMENT`. */
export function checkClient(redis: RedisClient): RedisClient {
  const given: Partial<IoredisClient & NodeRedisClient> = Object(redis);
  const runs = given.evalSha ?? given.evalsha;
  if (typeof runs !== 'function' || typeof given.eval !== 'function') {
    throw invalidArgument('redis', 'a client of the package ioredis or redis', redis);
  }
  return redis;
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
