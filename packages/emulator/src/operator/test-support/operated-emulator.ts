import { VirtualClock } from '@mnsbus/core';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../emulator.js';
import {
  ACCOUNT,
  HOST,
  START_MS,
  decode,
  signedRequest,
  valuesIn,
  type TestReply,
} from '../../mns/test-support/mns-fixture.js';

/** A message as a client receives it. */
export interface ReceivedText {
  readonly messageId: string;
  readonly body: string;
  readonly receiptHandle: string;
}

/** An emulator on a virtual clock, and a client that signs. */
export interface OperatedEmulator {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  /** Signs, sends, and decodes the reply. */
  call(method: string, target: string, body?: string, signal?: AbortSignal): Promise<TestReply>;
  /** Receives up to 16 messages, waiting when told to. */
  receive(queueName: string, waitSeconds?: number): Promise<readonly ReceivedText[]>;
}

/** Creates it for the account and region of the other fixtures. */
export function operatedEmulator(options: EmulatorOptions = {}): OperatedEmulator {
  const clock = new VirtualClock(START_MS);
  const emulator = createEmulator({ clock, seed: 'operated', accountId: ACCOUNT, region: 'cn-hangzhou', ...options });
  const call: OperatedEmulator['call'] = async (method, target, body = '', signal) =>
    decode(
      await emulator.handle(
        signedRequest(emulator.clock.now(), method, target, body, {
          host: HOST,
          ...(signal === undefined ? {} : { signal }),
        }),
      ),
    );
  return {
    clock,
    emulator,
    call,
    receive: async (queueName, waitSeconds = 0) => {
      const reply = await call('GET', `/queues/${queueName}/messages?numOfMessages=16&waitseconds=${waitSeconds}`);
      const bodies = valuesIn(reply, 'MessageBody');
      const handles = valuesIn(reply, 'ReceiptHandle');
      return valuesIn(reply, 'MessageId').map((messageId, index) => ({
        messageId,
        body: bodies[index] ?? '',
        receiptHandle: handles[index] ?? '',
      }));
    },
  };
}

/** The body of a CreateQueue. */
export function queueXml(attributes: Readonly<Record<string, number>> = {}): string {
  const elements = Object.entries(attributes).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<Queue>${elements.join('')}</Queue>`;
}
