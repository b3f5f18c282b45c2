import { sleep, type Clock, type MnsbusError, type SeededRandom } from '@mnsbus/core';
import { MnsServiceError, asMnsbusError } from '../mns/mns-error.js';
import { escapeXml } from '../mns/queue-client.js';
import { listOf, textOf, unreadable } from '../mns/reply-items.js';
import type { SdkReply } from '../mns/sdk-client.js';
import type { MnsCall, MnsTransport } from '../mns/transport.js';
import { fullJitter, type BackoffRange } from '../poll/backoff.js';
import type { Wanted } from './resources.js';

const CALL_TIMEOUT_MS = 10_000;
const RETRY_MS: BackoffRange = { base: 200, cap: 5000 };
const MAX_ATTEMPTS = 4;

const ROOTS = { queue: 'Queue', topic: 'Topic', subscription: 'Subscription' } as const;

/** A list that has no end within so many pages is none. */
const MAX_PAGES = 100;

/** What an admin client works with. */
export interface AdminParts {
  readonly transport: MnsTransport;
  readonly clock: Clock;
  readonly random: SeededRandom;
}

/** When calls should end. */
export interface AdminLimits {
  /** No call, and no further attempt of one, begins once it has aborted: they reject with its reason. */
  readonly stop?: AbortSignal | undefined;
  /** Ends open calls too; one that changes something may have been carried out all the same. */
  readonly cut?: AbortSignal | undefined;
}

/**
 * How a resource came to exist: `created` by this call; there before with the `same` attributes; or with `other` ones.
 *
 * It is `created`, too, when an earlier attempt was not answered, and what is there now is as it was asked for.
 */
export type Creation = 'created' | 'same' | 'other';

/**
 * The calls that create, read and delete queues, topics and subscriptions, some of which `@alicloud/mns` left empty.
 *
 * Each is repeated when it fails in passing, those that create as well: a resource is known by its name, so that the second
 * attempt finds what the first has made (spec mns §2.1, §2.16). Rejects with `MNS_ERROR`, `MNS_UNREACHABLE` or
 * `CREDENTIALS_UNAVAILABLE`.
 */
export class AdminClient {
  readonly #parts: AdminParts;
  readonly #limits: AdminLimits;

  constructor(parts: AdminParts, limits: AdminLimits = {}) {
    this.#parts = parts;
    this.#limits = limits;
  }

  /** The same client with limits of its own. */
  within(limits: AdminLimits): AdminClient {
    return new AdminClient(this.#parts, limits);
  }

  /** The attributes of a resource; `undefined` when there is none (spec mns §2.3, §2.14, §2.16). */
  async read({ kind, path }: Pick<Wanted, 'kind' | 'path'>): Promise<Readonly<Record<string, string>> | undefined> {
    const call = { method: 'GET', resource: path, rootName: ROOTS[kind], expected: [200], body: '' } as const;
    try {
      const { body = {} } = await this.#call(call);
      return Object.fromEntries(
        Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      );
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Creates a resource. `unsure` is called when an attempt ends without an answer: from then on it may exist, though the call rejects. */
  async create(wanted: Wanted, unsure: () => void = () => {}): Promise<Creation> {
    const { kind, path } = wanted;
    const body = documentOf(ROOTS[kind], attributesOf(wanted));
    let mayExist = false;
    const onUnsure = (): void => {
      mayExist = true;
      unsure();
    };
    try {
      const call = { method: 'PUT', resource: path, rootName: ROOTS[kind], expected: [201, 204], body } as const;
      const { code } = await this.#call(call, onUnsure);
      return code === 201 || mayExist ? 'created' : 'same';
    } catch (error) {
      if (!(error instanceof MnsServiceError && error.mnsCode.endsWith('AlreadyExist'))) throw error;
      return mayExist && isAs(wanted, await this.read(wanted)) ? 'created' : 'other';
    }
  }

  /** Changes attributes of a resource. */
  async update(
    { kind, path }: Pick<Wanted, 'kind' | 'path'>,
    changes: Readonly<Record<string, string>>,
  ): Promise<void> {
    const body = documentOf(ROOTS[kind], changes);
    const resource = `${path}?metaoverride=true`;
    await this.#call({ method: 'PUT', resource, rootName: ROOTS[kind], expected: [204], body });
  }

  /** Deletes a resource; one that is gone already is deleted. */
  async remove({ kind, path }: Pick<Wanted, 'kind' | 'path'>): Promise<void> {
    try {
      await this.#call({ method: 'DELETE', resource: path, rootName: ROOTS[kind], expected: [204], body: '' });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** The names of a topic's subscriptions that begin with a text; none when there is no such topic (spec mns §2.16). */
  async subscriptionsOf(topicName: string, prefix: string): Promise<readonly string[]> {
    const resource = `/topics/${topicName}/subscriptions`;
    const call = { method: 'GET', resource, rootName: 'Subscriptions', expected: [200], body: '' } as const;
    const names = new Set<string>();
    let marker: string | undefined;
    try {
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const headers = { 'x-mns-prefix': prefix, ...(marker === undefined ? {} : { 'x-mns-marker': marker }) };
        const { body } = await this.#call({ ...call, headers });
        // The URL is always there; the name is not (spec mns §2.5).
        for (const item of listOf(body?.['Subscription'])) {
          names.add(textOf(item, 'SubscriptionURL').replace(/^.*\//, ''));
        }
        const next = body?.['NextMarker'];
        if (typeof next !== 'string' || next === '') return [...names].filter((name) => name.startsWith(prefix));
        marker = next;
      }
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
    throw unreadable('end of the list');
  }

  async #call(call: Omit<MnsCall, 'timeoutMs' | 'signal'>, unsure: () => void = () => {}): Promise<SdkReply> {
    const { transport, clock, random } = this.#parts;
    const { stop, cut } = this.#limits;
    for (let attempt = 1; ; attempt += 1) {
      stop?.throwIfAborted();
      try {
        return await transport.call({
          ...call,
          timeoutMs: CALL_TIMEOUT_MS,
          ...(cut === undefined ? {} : { signal: cut }),
        });
      } catch (cause) {
        const error = asMnsbusError(cause);
        if (mayBeCarriedOut(error)) unsure();
        if (!error.retryable || attempt >= MAX_ATTEMPTS) throw error;
        await sleep(clock, fullJitter(RETRY_MS, attempt, random), stop);
      }
    }
  }
}

// A refusal has changed nothing; a fault of the service may have come afterwards, and no answer says nothing.
function mayBeCarriedOut(error: MnsbusError): boolean {
  return error instanceof MnsServiceError ? error.status >= 500 : error.code === 'MNS_UNREACHABLE';
}

function attributesOf({ onCreation, attributes }: Wanted): Readonly<Record<string, string>> {
  return { ...onCreation, ...attributes };
}

function isAs(wanted: Wanted, existing: Readonly<Record<string, string>> | undefined): boolean {
  const all = Object.entries(attributesOf(wanted));
  return existing !== undefined && all.every(([name, value]) => existing[name]?.toLowerCase() === value.toLowerCase());
}

function isMissing(error: unknown): boolean {
  return error instanceof MnsServiceError && /^(?:Queue|Topic|Subscription|Subscriber)NotExist$/.test(error.mnsCode);
}

function documentOf(root: string, elements: Readonly<Record<string, string>>): string {
  const children = Object.entries(elements).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="http://mns.aliyuncs.com/doc/v1/">${children.join('')}</${root}>`;
}
