import { createRequire } from 'node:module';
import { createBridge } from '../../../packages/bridge/dist/index.js';
import { NOTIFICATION } from './engine.js';

/** Where an emulator listens. */
export interface Place {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly endpoint: string;
}

interface Received {
  readonly ReceiptHandle: string;
  readonly MessageBody: string;
}

/** The part of the client of `@alicloud/mns` that a bare loop needs. */
interface MnsClient {
  createQueue(name: string): Promise<unknown>;
  deleteQueue(name: string): Promise<unknown>;
  batchSendMessage(name: string, messages: readonly { readonly MessageBody: string }[]): Promise<unknown>;
  batchReceiveMessage(
    name: string,
    count: number,
    waitSeconds: number,
  ): Promise<{ readonly body: readonly Received[] }>;
  batchDeleteMessage(name: string, handles: readonly string[]): Promise<unknown>;
}

/** Opens the SDK's own client, from where the bridge has it. */
export function sdkClient({ accountId, ...options }: Place): MnsClient {
  const Client: new (accountId: string, options: object) => MnsClient = createRequire(
    new URL('../../../packages/bridge/package.json', import.meta.url),
  )('@alicloud/mns');
  return new Client(accountId, options);
}

/** A new queue with that many messages, a multiple of 16. */
export async function filledQueue(client: MnsClient, name: string, messages: number): Promise<void> {
  await client.createQueue(name);
  const batch = Array.from({ length: 16 }, () => ({ MessageBody: NOTIFICATION }));
  for (let sent = 0; sent < messages; sent += 16) await client.batchSendMessage(name, batch);
}

/** Empties a queue by receives and deletes of 16, each after the other, parsing both texts; messages per second. */
export async function drainBare(client: MnsClient, name: string, messages: number): Promise<number> {
  const startMs = performance.now();
  for (let handled = 0; handled < messages;) {
    const { body } = await client.batchReceiveMessage(name, 16, 1);
    for (const { MessageBody } of body) JSON.parse(JSON.parse(MessageBody).Message);
    await client.batchDeleteMessage(
      name,
      body.map(({ ReceiptHandle }) => ReceiptHandle),
    );
    handled += body.length;
  }
  return messages / ((performance.now() - startMs) / 1000);
}

/** Empties a queue by a bridge with as many places; messages per second. */
export async function drainBridge(
  place: Place,
  queueName: string,
  messages: number,
  prefetch: number,
): Promise<number> {
  const bus = createBridge({ mns: place, queueName, concurrency: 16, prefetch, waitSeconds: 1 });
  const done = new Promise<void>((resolve) => {
    let handled = 0;
    bus.on('FormatConvertJob:JobFinished', () => {
      handled += 1;
      if (handled === messages) resolve();
    });
  });
  const startMs = performance.now();
  await bus.start();
  await done;
  const rate = messages / ((performance.now() - startMs) / 1000);
  await bus.close();
  return rate;
}
