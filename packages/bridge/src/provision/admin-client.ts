import { sleep, type Clock, type SeededRandom } from '@mnsbus/core';
import { MnsServiceError, asMnsbusError } from '../mns/mns-error.js';
import { escapeXml } from '../mns/queue-client.js';
import { listOf, textOf } from '../mns/reply-items.js';
import type { SdkReply } from '../mns/sdk-client.js';
import type { MnsCall, MnsTransport } from '../mns/transport.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import type { Wanted } from './resources.js';

const CALL_TIMEOUT_MS = 10_000;
const RETRY_MS: BackoffRange = { base: 200, cap: 5000 };
const MAX_ATTEMPTS = 4;

const ROOTS = { queue: 'Queue', topic: 'Topic', subscription: 'Subscription' } as const;

/** What an admin client works with. */
export interface AdminParts {
  readonly transport: MnsTransport;
  readonly clock: Clock;
  readonly random: SeededRandom;
}

/**
 * The calls that create, read and delete queues, topics and subscriptions, some of which `@alicloud/mns` left empty.
 *
 * All are idempotent, so each is repeated when it fails in passing. Rejects with `MNS_ERROR` or `MNS_UNREACHABLE`.
 */
export class AdminClient {
  readonly #parts: AdminParts;

  constructor(parts: AdminParts) {
    this.#parts = parts;
  }

  /** The attributes of a resource; `undefined` when there is none (spec mns §2.3, §2.14, §2.16). */
  async read({ kind, path }: Pick<Wanted, 'kind' | 'path'>): Promise<Readonly<Record<string, string>> | undefined> {
    try {
      const { body = {} } = await this.#call({
        method: 'GET',
        resource: path,
        rootName: ROOTS[kind],
        expected: [200],
        body: '',
      });
      return Object.fromEntries(
        Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      );
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Creates a resource; whether it went well. It did not when it is there with other attributes. */
  async create({ kind, path, attributes, onCreation }: Wanted): Promise<boolean> {
    try {
      const body = documentOf(ROOTS[kind], { ...onCreation, ...attributes });
      await this.#call({ method: 'PUT', resource: path, rootName: ROOTS[kind], expected: [201, 204], body });
      return true;
    } catch (error) {
      if (error instanceof MnsServiceError && error.mnsCode.endsWith('AlreadyExist')) return false;
      throw error;
    }
  }

  /** Changes attributes of a resource. */
  async update(
    { kind, path }: Pick<Wanted, 'kind' | 'path'>,
    changes: Readonly<Record<string, string>>,
  ): Promise<void> {
    const body = documentOf(ROOTS[kind], changes);
    await this.#call({
      method: 'PUT',
      resource: `${path}?metaoverride=true`,
      rootName: ROOTS[kind],
      expected: [204],
      body,
    });
  }

  /** Deletes a resource; one that is gone already is deleted. */
  async remove(path: string): Promise<void> {
    try {
      await this.#call({ method: 'DELETE', resource: path, rootName: 'Queue', expected: [204], body: '' });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** The names of all queues that begin with a text (spec mns §2.5). */
  async queuesNamed(prefix: string): Promise<readonly string[]> {
    const names: string[] = [];
    for (let marker: string | undefined; ;) {
      const headers = { 'x-mns-prefix': prefix, ...(marker === undefined ? {} : { 'x-mns-marker': marker }) };
      const reply = await this.#call({
        method: 'GET',
        resource: '/queues',
        rootName: 'Queues',
        expected: [200],
        body: '',
        headers,
      });
      // The URL is always there; the name is not (spec mns §2.5).
      for (const item of listOf(reply.body?.['Queue'])) names.push(textOf(item, 'QueueURL').replace(/^.*\//, ''));
      const next = reply.body?.['NextMarker'];
      if (typeof next !== 'string' || next === '') return names;
      marker = next;
    }
  }

  async #call(call: Omit<MnsCall, 'timeoutMs'>): Promise<SdkReply> {
    const { transport, clock, random } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await transport.call({ ...call, timeoutMs: CALL_TIMEOUT_MS });
      } catch (cause) {
        const error = asMnsbusError(cause);
        if (!error.retryable || attempt >= MAX_ATTEMPTS) throw error;
        await sleep(clock, fullJitter(RETRY_MS, attempt, random));
      }
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof MnsServiceError && /^(?:Queue|Topic|Subscription)NotExist$/.test(error.mnsCode);
}

function documentOf(root: string, elements: Readonly<Record<string, string>>): string {
  const children = Object.entries(elements).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="http://mns.aliyuncs.com/doc/v1/">${children.join('')}</${root}>`;
}
