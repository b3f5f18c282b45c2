import { monotonicMs, type Clock } from '@mnsbus/core';
import { ServiceClock, type ServiceInstant } from '../lease/service-clock.js';
import type { QueueDelivery, UserProperty } from './delivery.js';
import { MnsServiceError, asMnsbusError, isEmptyQueue } from './mns-error.js';
import { listOf, numberOf, textOf, unreadable, type Item } from './reply-items.js';
import type { SdkReply } from './sdk-client.js';
import { receiveChannel, settleChannel, traced, type ReceiveTrace, type SettleTrace } from '../telemetry/channels.js';
import type { MnsCall, MnsTransport } from './transport.js';

/** A receipt handle that a batch delete could not delete. */
export interface FailedDelete {
  readonly receiptHandle: string;
  /** The service's code, for example `ReceiptHandleError`. */
  readonly mnsCode: string;
}

/** A delivery and how long it is ours. */
export interface ReceivedMessage {
  readonly delivery: QueueDelivery;
  /** When its lease ends unless it is extended, as a monotonic reading in milliseconds. */
  readonly endsAtMs: number;
  /** How long the queue leases a message, in milliseconds: exact on the first delivery, up to a second short on later ones. */
  readonly visibilityMs: number;
}

/** What of a message can be sent again. */
export type MessageCopy = Pick<QueueDelivery, 'body' | 'priority' | 'userProperties'>;

/** What a look at a message shows. */
export type PeekedMessage = Pick<QueueDelivery, 'messageId' | 'body' | 'bodyMD5' | 'userProperties' | 'enqueuedAt'>;

/** How many messages to ask for, and how long to wait for the first. */
export interface ReceiveRequest {
  /** 1–16. */
  readonly max: number;
  /** 0–30; 0 means no wait, whatever the queue's own setting. */
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
  /** See {@link MnsCall.sendUntil}. */
  readonly sendUntil?: AbortSignal;
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
  readonly #readTimeoutMs: number | undefined;
  readonly #service = new ServiceClock();

  /** `readTimeoutMs` is the longest wait for any reply; default 10 s more than a call may take. */
  constructor(queueName: string, transport: MnsTransport, clock: Clock, readTimeoutMs?: number) {
    this.queueName = queueName;
    this.#transport = transport;
    this.#clock = clock;
    this.#readTimeoutMs = readTimeoutMs;
  }

  /** How long the service took for the slowest of the last calls that it answers at once, in milliseconds; `undefined` before the first. */
  get roundTripMs(): number | undefined {
    return this.#service.roundTripMs;
  }

  /** Receives up to `max` messages; an empty list when none came within the wait (spec mns §2.9). */
  receive(request: ReceiveRequest): Promise<readonly ReceivedMessage[]> {
    const { max, waitSeconds } = request;
    const trace: ReceiveTrace = { queueName: this.queueName, max, waitSeconds };
    return traced(receiveChannel, trace, async () => {
      const received = await this.#receive(request);
      trace.deliveries = received.map(({ delivery }) => delivery);
      return received;
    });
  }

  async #receive({ max, waitSeconds, ...limits }: ReceiveRequest): Promise<readonly ReceivedMessage[]> {
    const sentAt = monotonicMs(this.#clock);
    try {
      const reply = await this.#call({
        method: 'GET',
        resource: `${this.#messages()}?numOfMessages=${max}&waitseconds=${waitSeconds}`,
        rootName: 'Messages',
        expected: [200],
        body: '',
        ...limits,
        timeoutMs: this.#readTimeoutMs ?? waitSeconds * 1000 + CALL_TIMEOUT_MS,
      });
      const received = this.#received(reply, sentAt);
      if (received.length === 0) throw unreadable('Message');
      return received;
    } catch (error) {
      if (isEmptyQueue(error)) return [];
      throw error;
    } finally {
      if (waitSeconds === 0) this.#service.noteRoundTrip(monotonicMs(this.#clock) - sentAt);
    }
  }

  /** Looks at up to 16 messages that a receive would bring, without taking them (spec mns §2.10). */
  async peek(): Promise<readonly PeekedMessage[]> {
    try {
      const { body } = await this.#call({
        method: 'GET',
        resource: `${this.#messages()}?peekonly=true&numOfMessages=16`,
        rootName: 'Messages',
        expected: [200],
        body: '',
        timeoutMs: this.#readTimeoutMs ?? CALL_TIMEOUT_MS,
      });
      const items = listOf(body?.['Message']);
      // Of an empty queue the service says so (spec mns §2.10).
      if (items.length === 0) throw unreadable('Message');
      return items.map((item) => ({
        messageId: textOf(item, 'MessageId'),
        body: textOf(item, 'MessageBody'),
        bodyMD5: textOf(item, 'MessageBodyMD5'),
        userProperties: userPropertiesOf(item),
        enqueuedAt: new Date(numberOf(item, 'EnqueueTime')),
      }));
    } catch (error) {
      if (isEmptyQueue(error)) return [];
      throw error;
    }
  }

  /** Deletes up to 16 messages; returns those that could not be deleted (spec mns §2.12). */
  deleteBatch(receiptHandles: readonly string[]): Promise<readonly FailedDelete[]> {
    const trace: SettleTrace = {
      queueName: this.queueName,
      operation: 'delete',
      messageCount: receiptHandles.length,
    };
    return traced(settleChannel, trace, async () => {
      const failed = await this.#deleteBatch(receiptHandles);
      trace.failed = failed.length;
      return failed;
    });
  }

  async #deleteBatch(receiptHandles: readonly string[]): Promise<readonly FailedDelete[]> {
    const handles = receiptHandles.map((handle) => `<ReceiptHandle>${escapeXml(handle)}</ReceiptHandle>`).join('');
    const reply = await this.#call({
      method: 'DELETE',
      resource: this.#messages(),
      rootName: 'Errors',
      expected: [204, 404],
      body: document('ReceiptHandles', handles),
      timeoutMs: this.#readTimeoutMs ?? CALL_TIMEOUT_MS,
    });
    const failed = listOf(reply.body?.['Error']);
    if (reply.code === 404 && failed.length === 0) throw unreadable('Error');
    return failed.map((item) => ({
      receiptHandle: textOf(item, 'ReceiptHandle'),
      mnsCode: textOf(item, 'ErrorCode'),
    }));
  }

  /**
   * Makes a message invisible for `seconds` (1–43,200) from now; returns its new handle (spec mns §2.13).
   *
   * That time is sure to last from before the call.
   */
  changeVisibility(receiptHandle: string, seconds: number): Promise<string> {
    const trace: SettleTrace = { queueName: this.queueName, operation: 'change-visibility', messageCount: 1 };
    return traced(settleChannel, trace, () => this.#changeVisibility(receiptHandle, seconds));
  }

  async #changeVisibility(receiptHandle: string, seconds: number): Promise<string> {
    const sentAt = monotonicMs(this.#clock);
    const reply = await this.#call({
      method: 'PUT',
      resource: `${this.#messages()}?receiptHandle=${receiptHandle}&visibilityTimeout=${seconds}`,
      rootName: 'ChangeVisibility',
      expected: [200],
      body: '',
      timeoutMs: this.#readTimeoutMs ?? CALL_TIMEOUT_MS,
    });
    const answeredAt = monotonicMs(this.#clock);
    const body = reply.body ?? {};
    this.#service.noteRoundTrip(answeredAt - sentAt);
    const setAt = Number(body['NextVisibleTime']) - seconds * 1000;
    if (Number.isFinite(setAt)) this.#service.note({ earliest: setAt, latest: setAt, sentAt, answeredAt });
    return textOf(body, 'ReceiptHandle');
  }

  /** Sends a copy of a message, its body byte for byte, its priority and user properties, to another queue (spec mns §2.6). */
  copyTo(queueName: string, copy: MessageCopy): Promise<void> {
    const trace: SettleTrace = { queueName, operation: 'copy', messageCount: 1 };
    return traced(settleChannel, trace, () => this.#copyTo(queueName, copy));
  }

  async #copyTo(queueName: string, { body, priority, userProperties }: MessageCopy): Promise<void> {
    const properties = userProperties.map(
      ({ name, value, type }) =>
        `<PropertyValue><Name>${escapeXml(name)}</Name><Value>${escapeXml(value)}</Value><Type>${escapeXml(type)}</Type></PropertyValue>`,
    );
    await this.#call({
      method: 'POST',
      resource: `/queues/${queueName}/messages`,
      rootName: 'Message',
      expected: [201],
      body: document(
        'Message',
        `<MessageBody>${escapeXml(body)}</MessageBody><Priority>${priority}</Priority>` +
          (properties.length === 0 ? '' : `<UserProperties>${properties.join('')}</UserProperties>`),
      ),
      timeoutMs: this.#readTimeoutMs ?? CALL_TIMEOUT_MS,
    });
  }

  /** Whether a queue exists (spec mns §2.3). Rejects when `signal` aborts. */
  async exists(queueName: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#call({
        method: 'GET',
        resource: `/queues/${queueName}`,
        rootName: 'Queue',
        expected: [200],
        body: '',
        signal,
        timeoutMs: this.#readTimeoutMs ?? CALL_TIMEOUT_MS,
      });
      return true;
    } catch (error) {
      if (error instanceof MnsServiceError && error.mnsCode === 'QueueNotExist') return false;
      throw error;
    }
  }

  #messages(): string {
    return `/queues/${this.queueName}/messages`;
  }

  async #call(call: MnsCall): Promise<SdkReply> {
    try {
      return await this.#transport.call(call);
    } catch (cause) {
      throw asMnsbusError(cause);
    }
  }

  #received(reply: SdkReply, sentAt: number): ReceivedMessage[] {
    const receivedAt = new Date(this.#clock.now());
    const answeredAt = monotonicMs(this.#clock);
    const serviceNowMs = Date.parse(reply.headers['date'] ?? '');
    return listOf(reply.body?.['Message']).map((item) => {
      const deliveryCount = numberOf(item, 'DequeueCount');
      const firstReceivedMs = numberOf(item, 'FirstDequeueTime');
      // The service's clock may differ from ours by minutes, so the lease is a length, not an instant.
      // On a first delivery both ends are known to the millisecond; later the Date header must do.
      const nextVisibleMs = numberOf(item, 'NextVisibleTime');
      const isExact = deliveryCount === 1 || Number.isNaN(serviceNowMs);
      const visibilityMs = isExact ? nextVisibleMs - firstReceivedMs : leaseUntil(nextVisibleMs, serviceNowMs);
      const instant: ServiceInstant = isExact
        ? { earliest: firstReceivedMs, latest: firstReceivedMs, sentAt, answeredAt }
        : { earliest: serviceNowMs, latest: serviceNowMs + 999, sentAt, answeredAt };
      this.#service.note(instant);
      const endsAtMs = this.#service.endOf(nextVisibleMs, visibilityMs, instant);
      const delivery: QueueDelivery = {
        source: 'queue',
        queueName: this.queueName,
        messageId: textOf(item, 'MessageId'),
        body: textOf(item, 'MessageBody'),
        bodyMD5: textOf(item, 'MessageBodyMD5'),
        userProperties: userPropertiesOf(item),
        receiptHandle: textOf(item, 'ReceiptHandle'),
        enqueuedAt: new Date(numberOf(item, 'EnqueueTime')),
        firstReceivedAt: new Date(firstReceivedMs),
        receivedAt,
        leaseMs: endsAtMs - answeredAt,
        deliveryCount,
        priority: numberOf(item, 'Priority'),
      };
      return { delivery, endsAtMs, visibilityMs };
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

function userPropertiesOf(item: Item): readonly UserProperty[] {
  const properties = listOf(item['UserProperties']).flatMap((list) => listOf(list['PropertyValue']));
  return properties.map((property) => ({
    name: textOf(property, 'Name'),
    value: textOf(property, 'Value'),
    type: textOf(property, 'Type'),
  }));
}

// The Date header is cut to the second, so the lease is what it seems to be or up to a second less; and it is whole seconds,
// exactly, as every visibility timeout is (spec mns §2.8, §3.1): so it is known. Where the answer was written in the next second
// it comes out a second too short, rather than reaching into somebody else's. A time without milliseconds was rounded, as some
// were: then it may be off by a second either way.
function leaseUntil(nextVisibleMs: number, serviceNowMs: number): number {
  const seemsMs = nextVisibleMs - serviceNowMs;
  const leastMs = nextVisibleMs % 1000 === 0 ? seemsMs - 1000 : Math.floor(seemsMs / 1000) * 1000;
  return Math.max(leastMs, seemsMs / 2);
}
