import { SeededRandom, type Clock, type WireHandler } from '@mnsbus/core';
import { createTransport } from '../../packages/bridge/dist/mns/mns-transport.js';
import { escapeXml } from '../../packages/bridge/dist/mns/queue-client.js';
import { BODIES } from './message-body.js';
import type { MessagePlan } from './scenario-plan.js';

/** What became of a send, as far as the producer knows. */
export interface SendOutcome {
  readonly taskId: string;
  /** Set when the service has acknowledged the message. */
  readonly messageId: string | undefined;
}

/** Signed calls of MNS. */
type MnsCalls = ReturnType<typeof createTransport>;

/** Signed calls of MNS through a handler. */
export function mnsCalls(
  connection: { readonly accountId: string; readonly accessKeyId: string; readonly accessKeySecret: string },
  clock: Clock,
  handler: WireHandler,
): MnsCalls {
  const random = new SeededRandom('calls');
  return createTransport({ ...connection, endpoint: 'http://mns.test' }, { clock, random, handler });
}

/** A process that sends events straight to a queue, each once: what it hears nothing of may be there or not. */
export class Producer {
  readonly outcomes: SendOutcome[] = [];
  readonly #transport: MnsCalls;

  constructor(
    connection: { readonly accountId: string; readonly accessKeyId: string; readonly accessKeySecret: string },
    clock: Clock,
    network: WireHandler,
  ) {
    this.#transport = mnsCalls(connection, clock, network);
  }

  /** Sends one message. Never rejects. */
  async send({ taskId, queueName, priority, delaySeconds, body: kind }: MessagePlan): Promise<void> {
    const body =
      `<Message xmlns="http://mns.aliyuncs.com/doc/v1/"><MessageBody>${escapeXml(BODIES[kind].text(taskId))}</MessageBody>` +
      `<DelaySeconds>${delaySeconds}</DelaySeconds><Priority>${priority}</Priority></Message>`;
    try {
      const { body: reply } = await this.#transport.call({
        method: 'POST',
        resource: `/queues/${queueName}/messages`,
        rootName: 'Message',
        expected: [201],
        body,
        timeoutMs: 10_000,
      });
      this.outcomes.push({ taskId, messageId: String(reply?.['MessageId']) });
    } catch {
      this.outcomes.push({ taskId, messageId: undefined });
    }
  }
}

/** How many messages each queue says it has, in any state. */
export async function countMessages(
  client: MnsCalls,
  queueNames: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const queueName of queueNames) {
    const { body } = await client.call({
      method: 'GET',
      resource: `/queues/${queueName}`,
      rootName: 'Queue',
      expected: [200],
      body: '',
      timeoutMs: 10_000,
    });
    const states = ['ActiveMessages', 'InactiveMessages', 'DelayMessages'];
    counts.set(
      queueName,
      states.reduce((sum, name) => sum + Number(body?.[name]), 0),
    );
  }
  return counts;
}
