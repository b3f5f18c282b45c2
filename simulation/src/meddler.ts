import type { Clock, WireHandler } from '@mnsbus/core';
import { mnsCalls } from './producer.js';
import type { WireEntry } from './wire-tap.js';
import type { World } from './world.js';

/**
 * Somebody who tries to delete messages by handles of deliveries that are over: the service must refuse each (I7).
 *
 * Bridges never do that; without it nobody would notice a service that lets them.
 */
export class Meddler {
  readonly #calls: ReturnType<typeof mnsCalls>;
  /** The newest handle of each message, by delivery. */
  readonly #known = new Map<string, { readonly dequeueCount: number; readonly receiptHandle: string }>();

  constructor(connection: World['connection'], clock: Clock, network: WireHandler) {
    this.#calls = mnsCalls(connection, clock, network);
  }

  /** Hears what a process has heard; the first handle of a message that is delivered again is tried. */
  hear(entry: WireEntry): void {
    if (entry.kind !== 'received') return;
    for (const { messageId, receiptHandle, dequeueCount } of entry.messages) {
      const known = this.#known.get(messageId);
      if (known !== undefined && known.dequeueCount < dequeueCount)
        void this.#tryDelete(entry.queueName, known.receiptHandle);
      if (known === undefined || known.dequeueCount < dequeueCount)
        this.#known.set(messageId, { dequeueCount, receiptHandle });
    }
  }

  // What becomes of it stands in the tap.
  async #tryDelete(queueName: string, receiptHandle: string): Promise<void> {
    const resource = `/queues/${queueName}/messages?ReceiptHandle=${receiptHandle}`;
    try {
      await this.#calls.call({
        method: 'DELETE',
        resource,
        rootName: 'Message',
        expected: [204],
        body: '',
        timeoutMs: 10_000,
      });
    } catch {
      // Refused, as it has to be, or struck by a fault.
    }
  }
}
