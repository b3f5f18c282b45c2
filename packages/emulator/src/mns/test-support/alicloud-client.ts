import { createRequire } from 'node:module';

/** What a call of `@alicloud/mns` resolves with. */
export interface SdkReply {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  /** XML turned into objects, lists and texts; see {@link field}. */
  readonly body: unknown;
}

/** The calls of `@alicloud/mns` 1.2.0 that tests use; the package ships no types. */
export interface SdkClient {
  createQueue(name: string, params?: object): Promise<SdkReply>;
  deleteQueue(name: string): Promise<SdkReply>;
  getQueueAttributes(name: string): Promise<SdkReply>;
  setQueueAttributes(name: string, params?: object): Promise<SdkReply>;
  listQueue(marker?: string, limit?: number, prefix?: string): Promise<SdkReply>;
  sendMessage(queue: string, params: object): Promise<SdkReply>;
  batchSendMessage(queue: string, params: readonly object[]): Promise<SdkReply>;
  receiveMessage(queue: string, waitSeconds?: number): Promise<SdkReply>;
  batchReceiveMessage(queue: string, count: number, waitSeconds?: number): Promise<SdkReply>;
  peekMessage(queue: string): Promise<SdkReply>;
  batchPeekMessage(queue: string, count: number): Promise<SdkReply>;
  deleteMessage(queue: string, receiptHandle: string): Promise<SdkReply>;
  batchDeleteMessage(queue: string, receiptHandles: readonly string[]): Promise<SdkReply>;
  changeMessageVisibility(queue: string, receiptHandle: string, seconds: number): Promise<SdkReply>;
  createTopic(name: string, params?: object): Promise<SdkReply>;
  getTopicAttributes(name: string): Promise<SdkReply>;
  setTopicAttributes(name: string, params?: object): Promise<SdkReply>;
  listTopic(marker?: string, limit?: number, prefix?: string): Promise<SdkReply>;
  publishMessage(topic: string, params: object): Promise<SdkReply>;
  get(resource: string, type: string, options?: object): Promise<SdkReply>;
  post(
    resource: string,
    type: string,
    body: string | Uint8Array,
    attentions?: readonly string[],
    options?: object,
  ): Promise<SdkReply>;
  put(
    resource: string,
    type: string,
    body: string | Uint8Array,
    attentions?: readonly string[],
    options?: object,
  ): Promise<SdkReply>;
  delete(
    resource: string,
    type: string,
    body: string | Uint8Array,
    attentions?: readonly string[],
    options?: object,
  ): Promise<SdkReply>;
}

const Client = createRequire(import.meta.url)('@alicloud/mns') as new (accountId: string, options: object) => SdkClient;

/** A member of what a call resolved with: `field(body, 0, 'MessageId')`; `undefined` where the path leads nowhere. */
export function field(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}

/** The unmodified official client. */
export function alicloudClient(accountId: string, options: object): SdkClient {
  return new Client(accountId, options);
}
