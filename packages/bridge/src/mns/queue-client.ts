import { MnsbusError, type Clock } from '@mnsbus/core';
import type { Delivery } from './delivery.js';
import { isEmptyQueue, toMnsError } from './mns-error.js';
import type { SdkReply } from './sdk-client.js';
import type { MnsCall, MnsTransport } from './transport.js';

/** A receipt handle that a batch delete could not delete. */
export interface FailedDelete {
  readonly receiptHandle: string;
  /** The service's code, for example `ReceiptHandleError`. */
  readonly mnsCode: string;
}

/** How many messages to ask for, and how long to wait for the first. */
export interface ReceiveRequest {
  /** 1–16. */
  readonly max: number;
  /** 0–30; 0 means no wait, whatever the queue's own setting. */
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
}

/** Added to a long poll's wait before a call counts as unanswered. */
const CALL_TIMEOUT_MS = 10_000;

/**
 * The queue operations the bridge needs, over one transport.
 *
 * Every method rejects with `MNS_ERROR` or `MNS_UNREACHABLE`.
 */
export class QueueClient {
  readonly queueName: string;
  readonly #transport: MnsTransport;
  readonly #clock: Clock;

  constructor(queueName: string, transport: MnsTransport, clock: Clock) {
    this.queueName = queueName;
    this.#transport = transport;
    this.#clock = clock;
  }

  /** Receives up to `max` messages; an empty list when none came within the wait (spec mns §2.9). */
  async receive({ max, waitSeconds, signal }: ReceiveRequest): Promise<readonly Delivery[]> {
    try {
      const reply = await this.#call({
        method: 'GET',
        resource: `${this.#messages()}?numOfMessages=${max}&waitseconds=${waitSeconds}`,
        rootName: 'Messages',
        body: '',
        signal,
        timeoutMs: waitSeconds * 1000 + CALL_TIMEOUT_MS,
      });
      return this.#deliveries(reply);
    } catch (error) {
      if (isEmptyQueue(error)) return [];
      throw error;
    }
  }

  /** Deletes up to 16 messages; returns those that could not be deleted (spec mns §2.12). */
  async deleteBatch(receiptHandles: readonly string[]): Promise<readonly FailedDelete[]> {
    const handles = receiptHandles.map((handle) => `<ReceiptHandle>${escapeXml(handle)}</ReceiptHandle>`).join('');
    const reply = await this.#call({
      method: 'DELETE',
      resource: this.#messages(),
      rootName: 'Errors',
      body: document('ReceiptHandles', handles),
      timeoutMs: CALL_TIMEOUT_MS,
    });
    return listOf(reply.body?.['Error']).map((item) => ({
      receiptHandle: textOf(item, 'ReceiptHandle'),
      mnsCode: textOf(item, 'ErrorCode'),
    }));
  }

  /** Makes a message invisible for `seconds` (1–43,200) from now; returns its new handle (spec mns §2.13). */
  async changeVisibility(receiptHandle: string, seconds: number): Promise<string> {
    const reply = await this.#call({
      method: 'PUT',
      resource: `${this.#messages()}?receiptHandle=${receiptHandle}&visibilityTimeout=${seconds}`,
      rootName: 'ChangeVisibility',
      body: '',
      timeoutMs: CALL_TIMEOUT_MS,
    });
    return textOf(reply.body ?? {}, 'ReceiptHandle');
  }

  /** Sends a body, byte for byte, to another queue of the same account (spec mns §2.6). */
  async sendTo(queueName: string, body: string): Promise<void> {
    await this.#call({
      method: 'POST',
      resource: `/queues/${queueName}/messages`,
      rootName: 'Message',
      body: document('Message', `<MessageBody>${escapeXml(body)}</MessageBody>`),
      timeoutMs: CALL_TIMEOUT_MS,
    });
  }

  #messages(): string {
    return `/queues/${this.queueName}/messages`;
  }

  async #call(call: MnsCall): Promise<SdkReply> {
    try {
      return await this.#transport.call(call);
    } catch (cause) {
      throw toMnsError(cause);
    }
  }

  #deliveries(reply: SdkReply): Delivery[] {
    const receivedAt = new Date(this.#clock.now());
    const serviceNowMs = Date.parse(reply.headers['date'] ?? '');
    return listOf(reply.body?.['Message']).map((item) => {
      const deliveryCount = numberOf(item, 'DequeueCount');
      const firstReceivedMs = numberOf(item, 'FirstDequeueTime');
      // The service's clock may differ from ours by minutes, so the lease is a length, not an instant.
      // On a first delivery both ends are known to the millisecond; later the Date header must do.
      const leaseStartMs = deliveryCount === 1 || Number.isNaN(serviceNowMs) ? firstReceivedMs : serviceNowMs;
      return {
        queueName: this.queueName,
        messageId: textOf(item, 'MessageId'),
        body: textOf(item, 'MessageBody'),
        bodyMD5: textOf(item, 'MessageBodyMD5'),
        hasUserProperties: 'UserProperties' in item,
        receiptHandle: textOf(item, 'ReceiptHandle'),
        enqueuedAt: new Date(numberOf(item, 'EnqueueTime')),
        firstReceivedAt: new Date(firstReceivedMs),
        receivedAt,
        leaseMs: numberOf(item, 'NextVisibleTime') - leaseStartMs,
        deliveryCount,
        priority: numberOf(item, 'Priority'),
      };
    });
  }
}

/** Escapes a text for XML; a carriage return too, which XML would otherwise turn into a line feed. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}

function document(rootName: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${rootName} xmlns="http://mns.aliyuncs.com/doc/v1/">${content}</${rootName}>`;
}

type Item = Readonly<Record<string, unknown>>;

function listOf(value: unknown): readonly Item[] {
  return Array.isArray(value) ? value.filter((item): item is Item => typeof item === 'object' && item !== null) : [];
}

function textOf(item: Item, name: string): string {
  const value = item[name];
  if (typeof value === 'string') return value;
  throw new MnsbusError({
    code: 'MNS_UNREACHABLE',
    message: `the answer has no ${name}: is this MNS, or a proxy in front of it?`,
    retryable: true,
  });
}

function numberOf(item: Item, name: string): number {
  return Number(textOf(item, name));
}
