import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WireRequest } from '@mnsbus/core';
import { CERTIFICATE_PATH } from '../mns/push/pushes.js';
import type { AccessPolicy } from './access.js';
import { ADMIN_PREFIX } from './admin-address.js';
import type { AdminBody, AdminDoor } from './admin-door.js';
import type { AdminTarget } from './admin-target.js';

/** Whether a target belongs to the admin API. */
export function isForAdmin(target: string): boolean {
  // The cheap question first: this is asked of every request.
  if (!target.startsWith(ADMIN_PREFIX)) return false;
  const path = target.split('?', 1)[0] ?? '';
  return (path === ADMIN_PREFIX || path.startsWith(`${ADMIN_PREFIX}/`)) && path !== CERTIFICATE_PATH;
}

/** The admin API of a server; what it is made of is loaded when it is first called. */
export class AdminMount {
  readonly #target: AdminTarget;
  readonly #policy: AccessPolicy;
  readonly #closing = new AbortController();
  #door: Promise<AdminDoor> | undefined;

  constructor(target: AdminTarget, policy: AccessPolicy) {
    this.#target = target;
    this.#policy = policy;
    // One for each open stream.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Answers one request; `readBody` is only called for those that are let in. */
  async answer(
    message: IncomingMessage,
    response: ServerResponse,
    headers: WireRequest['headers'],
    readBody: (maxBytes: number) => Promise<AdminBody>,
  ): Promise<void> {
    const door = await (this.#door ??= this.#open());
    await door.answer(message, response, headers, readBody);
  }

  async #open(): Promise<AdminDoor> {
    try {
      const { AdminDoor } = await import('./admin-door.js');
      return new AdminDoor(this.#target, this.#policy, this.#closing.signal);
    } catch (cause) {
      // No file could be opened just now, perhaps: the next request tries again.
      this.#door = undefined;
      throw cause;
    }
  }

  /** Ends every stream, and refuses what comes. */
  close(): void {
    this.#closing.abort();
  }
}
